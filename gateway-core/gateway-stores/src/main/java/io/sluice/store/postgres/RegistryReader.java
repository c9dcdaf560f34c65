package io.sluice.store.postgres;

import io.sluice.api.store.ClaimedDevice;
import io.sluice.api.store.StoredClaim;
import io.sluice.api.store.StoredDevice;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fleet's registry: what has changed since a revision, and all of it in pages.
 * Thread-safe; each method is called in a transaction of the caller's.
 */
public final class RegistryReader {
  /** The channel on which each change is notified; the payload is its revision. */
  public static final String CHANNEL = "sluice_registry";

  /** Rows that are fetched at a time. */
  private static final int FETCH = 1_000;

  /**
   * Where the registry stands.
   *
   * @param registry its id: another one is another registry
   * @param revision of the last change
   * @param oldest removals up to this revision are forgotten
   */
  public record Head(String registry, long revision, long oldest) {}

  /**
   * A device.
   *
   * @param revision of its last change
   * @param changedMicros when that was, by the store's clock, in microseconds since the epoch
   * @param isHidden whether it has credentials that are encrypted with another key
   */
  public record Row(StoredDevice device, long revision, long changedMicros, boolean isHidden) {}

  /** Takes changes; of each kind in the order of their revisions. What is removed comes first. */
  public interface Changes {
    /** Takes a device that is gone, or is of no site that was asked for any more. */
    default void removed(String device, long revision, long changedMicros) throws SQLException {}

    default void device(Row row) throws SQLException {}

    default void claimRemoved(String tokenHash, long revision) throws SQLException {}

    default void claim(StoredClaim claim, long revision) throws SQLException {}

    default void settled(String device, long revision) throws SQLException {}

    default void claimed(ClaimedDevice device, long revision) throws SQLException {}

    default void unbarred(String device, long revision) throws SQLException {}

    default void barred(String device, long revision) throws SQLException {}
  }

  private final @Nullable CredentialCipher cipher;

  RegistryReader(@Nullable CredentialCipher cipher) {
    this.cipher = cipher;
  }

  /** One that decrypts nothing. */
  public static RegistryReader withoutKey() {
    return new RegistryReader(null);
  }

