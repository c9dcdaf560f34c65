package io.sluice.engine.registry;

import io.sluice.api.admin.ClaimDesk.ClaimSpec;
import io.sluice.api.admin.ClaimDesk.ClaimView;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The claims, and which devices have come in by one and not yet shown the credentials that they
 * were given: these may show the claim once more, for the first answer may have been lost. Look-ups
 * are in memory; changes block on the disk. Thread-safe.
 */
final class ClaimBook {
  private static final Logger LOG = LoggerFactory.getLogger(ClaimBook.class);
  static final int MAX_CLAIMS = 1_000;
  static final int MAX_USES = 100_000;
  private static final Pattern NAME = Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9._-]{1,64}");
  private static final Pattern GLOB = Pattern.compile("[A-Za-z0-9._:@*?-]{1,128}");

  /** One claim. Immutable but for its uses, which change under the book's lock. */
  record Claim(String tokenHash, ClaimSpec spec, int usesLeft, long createdMillis, long endMillis) {
    boolean isOpen(long nowMillis) {
      return nowMillis < endMillis;
    }

    boolean allows(String id) {
      String regex = Pattern.quote(spec.pattern()).replace("*", "\\E.*\\Q").replace("?", "\\E.\\Q");
      return id.matches(regex);
    }

    Claim used() {
      return new Claim(tokenHash, spec, usesLeft - 1, createdMillis, endMillis);
    }

    ClaimView view() {
      return new ClaimView(
          spec.name(),
          spec.profile(),
          spec.sector(),
          spec.site(),
          spec.pattern(),
          usesLeft,
          TimeUnit.MILLISECONDS.toMicros(createdMillis),
          TimeUnit.MILLISECONDS.toMicros(endMillis));
    }
  }

  /**
   * What a claim gave to a device.
   *
   * @param claimHash of the claim's token
   * @param issuedHash of the token that the device was given
   */
  record Mark(String claimHash, String issuedHash) {}

  private final RegistryDatabase database;
  private final Map<String, Claim> byHash = new ConcurrentHashMap<>();

  /** Devices that have not shown what their claim gave them. */
  private final Map<String, Mark> unsettled = new ConcurrentHashMap<>();

  /** Of those before, what is still to be deleted on disk; no more than they were. */
  private final Map<String, Mark> settled = new ConcurrentHashMap<>();

  ClaimBook(RegistryDatabase database) {
    this.database = database;
    database.transact(connection -> {
      try (Statement statement = connection.createStatement()) {
        try (ResultSet row = statement.executeQuery("SELECT * FROM claim")) {
          while (row.next()) {
            Claim claim = claim(row);
            byHash.put(claim.tokenHash(), claim);
          }
        }
        try (ResultSet row =
            statement.executeQuery("SELECT id, token_hash, issued_hash FROM claimed_device")) {
          while (row.next()) {
            unsettled.put(row.getString(1), new Mark(row.getString(2), row.getString(3)));
          }
        }
      }
      return byHash;
    });
  }

  private static Claim claim(ResultSet row) throws SQLException {
    ClaimSpec spec =
        new ClaimSpec(
            row.getString("name"),
            row.getString("profile"),
            row.getString("sector"),
            row.getString("site"),
            row.getString("pattern"),
            row.getInt("uses_left"),
            Duration.ZERO);
    return new Claim(
        row.getString("token_hash"),
        spec,
        row.getInt("uses_left"),
        row.getLong("created_ms"),
        row.getLong("expires_ms"));
  }

  /** What is wrong with a claim by itself. */
  static List<DeviceRules.Fault> faults(ClaimSpec spec, Set<String> profiles) {
    List<DeviceRules.Fault> faults = new ArrayList<>(0);
    if (!NAME.matcher(spec.name()).matches()) {
      faults.add(
          new DeviceRules.Fault(
              "name", "must be 1 to 64 of letters, digits and . _ -, and not . or .."));
    }
    if (!profiles.contains(spec.profile())) {
      faults.add(
          new DeviceRules.Fault("profile", DeviceRules.unknownProfile(spec.profile(), profiles)));
    }
    DeviceRules.checkName(faults, "sector", spec.sector());
    DeviceRules.checkName(faults, "site", spec.site());
    if (!GLOB.matcher(spec.pattern()).matches()) {
      faults.add(
          new DeviceRules.Fault("pattern", "must be 1 to 128 of an id's characters, * and ?"));
    }
    if (spec.uses() < 1 || spec.uses() > MAX_USES) {
      faults.add(new DeviceRules.Fault("uses", "must be 1 to " + MAX_USES));
    }
    if (spec.expiry().compareTo(Duration.ofMinutes(1)) < 0
        || spec.expiry().compareTo(Duration.ofDays(366)) > 0) {
      faults.add(new DeviceRules.Fault("expiry", "must be 1m to 366d, such as 24h"));
    }
    return faults;
  }

  /** False where the name is taken or there are {@value #MAX_CLAIMS} claims. */
  synchronized boolean add(String tokenHash, ClaimSpec spec, long nowMillis) {
    dropEnded(nowMillis);
    boolean isTaken = byHash.values().stream().anyMatch(c -> c.spec().name().equals(spec.name()));
    if (isTaken || byHash.size() >= MAX_CLAIMS) {
      return false;
    }
    store(new Claim(tokenHash, spec, spec.uses(), nowMillis, nowMillis + spec.expiry().toMillis()));
    return true;
  }

  private void store(Claim claim) {
    database.transact(connection -> {
      try (PreparedStatement insert =
          connection.prepareStatement(
              "INSERT OR REPLACE INTO claim VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
        insert.setString(1, claim.tokenHash());
        insert.setString(2, claim.spec().name());
        insert.setString(3, claim.spec().profile());
        insert.setString(4, claim.spec().sector());
        insert.setString(5, claim.spec().site());
        insert.setString(6, claim.spec().pattern());
        insert.setInt(7, claim.usesLeft());
        insert.setLong(8, claim.endMillis());
        insert.setLong(9, claim.createdMillis());
        return insert.executeUpdate();
      }
    });
    byHash.put(claim.tokenHash(), claim);
  }

  private void dropEnded(long nowMillis) {
    for (Claim claim : List.copyOf(byHash.values())) {
      if (!claim.isOpen(nowMillis)) {
        remove(claim);
      }
    }
  }

  private void remove(Claim claim) {
    delete("DELETE FROM claim WHERE token_hash = ?", claim.tokenHash());
    byHash.remove(claim.tokenHash());
  }

  private void delete(String sql, String key) {
    database.transact(connection -> {
      try (PreparedStatement delete = connection.prepareStatement(sql)) {
        delete.setString(1, key);
        return delete.executeUpdate();
      }
    });
  }

  synchronized boolean withdraw(String name) {
    for (Claim claim : byHash.values()) {
      if (claim.spec().name().equals(name)) {
        remove(claim);
        return true;
      }
    }
    return false;
  }

  List<ClaimView> list(long nowMillis) {
    return byHash.values().stream()
        .filter(claim -> claim.isOpen(nowMillis))
        .map(Claim::view)
        .sorted(Comparator.comparing(ClaimView::name))
        .toList();
  }

  /** The claim of a token, open or not; null where it is none. */
  @Nullable Claim find(String tokenHash) {
    return byHash.isEmpty() ? null : byHash.get(tokenHash);
  }

  /** Whether a device may be registered by it. */
  boolean hasUse(String tokenHash, long nowMillis) {
    Claim claim = byHash.get(tokenHash);
    return claim != null && claim.usesLeft() > 0 && claim.isOpen(nowMillis);
  }

  /** Takes one use for this device, and binds the claim to what it gave. */
  DeviceRegistry.Alongside use(String device, Mark mark, long nowMillis) {
    return new DeviceRegistry.Alongside() {
      @Override
      public boolean write(Connection connection) throws SQLException {
        return takeUse(connection, mark.claimHash())
            && insertMark(connection, device, mark, nowMillis);
      }

      @Override
      public void written() {
        byHash.computeIfPresent(mark.claimHash(), (hash, claim) -> claim.used());
        unsettled.put(device, mark);
      }
    };
  }

  private static boolean takeUse(Connection connection, String tokenHash) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE claim SET uses_left = uses_left - 1 WHERE token_hash = ? AND uses_left > 0")) {
      update.setString(1, tokenHash);
      return update.executeUpdate() == 1;
    }
  }

  private static boolean insertMark(Connection connection, String device, Mark mark, long nowMillis)
      throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT OR REPLACE INTO claimed_device (id, token_hash, claimed_ms, issued_hash)"
                + " VALUES (?, ?, ?, ?)")) {
      insert.setString(1, device);
      insert.setString(2, mark.claimHash());
      insert.setLong(3, nowMillis);
      insert.setString(4, mark.issuedHash());
      return insert.executeUpdate() == 1;
    }
  }

  /** Gives the device another token by the same claim; takes no use. */
  DeviceRegistry.Alongside again(String device, Mark before, Mark next) {
    return new DeviceRegistry.Alongside() {
      @Override
      public boolean write(Connection connection) throws SQLException {
        try (PreparedStatement update =
            connection.prepareStatement(
                "UPDATE claimed_device SET issued_hash = ? WHERE id = ? AND issued_hash = ?")) {
          update.setString(1, next.issuedHash());
          update.setString(2, device);
          update.setString(3, before.issuedHash());
          return before.equals(unsettled.get(device)) && update.executeUpdate() == 1;
        }
      }

      @Override
      public void written() {
        unsettled.replace(device, before, next);
      }
    };
  }

  /** What a claim gave to a device that has not shown it yet; null where there is none. */
  @Nullable Mark mark(String device) {
    return unsettled.isEmpty() ? null : unsettled.get(device);
  }

  /**
   * The device has shown credentials of its own, or has been given others, or is gone: the claim is
   * of no use to it any more. Holds at once; no lock, the disk follows by {@link #sweep}.
   */
  void settle(String device) {
    Mark mark = unsettled.isEmpty() ? null : unsettled.remove(device);
    if (mark != null) {
      settled.put(device, mark);
    }
  }

  /**
   * Writes what was settled; later, where the disk fails. Blocks on the disk where there is any.
   */
  void sweep() {
    Map<String, Mark> batch = Map.copyOf(settled);
    if (batch.isEmpty()) {
      return;
    }
    try {
      delete(batch);
    } catch (RegistryException e) {
      LOG.debug("{} settled claims are still to be deleted: {}", batch.size(), e.getMessage());
      return; // the database tells of its trouble itself
    }
    batch.forEach(settled::remove);
  }

  private void delete(Map<String, Mark> batch) {
    database.transact(connection -> {
      try (PreparedStatement delete =
          connection.prepareStatement(
              "DELETE FROM claimed_device WHERE id = ? AND issued_hash = ?")) {
        for (Map.Entry<String, Mark> one : batch.entrySet()) {
          delete.setString(1, one.getKey());
          delete.setString(2, one.getValue().issuedHash());
          delete.addBatch();
        }
        return delete.executeBatch();
      }
    });
  }
}
