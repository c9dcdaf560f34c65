package io.sluice.store.sqlite;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;

/** A side store's table for tests. */
final class Notes {
  static final SqliteKind KIND = kind(true);
  static final SqliteKind KEPT = kind(false);

  private Notes() {}

  private static SqliteKind kind(boolean beginsAnew) {
    return new SqliteKind(
        connection -> {
          try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE IF NOT EXISTS note(name TEXT, body BLOB)");
            statement.execute("CREATE INDEX IF NOT EXISTS note_name ON note(name)");
          }
        },
        List.of("SELECT name, body FROM note LIMIT 0"),
        beginsAnew,
        "bring back a backup");
  }

  static void add(SqliteFile store, String name, int bytes) {
    store.<Void, RuntimeException>transact(connection -> {
      try (PreparedStatement insert =
          connection.prepareStatement("INSERT INTO note VALUES(?, ?)")) {
        insert.setString(1, name);
        insert.setBytes(2, new byte[bytes]);
        insert.execute();
      }
      return null;
    });
  }

  static long count(SqliteFile store, String name) {
    return store.<Long, RuntimeException>transact(connection -> {
      try (PreparedStatement select =
          connection.prepareStatement(
              "SELECT count(*), sum(length(body)) FROM note WHERE name=?")) {
        select.setString(1, name);
        try (ResultSet row = select.executeQuery()) {
          return row.getLong(1);
        }
      }
    });
  }
}