  /** From now on all that the transaction reads is as it is at one moment. */
  public static void asOfOneMoment(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
    }
  }

  public static Head head(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT id, revision, oldest FROM sluice.registry")) {
      if (!row.next()) {
        throw new SQLException("sluice.registry is empty", "42P01");
      }
      return new Head(row.getString(1), row.getLong(2), row.getLong(3));
    }
  }

  /**
   * Makes a registry that was restored from a backup another one, so that every gateway finds that
   * out, also one that comes when its revisions are as many again. Where another gateway was first,
   * it is that one's.
   */
  static Head renew(Connection connection, Head restored) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE sluice.registry SET id = gen_random_uuid() WHERE id = ?::uuid")) {
      update.setString(1, restored.registry());
      update.executeUpdate();
    }
    return head(connection);
  }

  /**
   * Up to which revision to read next, so that it is about so many devices: a change is read as a
   * whole, however many it has.
   */
  public static long windowEnd(Connection connection, long after, Head head, int devices)
      throws SQLException {
    if (head.revision() - after <= 1) {
      return head.revision(); // a single change is read as a whole
    }
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT count(*), max(revision) FROM (SELECT revision FROM sluice.device"
                + " WHERE revision > ? ORDER BY revision LIMIT ?) AS page")) {
      select.setLong(1, after);
      select.setInt(2, devices);
      try (ResultSet row = select.executeQuery()) {
        row.next();
        return row.getInt(1) < devices ? head.revision() : row.getLong(2);
      }
    }
  }

  /**
   * Reads what has changed: each thing once, as it is now. In a transaction that is as of one
   * moment.
   *
   * @param after the revision that was read up to before
   * @param upTo the last that is read
   * @param sites of the devices and claims; empty: all
   */
  public void changes(Connection connection, long after, long upTo, List<String> sites, Changes to)
      throws SQLException {
    Kinds changed = Kinds.between(connection, after, upTo);
    if (changed.removals) {
      removals(connection, after, upTo, sites, to);
    }
    each(
        connection,
        "SELECT * FROM sluice.device WHERE revision > ? AND revision <= ?"
            + " AND (?::text[] IS NULL OR site = ANY (?)) ORDER BY revision, id",
        after,
        upTo,
        sites,
        row -> to.device(row(row)));
    if (changed.others) {
      others(connection, after, upTo, sites, to);
    }
  }

  /**
   * What has changed beside devices, which is what changes most: asked at once, as a thousand
   * gateways read each change.
   *
   * @param others claims and what they gave, devices that may not come back by themselves
   */
  private record Kinds(boolean removals, boolean others) {
    static Kinds between(Connection connection, long after, long upTo) throws SQLException {
      String between = " WHERE revision > ? AND revision <= ?)";
      try (PreparedStatement select =
          connection.prepareStatement(
              "SELECT EXISTS (SELECT 1 FROM sluice.removal"
                  + between
                  + ", EXISTS (SELECT 1 FROM sluice.claim"
                  + between
                  + " OR EXISTS (SELECT 1 FROM sluice.claimed_device"
                  + between
                  + " OR EXISTS (SELECT 1 FROM sluice.barred_device"
                  + between)) {
        for (int at = 1; at <= 8; at += 2) {
          select.setLong(at, after);
          select.setLong(at + 1, upTo);
        }
        try (ResultSet row = select.executeQuery()) {
          row.next();
          return new Kinds(row.getBoolean(1), row.getBoolean(2));
        }
      }
    }
  }

  /** As {@link #changes}, of what is no device and there. */
  static void others(Connection connection, long after, long upTo, List<String> sites, Changes to)
      throws SQLException {
    each(
        connection,
        "SELECT revision, "
            + ClaimRows.COLUMNS
            + " FROM sluice.claim WHERE revision > ? AND revision <= ?"
            + " AND (?::text[] IS NULL OR site = ANY (?)) ORDER BY revision",
        after,
        upTo,
        sites,
        row -> to.claim(ClaimRows.claim(row), row.getLong("revision")));
    each(
        connection,
        "SELECT * FROM sluice.claimed_device WHERE revision > ? AND revision <= ?"
            + " AND (?::text[] IS NULL OR ?::text[] IS NOT NULL) ORDER BY revision",
        after,
        upTo,
        sites,
        row -> to.claimed(ClaimRows.claimed(row), row.getLong("revision")));
    each(
        connection,
        "SELECT id, revision FROM sluice.barred_device WHERE revision > ? AND revision <= ?"
            + " AND (?::text[] IS NULL OR ?::text[] IS NOT NULL) ORDER BY number",
        after,
        upTo,
        sites,
        row -> to.barred(row.getString(1), row.getLong(2)));
  }

  private void removals(
      Connection connection, long after, long upTo, List<String> sites, Changes to)
      throws SQLException {
    each(
        connection,
        "SELECT kind, key, revision, changed_us FROM sluice.removal AS gone"
            + " WHERE revision > ? AND revision <= ?"
            + " AND (?::text[] IS NULL OR site = '' OR site = ANY (?)) AND CASE kind"
            + " WHEN 'device' THEN NOT EXISTS (SELECT 1 FROM sluice.device WHERE id = gone.key"
            + "   AND (?::text[] IS NULL OR site = ANY (?)))"
            + " WHEN 'claim' THEN NOT EXISTS (SELECT 1 FROM sluice.claim WHERE token_hash ="
            + "   gone.key)"
            + " WHEN 'claimed' THEN NOT EXISTS (SELECT 1 FROM sluice.claimed_device WHERE id ="
            + "   gone.key)"
            + " ELSE NOT EXISTS (SELECT 1 FROM sluice.barred_device WHERE id = gone.key) END"
            + " ORDER BY revision",
        after,
        upTo,
        sites,
        row -> {
          String key = row.getString(2);
          long revision = row.getLong(3);
          switch (row.getString(1)) {
            case Removals.DEVICE -> to.removed(key, revision, row.getLong(4));
            case Removals.CLAIM -> to.claimRemoved(key, revision);
            case Removals.CLAIMED -> to.settled(key, revision);
            default -> to.unbarred(key, revision);
          }
        });
  }

  /**
   * Devices in the order of their ids.
   *
   * @param after the last id of the page before; empty at the beginning
   * @param sites whose devices; empty: all
   */
  public List<Row> devicesAfter(Connection connection, String after, List<String> sites, int limit)
      throws SQLException {
    List<Row> page = new ArrayList<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT * FROM sluice.device WHERE id > ? AND (?::text[] IS NULL OR site = ANY (?))"
                + " ORDER BY id LIMIT ?")) {
      select.setString(1, after);
      setSites(select, 2, sites);
      setSites(select, 3, sites);
      select.setInt(4, limit);
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          page.add(row(row));
        }
      }
    }
    return page;
  }

  /** One device; null where there is none, or the user may not see it. */
  public @Nullable Row device(Connection connection, String id) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("SELECT * FROM sluice.device WHERE id = ?")) {
      select.setString(1, id);
      try (ResultSet row = select.executeQuery()) {
        return row.next() ? row(row) : null;
      }
    }
  }

  private Row row(ResultSet row) throws SQLException {
    DeviceRow read = DeviceRow.read(row, cipher);
    return new Row(read.device(), read.revision(), read.changedMicros(), read.isHidden());
  }

  private interface RowConsumer {
    void accept(ResultSet row) throws SQLException;
  }

  /** Parameters: after, up to, and the sites as often as there is place for them. */
  private static void each(
      Connection connection,
      String sql,
      long after,
      long upTo,
      List<String> sites,
      RowConsumer consumer)
      throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      select.setFetchSize(FETCH); // a cursor: the rows are not all in memory
      select.setLong(1, after);
      select.setLong(2, upTo);
      int parameters = (int) sql.chars().filter(character -> character == '?').count();
      for (int index = 3; index <= parameters; index++) {
        setSites(select, index, sites);
      }
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          consumer.accept(row);
        }
      }
    }
  }

  private static void setSites(PreparedStatement select, int index, List<String> sites)
      throws SQLException {
    select.setArray(
        index,
        sites.isEmpty() ? null : select.getConnection().createArrayOf("text", sites.toArray()));
  }
}
