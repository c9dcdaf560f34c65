package io.sluice.engine.alarm;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** Makes a book's file what the first version wrote. */
final class FormerBook {
  private static final List<String> BACK =
      List.of(
          "DROP INDEX alarm_undelivered",
          "DROP INDEX alarm_raised",
          "DROP INDEX alarm_least",
          "ALTER TABLE alarm DROP COLUMN notification",
          "ALTER TABLE alarm DROP COLUMN notified",
          "ALTER TABLE alarm DROP COLUMN tried",
          "DROP TABLE all_clear",
          "DROP INDEX alarm_open",
          "DROP INDEX alarm_key",
          "DROP INDEX alarm_waiting",
          "UPDATE alarm SET name = name || ' ' || point WHERE point <> ''",
          "ALTER TABLE alarm DROP COLUMN point",
          "ALTER TABLE alarm DROP COLUMN known",
          "ALTER TABLE alarm DROP COLUMN waits",
          "CREATE UNIQUE INDEX alarm_open ON alarm (kind, device, name) WHERE state <> 'cleared'",
          "CREATE INDEX alarm_key ON alarm (kind, device, name, id)",
          "CREATE INDEX alarm_waiting ON alarm (raised)"
              + " WHERE state = 'active' AND escalated IS NULL",
          "PRAGMA user_version = 1");

  private FormerBook() {}

  /**
   * @param data the directory of a book that is closed
   * @param more statements after those
   */
  static void make(Path data, String... more) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + data.resolve("alarms.db"));
        Statement statement = connection.createStatement()) {
      for (String sql : BACK) {
        statement.execute(sql);
      }
      for (String sql : more) {
        statement.execute(sql);
      }
    }
  }
}
