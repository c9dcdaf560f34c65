package io.sluice.store.sqlite;

import io.sluice.api.store.ClaimedDevice;
import io.sluice.api.store.StoreConflictException;
import io.sluice.api.store.StoredClaim;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.Consumer;

/** The tables {@code claim} and {@code claimed_device} in SQL. */
final class ClaimTable {
  private ClaimTable() {}

  static void load(Connection connection, Consumer<StoredClaim> consumer) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT * FROM claim")) {
      while (row.next()) {
        consumer.accept(
            new StoredClaim(
                row.getString("token_hash"),
                row.getString("name"),
                row.getString("profile"),
                row.getString("sector"),
                row.getString("site"),
                row.getString("pattern"),
                row.getInt("uses_left"),
                row.getLong("expires_ms"),
                row.getLong("created_ms")));
      }
    }
  }

  static void loadClaimed(Connection connection, Consumer<ClaimedDevice> consumer)
      throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT id, token_hash, issued_hash, claimed_ms FROM claimed_device")) {
      while (row.next()) {
        consumer.accept(
            new ClaimedDevice(
                row.getString(1), row.getString(2), row.getString(3), row.getLong(4)));
      }
    }
  }

  static void save(Statements statements, StoredClaim claim) throws SQLException {
    PreparedStatement insert =
        statements.of(
            "INSERT OR REPLACE INTO claim (token_hash, name, profile, sector, site, pattern,"
                + " uses_left, expires_ms, created_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
    insert.setString(1, claim.tokenHash());
    insert.setString(2, claim.name());
    insert.setString(3, claim.profile());
    insert.setString(4, claim.sector());
    insert.setString(5, claim.site());
    insert.setString(6, claim.pattern());
    insert.setInt(7, claim.usesLeft());
    insert.setLong(8, claim.expiresMillis());
    insert.setLong(9, claim.createdMillis());
    insert.executeUpdate();
  }

  static void remove(Statements statements, String tokenHash) throws SQLException {
    statements.update("DELETE FROM claim WHERE token_hash = ?", tokenHash);
  }

  static void use(Statements statements, String tokenHash) throws SQLException {
    int changed =
        statements.update(
            "UPDATE claim SET uses_left = uses_left - 1 WHERE token_hash = ? AND uses_left > 0",
            tokenHash);
    if (changed != 1) {
      throw new StoreConflictException("the claim is used up");
    }
  }

  static void mark(Statements statements, ClaimedDevice device) throws SQLException {
    PreparedStatement insert =
        statements.of(
            "INSERT OR REPLACE INTO claimed_device (id, token_hash, claimed_ms, issued_hash)"
                + " VALUES (?, ?, ?, ?)");
    insert.setString(1, device.device());
    insert.setString(2, device.claimHash());
    insert.setLong(3, device.claimedMillis());
    insert.setString(4, device.issuedHash());
    insert.executeUpdate();
  }

  static void reissue(Statements statements, String device, String before, String next)
      throws SQLException {
    int changed =
        statements.update(
            "UPDATE claimed_device SET issued_hash = ? WHERE id = ? AND issued_hash = ?",
            next,
            device,
            before);
    if (changed != 1) {
      throw new StoreConflictException("device " + device + " has another token meanwhile");
    }
  }

  static void settle(Statements statements, String device, String issued) throws SQLException {
    statements.update(
        "DELETE FROM claimed_device WHERE id = ? AND issued_hash = ?", device, issued);
  }
}
