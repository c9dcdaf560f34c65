package io.sluice.store.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** The table {@code sluice.removal} in SQL: what is gone, bounded by its number of rows. */
final class Removals {
  static final String DEVICE = "device";
  static final String CLAIM = "claim";
  static final String CLAIMED = "claimed";
  static final String BARRED = "barred";

  /** A gateway that missed more than so many reads the registry anew as a whole. */
  static final int KEPT = 200_000;

  /** Devices that do not come back by themselves; as many as a registry keeps. */
  static final int BARRED_MAX = 1_000_000;

  /** The bound is looked at by one change of so many. */
  private static final int LOOK_EACH = 256;

  private final Connection connection;
  private final long revision;
  private final long changedMicros;

  /** Those of one change. */
  Removals(Connection connection, long revision, long changedMicros) {
    this.connection = connection;
    this.revision = revision;
    this.changedMicros = changedMicros;
  }

  /**
   * Notes that something is gone.
   *
   * @param region whose it was; null: everybody's
   */
  void add(String kind, String key, String site, @Nullable String region) throws SQLException {
    try (PreparedStatement upsert =
        connection.prepareStatement(
            "INSERT INTO sluice.removal (revision, changed_us, kind, key, site, region)"
                + " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (kind, key, site, region) DO UPDATE"
                + " SET (revision, changed_us) = (excluded.revision, excluded.changed_us)")) {
      upsert.setLong(1, revision);
      upsert.setLong(2, changedMicros);
      upsert.setString(3, kind);
      upsert.setString(4, key);
      upsert.setString(5, site);
      upsert.setString(6, region == null ? "" : region);
      upsert.executeUpdate();
    }
  }

  /** Forgets the first beyond the bound, now and then, and says up to which revision. */
  void trim(int kept) throws SQLException {
    if (revision % LOOK_EACH != 0 && kept == KEPT) {
      return;
    }
    try (PreparedStatement delete = connection.prepareStatement("SELECT sluice.trim_removals(?)")) {
      delete.setInt(1, kept);
      delete.execute();
    }
  }
}
