package io.sluice.store.postgres;

import io.sluice.api.store.ClaimedDevice;
import io.sluice.api.store.StoreConflictException;
import io.sluice.api.store.StoredClaim;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** The tables {@code sluice.claim} and {@code sluice.claimed_device} in SQL. */
final class ClaimRows {
  static final String COLUMNS =
      "token_hash, name, profile, sector, site, pattern, uses_left, expires_ms, created_ms";

  private ClaimRows() {}

  static StoredClaim claim(ResultSet row) throws SQLException {
    return new StoredClaim(
        row.getString("token_hash"),
        row.getString("name"),
        row.getString("profile"),
        row.getString("sector"),
        row.getString("site"),
        row.getString("pattern"),
        row.getInt("uses_left"),
        row.getLong("expires_ms"),
        row.getLong("created_ms"));
  }

  static ClaimedDevice claimed(ResultSet row) throws SQLException {
    return new ClaimedDevice(
        row.getString("id"),
        row.getString("token_hash"),
        row.getString("issued_hash"),
        row.getLong("claimed_ms"));
  }

  /**
   * Writes a claim.
   *
   * @param region of the gateway that makes it, where it is new
   */
  static void save(Connection connection, StoredClaim claim, @Nullable String region, long revision)
      throws SQLException {
    try (PreparedStatement upsert =
        connection.prepareStatement(
            "INSERT INTO sluice.claim (token_hash, name, profile, sector, site, pattern,"
                + " uses_left, expires_ms, created_ms, revision, region) VALUES (?, ?, ?, ?, ?, ?, ?,"
                + " ?, ?, ?, ?) ON CONFLICT (token_hash) DO UPDATE SET (name, profile, sector, site,"
                + " pattern, uses_left, expires_ms, created_ms, revision) = (excluded.name,"
                + " excluded.profile, excluded.sector, excluded.site, excluded.pattern,"
                + " excluded.uses_left, excluded.expires_ms, excluded.created_ms,"
                + " excluded.revision)")) {
      upsert.setString(1, claim.tokenHash());
      upsert.setString(2, claim.name());
      upsert.setString(3, claim.profile());
      upsert.setString(4, claim.sector());
      upsert.setString(5, claim.site());
      upsert.setString(6, claim.pattern());
      upsert.setInt(7, claim.usesLeft());
      upsert.setLong(8, claim.expiresMillis());
      upsert.setLong(9, claim.createdMillis());
      upsert.setLong(10, revision);
      upsert.setString(11, region);
      upsert.executeUpdate();
    }
  }

  /** Takes one use; the claim as it then is. */
  static StoredClaim use(Connection connection, String tokenHash, long revision)
      throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE sluice.claim SET uses_left = uses_left - 1, revision = ?"
                + " WHERE token_hash = ? AND uses_left > 0 RETURNING "
                + COLUMNS)) {
      update.setLong(1, revision);
      update.setString(2, tokenHash);
      try (ResultSet row = update.executeQuery()) {
        if (!row.next()) {
          throw new StoreConflictException("the claim is used up");
        }
        return claim(row);
      }
    }
  }

  /** Where something was that is gone; of no region: everybody's. */
  record Gone(String site, @Nullable String region) {}

  /** Where the claim was that was removed; null where there was none. */
  static @Nullable Gone remove(Connection connection, String tokenHash) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement(
            "DELETE FROM sluice.claim WHERE token_hash = ? RETURNING site, region")) {
      delete.setString(1, tokenHash);
      try (ResultSet row = delete.executeQuery()) {
        return row.next() ? new Gone(row.getString(1), row.getString(2)) : null;
      }
    }
  }

  /**
   * Writes what a claim gave.
   *
   * @param region of the gateway that gave it, where it is new
   */
  static void mark(
      Connection connection, ClaimedDevice device, @Nullable String region, long revision)
      throws SQLException {
    try (PreparedStatement upsert =
        connection.prepareStatement(
            "INSERT INTO sluice.claimed_device (id, token_hash, issued_hash, claimed_ms, revision,"
                + " region) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET (token_hash, issued_hash,"
                + " claimed_ms, revision) = (excluded.token_hash, excluded.issued_hash,"
                + " excluded.claimed_ms, excluded.revision)")) {
      upsert.setString(1, device.device());
      upsert.setString(2, device.claimHash());
      upsert.setString(3, device.issuedHash());
      upsert.setLong(4, device.claimedMillis());
      upsert.setLong(5, revision);
      upsert.setString(6, region);
      upsert.executeUpdate();
    }
  }

  /** Gives another token; the mark as it then is. */
  static ClaimedDevice reissue(
      Connection connection, String device, String before, String next, long revision)
      throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE sluice.claimed_device SET issued_hash = ?, revision = ? WHERE id = ? AND"
                + " issued_hash = ? RETURNING id, token_hash, issued_hash, claimed_ms")) {
      update.setString(1, next);
      update.setLong(2, revision);
      update.setString(3, device);
      update.setString(4, before);
      try (ResultSet row = update.executeQuery()) {
        if (!row.next()) {
          throw new StoreConflictException("device " + device + " has another token meanwhile");
        }
        return claimed(row);
      }
    }
  }

  /** Where the mark was that is forgotten; null where there was none. */
  static @Nullable Gone settle(Connection connection, String device, String issued)
      throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement(
            "DELETE FROM sluice.claimed_device WHERE id = ? AND issued_hash = ?"
                + " RETURNING region")) {
      delete.setString(1, device);
      delete.setString(2, issued);
      try (ResultSet row = delete.executeQuery()) {
        return row.next() ? new Gone("", row.getString(1)) : null;
      }
    }
  }
}
