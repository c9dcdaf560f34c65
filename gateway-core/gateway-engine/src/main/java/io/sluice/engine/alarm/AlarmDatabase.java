package io.sluice.engine.alarm;

import io.sluice.engine.files.OwnerOnly;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The SQLite file behind the alarm book: one connection, one transaction at a time. WAL with {@code
 * synchronous=FULL}: a transaction that has returned survives a power cut. Thread-safe; blocks on
 * the disk.
 */
final class AlarmDatabase implements AutoCloseable {
  /** What is done in one transaction. */
  interface Work<T extends @Nullable Object> {
    T run(Connection connection) throws SQLException;
  }

  private static final int SCHEMA_VERSION = 1;

  private static final List<String> SCHEMA =
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
          "CREATE TABLE progress (epoch TEXT PRIMARY KEY, sequence INTEGER NOT NULL)",
          "PRAGMA user_version = " + SCHEMA_VERSION);

  private final Path file;
  private final Connection connection;
  private final ReentrantLock lock = new ReentrantLock();

  private AlarmDatabase(Path file, Connection connection) {
    this.file = file;
    this.connection = connection;
  }

  /**
   * Opens the file, and makes it where there is none (readable by its owner only).
   *
   * @throws IOException where it cannot be opened; the message names the file and the remedy
   */
  static AlarmDatabase open(Path file) throws IOException {
    OwnerOnly.makeMissing(file);
    try {
      Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
      try {
        prepare(file, connection);
      } catch (SQLException | IOException e) {
        connection.close();
        throw e;
      }
      return new AlarmDatabase(file, connection);
    } catch (SQLException e) {
      throw new IOException(fault(file, e), e);
    }
  }

  private static void prepare(Path file, Connection connection) throws SQLException, IOException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA busy_timeout=5000");
      statement.execute("PRAGMA journal_mode=WAL");
      statement.execute("PRAGMA synchronous=FULL");
      int version;
      try (ResultSet row = statement.executeQuery("PRAGMA user_version")) {
        version = row.getInt(1);
      }
      if (version > SCHEMA_VERSION) {
        throw new IOException(
            file + " is of a later Sluice; run that one, or move the file away to begin anew");
      }
      if (version == 0) {
        connection.setAutoCommit(false);
        for (String sql : SCHEMA) {
          statement.execute(sql);
        }
        connection.commit();
        connection.setAutoCommit(true);
      }
    }
  }

  /** Runs the work in a transaction; commits, or rolls back where it throws. */
  <T extends @Nullable Object> T transact(Work<T> work) {
    lock.lock();
    try {
      connection.setAutoCommit(false);
      boolean done = false;
      try {
        T result = work.run(connection);
        connection.commit();
        done = true;
        return result;
      } finally {
        if (!done) {
          connection.rollback();
        }
        connection.setAutoCommit(true);
      }
    } catch (SQLException e) {
      throw new AlarmException(fault(file, e), e);
    } finally {
      lock.unlock();
    }
  }

  private static String fault(Path file, SQLException e) {
    return file
        + ": "
        + e.getMessage()
        + "; check free space and permissions of the data directory, and that no other gateway"
        + " uses it";
  }

  @Override
  public void close() {
    lock.lock();
    try {
      connection.close();
    } catch (SQLException e) {
      throw new AlarmException(fault(file, e), e);
    } finally {
      lock.unlock();
    }
  }
}
