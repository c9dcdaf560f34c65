package io.sluice.engine.alarm;

import io.sluice.api.store.StoreUnavailableException;
import io.sluice.store.sqlite.SqliteFile;
import io.sluice.store.sqlite.SqliteKind;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The SQLite file behind the alarm book. A damaged one is set aside and begun anew, for taking
 * alarms matters more than remembering them. Thread-safe; blocks on the disk.
 */
final class AlarmDatabase implements AutoCloseable {
  /** What is done in one transaction. */
  interface Work<T extends @Nullable Object> {
    T run(Connection connection) throws SQLException;
  }

  private static final List<String> FIRST =
      List.of(
          "CREATE TABLE alarm (id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL,"
              + " device TEXT NOT NULL, sector TEXT NOT NULL, site TEXT NOT NULL,"
              + " model TEXT NOT NULL, name TEXT NOT NULL, severity TEXT NOT NULL,"
              + " urgency TEXT NOT NULL, certainty TEXT NOT NULL, status TEXT NOT NULL,"
              + " state TEXT NOT NULL, raised INTEGER NOT NULL, acknowledged INTEGER,"
              + " acknowledged_by TEXT, cleared INTEGER, cleared_by TEXT, escalated INTEGER,"
              + " observed INTEGER NOT NULL, text TEXT NOT NULL, note TEXT)",
          "CREATE UNIQUE INDEX alarm_open ON alarm (kind, device, name) WHERE state <> 'cleared'",
          "CREATE INDEX alarm_key ON alarm (kind, device, name, id)",
          "CREATE INDEX alarm_waiting ON alarm (raised)"
              + " WHERE state = 'active' AND escalated IS NULL",
          "CREATE INDEX alarm_cleared ON alarm (cleared) WHERE state = 'cleared'",
          "CREATE TABLE outbox (id INTEGER PRIMARY KEY AUTOINCREMENT, received INTEGER NOT NULL,"
              + " body BLOB NOT NULL)",
          "CREATE TABLE progress (epoch TEXT PRIMARY KEY, sequence INTEGER NOT NULL)");

  /** Delivery of escalations to the webhook; pages; the least grave alarms. */
  private static final List<String> SECOND =
      List.of(
          "ALTER TABLE alarm ADD COLUMN notification TEXT",
          "ALTER TABLE alarm ADD COLUMN notified INTEGER",
          "ALTER TABLE alarm ADD COLUMN tried INTEGER NOT NULL DEFAULT 0",
          "CREATE INDEX alarm_undelivered ON alarm (tried, "
              + AlarmSearch.RANK
              + " DESC, notified) WHERE notification = 'waiting'",
          "CREATE INDEX alarm_least ON alarm ("
              + AlarmTable.WEIGHT
              + ", state, id DESC) WHERE state <> 'cleared' AND kind = 'device'",
          "CREATE INDEX alarm_raised ON alarm (raised, id)");

  /**
   * A point was part of the name, escalation was reckoned from the raise, and what the device's
   * clock said last was what was known last.
   */
  private static final List<String> THIRD =
      List.of(
          "DROP INDEX alarm_open",
          "DROP INDEX alarm_key",
          "DROP INDEX alarm_waiting",
          "ALTER TABLE alarm ADD COLUMN point TEXT NOT NULL DEFAULT ''",
          "ALTER TABLE alarm ADD COLUMN known INTEGER NOT NULL DEFAULT 0",
          "ALTER TABLE alarm ADD COLUMN waits INTEGER NOT NULL DEFAULT 0",
          "UPDATE alarm SET known = coalesce(cleared, raised), waits = raised",
          "UPDATE alarm SET point = substr(name, 7), name = 'state' WHERE kind = 'device'"
              + " AND name LIKE 'state _%' AND instr(text, 'point ' || substr(name, 7)) > 0",
          "CREATE UNIQUE INDEX alarm_open ON alarm (kind, device, name, point)"
              + " WHERE state <> 'cleared'",
          "CREATE INDEX alarm_key ON alarm (kind, device, name, point, id)",
          "CREATE INDEX alarm_waiting ON alarm (waits)"
              + " WHERE state = 'active' AND escalated IS NULL",
          "CREATE TABLE all_clear (device TEXT NOT NULL, name TEXT NOT NULL, point TEXT NOT NULL,"
              + " at INTEGER NOT NULL, PRIMARY KEY (device, name, point)) WITHOUT ROWID");

  /** What brings a file from the version that is its index here to the next. */
  private static final List<List<String>> STEPS = List.of(FIRST, SECOND, THIRD);

  private static final SqliteKind KIND =
      new SqliteKind(
          AlarmDatabase::prepare,
          List.of(
              "SELECT id, kind, device, sector, site, model, name, point, severity, urgency,"
                  + " certainty, status, state, raised, acknowledged, acknowledged_by, cleared,"
                  + " cleared_by, escalated, observed, known, waits, text, note, notification,"
                  + " notified, tried FROM alarm LIMIT 0",
              "SELECT device, name, point, at FROM all_clear LIMIT 0",
              "SELECT id, received, body FROM outbox LIMIT 0",
              "SELECT epoch, sequence FROM progress LIMIT 0"),
          true,
          "move the file away: alarms then begin anew");

  private final SqliteFile store;

  private AlarmDatabase(SqliteFile store) {
    this.store = store;
  }

  /**
   * Opens the file, and makes it where there is none (readable by its owner only).
   *
   * @throws IOException where it cannot be opened; the message names the file and the remedy
   */
  static AlarmDatabase open(Path file) throws IOException {
    return new AlarmDatabase(SqliteFile.open(file, KIND));
  }

  private static void prepare(Connection connection)
      throws SQLException, SqliteKind.RefusedException {
    try (Statement statement = connection.createStatement()) {
      int version;
      try (ResultSet row = statement.executeQuery("PRAGMA user_version")) {
        version = row.getInt(1);
      }
      if (version > STEPS.size()) {
        throw new SqliteKind.RefusedException(
            "it is of a later Sluice; run that one, or move the file away to begin anew");
      }
      if (version < STEPS.size()) {
        connection.setAutoCommit(false);
        for (List<String> step : STEPS.subList(version, STEPS.size())) {
          for (String sql : step) {
            statement.execute(sql);
          }
        }
        statement.execute("PRAGMA user_version = " + STEPS.size());
        connection.commit();
        connection.setAutoCommit(true);
      }
    }
  }

  /**
   * Runs the work in a transaction; commits, or leaves nothing of it where it throws.
   *
   * @throws AlarmException where the file cannot be read or written
   */
  <T extends @Nullable Object> T transact(Work<T> work) {
    try {
      return store.<T, RuntimeException>transact(work::run);
    } catch (AlarmException e) {
      throw e;
    } catch (StoreUnavailableException e) {
      throw new AlarmException(e.getMessage(), e);
    }
  }

  /** See {@link SqliteFile#onBegunAnew}. */
  void onBegunAnew(Runnable listener) {
    store.onBegunAnew(listener);
  }

  /** See {@link SqliteFile#probe}. */
  void probe() {
    store.probe();
  }

  @Override
  public void close() {
    store.close();
  }
}
