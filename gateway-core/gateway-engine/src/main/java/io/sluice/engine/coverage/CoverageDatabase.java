package io.sluice.engine.coverage;

import io.sluice.api.Lane;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * {@code coverage.db}: what was counted, how far the spool was read for it, and what does not
 * count. A snapshot is one transaction. WAL with {@code synchronous=FULL}: what has returned
 * survives a power cut. Thread-safe: one lock; blocks on the disk.
 */
final class CoverageDatabase implements AutoCloseable {
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
              + " excluded INTEGER, PRIMARY KEY(day, sector, site, model)) WITHOUT ROWID");

  private final Connection connection;

  private CoverageDatabase(Connection connection) {
    this.connection = connection;
  }

  /**
   * Opens the file, or makes it.
   *
   * @throws IOException where it cannot be opened; the message names the file and the remedy
   */
  static CoverageDatabase open(Path file) throws IOException {
    try {
      Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
      try (Statement statement = connection.createStatement()) {
        statement.execute("PRAGMA busy_timeout=5000");
        statement.execute("PRAGMA journal_mode=WAL");
        statement.execute("PRAGMA synchronous=FULL");
        for (String table : TABLES) {
          statement.execute("CREATE TABLE IF NOT EXISTS " + table);
        }
        try (ResultSet version = statement.executeQuery("PRAGMA user_version")) {
          if (version.next() && version.getInt(1) > VERSION) {
            throw new SQLException("it was written by a newer Sluice");
          }
        }
        statement.execute("PRAGMA user_version=" + VERSION);
      } catch (SQLException e) {
        connection.close();
        throw e;
      }
      return new CoverageDatabase(connection);
    } catch (SQLException e) {
      throw new IOException(
          file
              + ": "
              + e.getMessage()
              + "; check free space and permissions of the data directory, or move the file away:"
              + " coverage then begins anew",
          e);
    }
  }

  /** What is read, or written in one transaction. */
  interface Work {
    void run(Connection connection) throws SQLException, IOException;
  }

  synchronized void write(Work work) throws IOException {
    try {
      connection.setAutoCommit(false);
      boolean isDone = false;
      try {
        work.run(connection);
        connection.commit();
        isDone = true;
      } finally {
        if (!isDone) {
          connection.rollback();
        }
        connection.setAutoCommit(true);
      }
    } catch (SQLException e) {
      throw new IOException("coverage.db: " + e.getMessage(), e);
    }
  }

  private static byte[] bytes(Encoding encoding) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    encoding.write(new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  private interface Encoding {
    void write(DataOutput out) throws IOException;
  }

  private static DataInputStream in(byte[] bytes) {
    return new DataInputStream(new ByteArrayInputStream(bytes));
  }

  private synchronized byte @Nullable [] meta(String name) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("SELECT value FROM meta WHERE name=?")) {
      select.setString(1, name);
      try (ResultSet found = select.executeQuery()) {
        return found.next() ? found.getBytes(1) : null;
      }
    }
  }

  private static void meta(Connection connection, String name, byte[] value) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT OR REPLACE INTO meta(name,value) VALUES(?,?)")) {
      insert.setString(1, name);
      insert.setBytes(2, value);
      insert.execute();
    }
  }

  /**
   * Fills the book with what was saved.
   *
   * @return how far each lane was read for it; empty where nothing was saved, or of another spool
   */
  synchronized Map<Lane, Long> load(CoverageBook book, String epoch, DeviceCoverage.ShapeOf shapes)
      throws IOException {
    try (Statement statement = connection.createStatement()) {
      byte[] saved = meta("applied");
      Exclusions applied = saved == null ? Exclusions.NONE : Exclusions.read(in(saved));
      book.restore(applied);
      try (ResultSet rows = statement.executeQuery("SELECT number,state FROM device")) {
        while (rows.next()) {
          book.restore(
              DeviceCoverage.read(
                  rows.getInt(1), shapes, applied, book.calendar(), in(rows.getBytes(2))));
        }
      }
      try (ResultSet rows =
          statement.executeQuery("SELECT sector,site,model,state FROM lateness")) {
        while (rows.next()) {
          Lateness lateness = new Lateness(book.calendar());
          lateness.read(in(rows.getBytes(4)));
          book.restore(
              new Group(rows.getString(1), rows.getString(2), rows.getString(3)), lateness);
        }
      }
      byte[] next = meta("next");
      if (next != null) {
        book.numberFrom(in(next).readInt());
      }
      return positions(epoch);
    } catch (SQLException e) {
      throw new IOException("coverage.db: " + e.getMessage(), e);
    }
  }

  private Map<Lane, Long> positions(String epoch) throws SQLException, IOException {
    Map<Lane, Long> positions = new EnumMap<>(Lane.class);
    byte[] saved = meta("positions");
    if (saved != null) {
      DataInputStream in = in(saved);
      if (in.readUTF().equals(epoch)) {
        for (Lane lane : Lane.values()) {
          positions.put(lane, in.readLong());
        }
      }
    }
    return positions;
  }

  /**
   * Saves what has changed in the book, and how far the spool was read for it.
   *
   * @throws IOException where nothing of it is saved; the book knows that it is not
   */
  void save(CoverageBook book, String epoch, Map<Lane, Long> positions, long nowMicros)
      throws IOException {
    synchronized (book) {
      List<DeviceCoverage> written = new ArrayList<>();
      Map<PageShelf.Key, Page> pages = book.shelf().take();
      boolean isDone = false;
      try {
        write(connection -> {
          devices(connection, book, written);
          pages(connection, pages, nowMicros);
          lateness(connection, book);
          meta(connection, "applied", bytes(book.exclusions()::write));
          meta(connection, "next", bytes(out -> out.writeInt(book.nextNumber())));
          meta(
              connection,
              "positions",
              bytes(out -> {
                out.writeUTF(epoch);
                for (Lane lane : Lane.values()) {
                  out.writeLong(positions.getOrDefault(lane, 0L));
                }
              }));
          heartbeat(connection, nowMicros);
        });
        isDone = true;
        book.saved();
      } finally {
        if (!isDone) {
          written.forEach(device -> device.isDirty = true);
          book.shelf().restore(pages);
        }
      }
    }
  }

  private static void devices(
      Connection connection, CoverageBook book, List<DeviceCoverage> written)
      throws SQLException, IOException {
    try (PreparedStatement insert =
            connection.prepareStatement("INSERT OR REPLACE INTO device(number,state) VALUES(?,?)");
        PreparedStatement delete =
            connection.prepareStatement("DELETE FROM device WHERE number=?")) {
      TreeMap<Integer, DeviceCoverage> dirty = new TreeMap<>();
      book.forEach(device -> {
        if (device.isDirty) {
          dirty.put(device.number, device);
        }
      });
      for (DeviceCoverage device : dirty.values()) {
        insert.setInt(1, device.number);
        insert.setBytes(2, bytes(device::write));
        insert.execute();
        device.isDirty = false;
        written.add(device);
      }
      for (int number : book.removed()) {
        delete.setInt(1, number);
        delete.execute();
      }
    }
  }

  private static void pages(Connection connection, Map<PageShelf.Key, Page> pages, long nowMicros)
      throws SQLException, IOException {
    try (PreparedStatement insert =
            connection.prepareStatement(
                "INSERT OR REPLACE INTO page(hour,device,span,bits) VALUES(?,?,?,?)");
        PreparedStatement delete = connection.prepareStatement("DELETE FROM page WHERE hour<?")) {
      for (Map.Entry<PageShelf.Key, Page> entry : pages.entrySet()) {
        insert.setLong(1, entry.getKey().hour());
        insert.setInt(2, entry.getKey().device());
        insert.setInt(3, entry.getKey().span());
        insert.setBytes(4, bytes(entry.getValue()::write));
        insert.execute();
      }
      delete.setLong(1, Calendar.hour(nowMicros - CoverageBook.FINAL_MICROS) - 1);
      delete.execute();
    }
  }

  private static void lateness(Connection connection, CoverageBook book)
      throws SQLException, IOException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT OR REPLACE INTO lateness(sector,site,model,state) VALUES(?,?,?,?)")) {
      for (Map.Entry<Group, Lateness> entry : book.lateness().entrySet()) {
        insert.setString(1, entry.getKey().sector());
        insert.setString(2, entry.getKey().site());
        insert.setString(3, entry.getKey().model());
        insert.setBytes(4, bytes(entry.getValue()::write));
        insert.execute();
      }
    }
  }

  private static void heartbeat(Connection connection, long micros)
      throws SQLException, IOException {
    meta(connection, "heartbeat", bytes(out -> out.writeLong(micros)));
  }

  /** The gateway was alive then. */
  void heartbeat(long micros) throws IOException {
    write(connection -> heartbeat(connection, micros));
  }

  /** When the gateway was last alive, microseconds; null where it never was. */
  @Nullable Long heartbeat() throws IOException {
    try {
      byte[] saved = meta("heartbeat");
      return saved == null ? null : in(saved).readLong();
    } catch (SQLException e) {
      throw new IOException("coverage.db: " + e.getMessage(), e);
    }
  }

  synchronized boolean load(PageShelf.Key key, Page empty) throws IOException {
    try (PreparedStatement select =
        connection.prepareStatement("SELECT bits FROM page WHERE hour=? AND device=? AND span=?")) {
      select.setLong(1, key.hour());
      select.setInt(2, key.device());
      select.setInt(3, key.span());
      try (ResultSet found = select.executeQuery()) {
        if (!found.next()) {
          return false;
        }
        empty.read(in(found.getBytes(1)));
        return true;
      }
    } catch (SQLException e) {
      throw new IOException("coverage.db: " + e.getMessage(), e);
    }
  }

  /** For {@link DayTable} and {@link StopTable}, which have tables of their own here. */
  synchronized void read(Work work) throws IOException {
    try {
      work.run(connection);
    } catch (SQLException e) {
      throw new IOException("coverage.db: " + e.getMessage(), e);
    }
  }

  @Override
  public synchronized void close() throws IOException {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new IOException("coverage.db: " + e.getMessage(), e);
    }
  }
}
