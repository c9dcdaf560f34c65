package io.sluice.store.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

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

  void add(String kind, String key, String site) throws SQLException {
    try (PreparedStatement upsert =
        connection.prepareStatement(
            "INSERT INTO sluice.removal (revision, changed_us, kind, key, site)"
                + " VALUES (?, ?, ?, ?, ?) ON CONFLICT (kind, key, site) DO UPDATE"
                + " SET (revision, changed_us) = (excluded.revision, excluded.changed_us)")) {
      upsert.setLong(1, revision);
      upsert.setLong(2, changedMicros);
      upsert.setString(3, kind);
      upsert.setString(4, key);
      upsert.setString(5, site);
      upsert.executeUpdate();
    }
  }

  /** Forgets the first beyond the bound, now and then, and says up to which revision. */
  void trim(int kept) throws SQLException {
    if (revision % LOOK_EACH != 0 && kept == KEPT) {
      return;
    }
    try (PreparedStatement delete =
        connection.prepareStatement(
            "WITH ended AS (DELETE FROM sluice.removal WHERE revision <= (SELECT revision FROM"
                + " sluice.removal ORDER BY revision DESC OFFSET ? LIMIT 1) RETURNING revision)"
                + " UPDATE sluice.registry SET oldest = greatest(oldest, (SELECT max(revision) FROM"
                + " ended)) WHERE EXISTS (SELECT 1 FROM ended)")) {
      delete.setInt(1, kept);
      delete.executeUpdate();
    }
  }
}
