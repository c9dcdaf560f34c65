package io.sluice.engine.coverage;

import io.sluice.api.store.StoreUnavailableException;
import io.sluice.engine.coverage.slot.SlotPage;
import io.sluice.engine.coverage.slot.SlotPageCache;
import io.sluice.store.sqlite.SqliteFile;
import io.sluice.store.sqlite.SqliteKind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code coverage.db}: what was counted, how far the spool was read for it, and what does not
 * count. A snapshot is one transaction. A damaged file is set aside and begun anew. Thread-safe;
 * blocks on the disk.
 */
final class CoverageDatabase implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CoverageDatabase.class);
  private static final int VERSION = 1;
  private static final List<String> TABLES =
      List.of(
          "meta(name TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID",
          "device(number INTEGER PRIMARY KEY, state BLOB NOT NULL)",
          "page(hour INTEGER, device INTEGER, span INTEGER, bits BLOB,"
              + " PRIMARY KEY(hour, device, span)) WITHOUT ROWID",
          "lateness(sector TEXT, site TEXT, model TEXT, state BLOB,"
              + " PRIMARY KEY(sector, site, model)) WITHOUT ROWID",
          "stop(id INTEGER PRIMARY KEY AUTOINCREMENT, scope TEXT, key TEXT,"
              + " \"from\" INTEGER, \"to\" INTEGER, reason TEXT, by TEXT)",
          "outage(\"from\" INTEGER PRIMARY KEY, \"to\" INTEGER)",
          "day(day INTEGER, sector TEXT, site TEXT, model TEXT,"
              + " planned INTEGER, commissioned INTEGER, devices INTEGER, due INTEGER,"
              + " filled INTEGER, good INTEGER, received INTEGER, timely INTEGER,"
              + " excluded INTEGER, PRIMARY KEY(day, sector, site, model)) WITHOUT ROWID",
          ChangeTable.TABLE);

  /** Each table by its columns, so that a file of something else is told from a sound one. */
  private static final List<String> SHAPE =
      List.of(
          "SELECT name, value FROM meta LIMIT 0",
          "SELECT number, state FROM device LIMIT 0",
          "SELECT hour, device, span, bits FROM page LIMIT 0",
          "SELECT sector, site, model, state FROM lateness LIMIT 0",
          "SELECT id, scope, key, \"from\", \"to\", reason, by FROM stop LIMIT 0",
          "SELECT \"from\", \"to\" FROM outage LIMIT 0",
          "SELECT day, sector, site, model, planned, commissioned, devices, due, filled, good,"
              + " received, timely, excluded FROM day LIMIT 0",
          "SELECT " + ChangeTable.COLUMNS + " FROM change LIMIT 0");

  private static final SqliteKind KIND =
      new SqliteKind(
          CoverageDatabase::prepare, SHAPE, true, "move the file away: coverage then begins anew");

  private final SqliteFile store;

  private CoverageDatabase(SqliteFile store) {
    this.store = store;
  }

  /**
   * Opens the file, or makes it.
   *
   * @throws IOException where it cannot be opened; the message names the file and the remedy
   */
  static CoverageDatabase open(Path file) throws IOException {
    return new CoverageDatabase(SqliteFile.open(file, KIND));
  }

  private static void prepare(Connection connection)
      throws SQLException, SqliteKind.RefusedException {
    try (Statement statement = connection.createStatement()) {
      try (ResultSet version = statement.executeQuery("PRAGMA user_version")) {
        if (version.next() && version.getInt(1) > VERSION) {
          throw new SqliteKind.RefusedException(
              "it was written by a newer Sluice; run that one, or move the file away: coverage"
                  + " then begins anew");
        }
      }
      for (String table : TABLES) {
        statement.execute("CREATE TABLE IF NOT EXISTS " + table);
      }
      statement.execute("PRAGMA user_version=" + VERSION);
    }
  }

  /** What is read, or written in one transaction. */
  interface Work {
    void run(Connection connection) throws SQLException, IOException;
  }

  /** What was saved cannot be what is read. */
  static final class DamagedException extends IOException {
    private static final long serialVersionUID = 1;

    DamagedException(Exception cause) {
      super("coverage.db: what it holds cannot be read: " + cause, cause);
    }
  }

  /** Runs the work in a transaction; commits, or leaves nothing of it where it throws. */
  void write(Work work) throws IOException {
    try {
      store.<@Nullable Void, IOException>transact(connection -> {
        work.run(connection);
        return null;
      });
    } catch (StoreUnavailableException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** Sets the file aside and begins anew; what is in memory is the caller's. */
  void beginAnew(Exception cause) throws IOException {
    store.beginAnew(cause);
  }

  /** See {@link SqliteFile#onBegunAnew}. */
  void onBegunAnew(Runnable listener) {
    store.onBegunAnew(listener);
  }

  /** See {@link SqliteFile#probe}. */
  void probe() {
    store.probe();
  }

  static byte[] bytes(Encoding encoding) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    encoding.write(new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  interface Encoding {
    void write(DataOutput out) throws IOException;
  }

  static DataInputStream in(byte[] bytes) {
    return new DataInputStream(new ByteArrayInputStream(bytes));
  }

  static byte @Nullable [] meta(Connection connection, String name) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("SELECT value FROM meta WHERE name=?")) {
      select.setString(1, name);
      try (ResultSet found = select.executeQuery()) {
        return found.next() ? found.getBytes(1) : null;
      }
    }
  }

  static void meta(Connection connection, String name, byte[] value) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT OR REPLACE INTO meta(name,value) VALUES(?,?)")) {
      insert.setString(1, name);
      insert.setBytes(2, value);
      insert.execute();
    }
  }

  static void heartbeat(Connection connection, Heartbeat heartbeat)
      throws SQLException, IOException {
    meta(connection, "heartbeat", bytes(heartbeat::write));
  }

  /** When the book was saved last, microseconds; null where it never was, or by an older Sluice. */
  @Nullable Long saved() throws IOException {
    return meta("saved", DataInputStream::readLong);
  }

  /** The gateway is alive. */
  void heartbeat(Heartbeat heartbeat) throws IOException {
    write(connection -> heartbeat(connection, heartbeat));
  }

  /** When the gateway was last alive; null where it never was. */
  @Nullable Heartbeat heartbeat() throws IOException {
    return meta("heartbeat", Heartbeat::read);
  }

  private interface Decoding<T> {
    T read(DataInputStream in) throws IOException;
  }

  private <T> @Nullable T meta(String name, Decoding<T> decoding) throws IOException {
    List<T> found = new ArrayList<>(1);
    read(connection -> {
      byte[] saved = meta(connection, name);
      if (saved != null) {
        found.add(decoding.read(in(saved)));
      }
    });
    return found.isEmpty() ? null : found.getFirst();
  }

  boolean load(SlotPageCache.Key key, SlotPage empty) throws IOException {
    boolean[] isFound = {false};
    read(connection -> {
      try (PreparedStatement select =
          connection.prepareStatement(
              "SELECT bits FROM page WHERE hour=? AND device=? AND span=?")) {
        select.setLong(1, key.hour());
        select.setInt(2, key.device());
        select.setInt(3, key.span());
        try (ResultSet found = select.executeQuery()) {
          isFound[0] = found.next() && isSound(key, empty, found.getBytes(1));
        }
      }
    });
    return isFound[0];
  }

  /** A page that makes no sense counts as one that was never saved: the others go on. */
  private static boolean isSound(SlotPageCache.Key key, SlotPage empty, byte[] bits)
      throws IOException {
    try {
      empty.read(in(bits));
      return true;
    } catch (EOFException | RuntimeException e) {
      LOG.error("coverage: {} is damaged, and counts as empty: {}", key, e.toString());
      return false;
    }
  }

  /** For {@link DayTable} and {@link DowntimeTable}, which have tables of their own here. */
  void read(Work work) throws IOException {
    write(work);
  }

  @Override
  public void close() {
    store.close();
  }
}
