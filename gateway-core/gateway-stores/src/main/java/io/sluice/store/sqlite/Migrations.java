package io.sluice.store.sqlite;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.List;

/**
 * Brings a database to the latest schema, one numbered script after the other, each in a
 * transaction of its own. The table {@code schema_version} tells which have run and the digest of
 * each script as it ran: a script that was changed afterwards is refused, as is a database of a
 * later Sluice.
 *
 * <p>Scripts hold plain statements that end with {@code ;} at a line's end, and {@code --} comments
 * on lines of their own.
 */
final class Migrations {
  static final List<String> SCRIPTS =
      List.of(
          "V1__devices",
          "V2__commands",
          "V3__credentials",
          "V4__bounds_of_credentials",
          "V5__known_places",
          "V6__time_zones",
          "V7__outcomes_of_commands",
          "V8__device_secrets",
          "V9__followed");

  private Migrations() {}

  /** Runs the scripts up to and including number {@code target} that have not run yet. */
  static void migrate(Connection connection, int target)
      throws SQLException, SqliteKind.RefusedException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE IF NOT EXISTS schema_version ("
              + "version INTEGER PRIMARY KEY, script TEXT NOT NULL, digest TEXT NOT NULL)");
    }
    int version = verifiedVersion(connection);
    connection.setAutoCommit(false);
    try {
      while (version < target) {
        version++;
        run(connection, version);
        connection.commit();
      }
    } catch (SQLException e) {
      connection.rollback();
      throw e;
    } finally {
      connection.setAutoCommit(true);
    }
  }

  private static int verifiedVersion(Connection connection)
      throws SQLException, SqliteKind.RefusedException {
    int version = 0;
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT version, script, digest FROM schema_version ORDER BY version")) {
      while (rows.next()) {
        version = rows.getInt(1);
        if (version > SCRIPTS.size()) {
          throw new SqliteKind.RefusedException(
              "registry.db has schema version "
                  + version
                  + ", this Sluice knows up to "
                  + SCRIPTS.size()
                  + "; run the newer Sluice, or restore the copy made before the upgrade");
        }
        if (!sha256Hex(script(version)).equals(rows.getString(3))) {
          throw new SqliteKind.RefusedException(
              "registry.db was made by another script " + rows.getString(2) + " than this one has");
        }
      }
    }
    return version;
  }

  private static void run(Connection connection, int version) throws SQLException {
    String script = script(version);
    try (Statement statement = connection.createStatement()) {
      for (String sql : statements(script)) {
        statement.executeUpdate(sql);
      }
    }
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO schema_version VALUES (?, ?, ?)")) {
      insert.setInt(1, version);
      insert.setString(2, SCRIPTS.get(version - 1));
      insert.setString(3, sha256Hex(script));
      insert.executeUpdate();
    }
  }

  private static String sha256Hex(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static List<String> statements(String script) {
    String code =
        script
            .lines()
            .filter(line -> !line.startsWith("--") && !line.isBlank())
            .reduce("", (all, line) -> all + line + "\n");
    return List.of(code.split(";\n"));
  }

  private static String script(int version) {
    String name = "/db/migration/" + SCRIPTS.get(version - 1) + ".sql";
    try (InputStream in = Migrations.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("missing resource " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + name, e);
    }
  }
}
