package io.sluice.engine.coverage;

import io.sluice.api.Lane;
import io.sluice.engine.coverage.slot.Calendar;
import io.sluice.engine.coverage.slot.DeviceCoverage;
import io.sluice.engine.coverage.slot.Exclusions;
import io.sluice.engine.coverage.slot.GroupKey;
import io.sluice.engine.coverage.slot.Lateness;
import io.sluice.engine.coverage.slot.SlotPage;
import io.sluice.engine.coverage.slot.SlotPageCache;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UTFDataFormatException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What was counted, and how far the spool was read for it, saved and loaded in one transaction.
 * Blocks on the disk.
 */
final class CoverageSnapshot {
  private CoverageSnapshot() {}

  /**
   * Fills the book with what was saved.
   *
   * @return how far each lane was read for it; empty where nothing was saved, or of another spool
   * @throws CoverageDatabase.DamagedException where what was saved makes no sense; the book then
   *     holds some of it
   * @throws IOException where the file cannot be read
   */
  static Map<Lane, Long> load(
      CoverageDatabase database, CoverageState book, String epoch, DeviceCoverage.ShapeOf shapes)
      throws IOException {
    Map<Lane, Long> positions = new EnumMap<>(Lane.class);
    try {
      database.read(connection -> load(connection, book, epoch, shapes, positions));
    } catch (EOFException | UTFDataFormatException | RuntimeException e) {
      // bytes that were written by save() are read by whatever each field's reader is
      throw new CoverageDatabase.DamagedException(e);
    }
    return positions;
  }

  private static void load(
      Connection connection,
      CoverageState book,
      String epoch,
      DeviceCoverage.ShapeOf shapes,
      Map<Lane, Long> positions)
      throws SQLException, IOException {
    try (Statement statement = connection.createStatement()) {
      byte[] saved = CoverageDatabase.meta(connection, "applied");
      Exclusions applied =
          saved == null ? Exclusions.NONE : Exclusions.read(CoverageDatabase.in(saved));
      book.restore(applied);
      try (ResultSet rows = statement.executeQuery("SELECT number,state FROM device")) {
        while (rows.next()) {
          book.restore(
              DeviceCoverage.read(
                  rows.getInt(1),
                  shapes,
                  applied,
                  book.calendar(),
                  CoverageDatabase.in(rows.getBytes(2))));
        }
      }
      try (ResultSet rows =
          statement.executeQuery("SELECT sector,site,model,state FROM lateness")) {
        while (rows.next()) {
          Lateness lateness = new Lateness(book.calendar());
          lateness.read(CoverageDatabase.in(rows.getBytes(4)));
          book.restore(
              new GroupKey(rows.getString(1), rows.getString(2), rows.getString(3)), lateness);
        }
      }
      ChangeTable.load(connection, book.changeLog());
      byte[] next = CoverageDatabase.meta(connection, "next");
      if (next != null) {
        book.numberFrom(CoverageDatabase.in(next).readInt());
      }
      positions(connection, epoch, positions);
    }
  }

  private static void positions(Connection connection, String epoch, Map<Lane, Long> positions)
      throws SQLException, IOException {
    byte[] saved = CoverageDatabase.meta(connection, "positions");
    if (saved != null) {
      DataInputStream in = CoverageDatabase.in(saved);
      if (in.readUTF().equals(epoch)) {
        for (Lane lane : Lane.values()) {
          positions.put(lane, in.readLong());
        }
      }
    }
  }

  /**
   * Saves what has changed in the book, and how far the spool was read for it.
   *
   * @throws IOException where nothing of it is saved; the book knows that it is not
   */
  static void save(
      CoverageDatabase database,
      CoverageState book,
      String epoch,
      Map<Lane, Long> positions,
      long nowMicros)
      throws IOException {
    synchronized (book) {
      List<DeviceCoverage> written = new ArrayList<>();
      Map<SlotPageCache.Key, SlotPage> pages = book.shelf().take();
      boolean isDone = false;
      try {
        database.write(connection -> {
          devices(connection, book, written);
          pages(connection, pages, nowMicros);
          lateness(connection, book);
          ChangeTable.save(connection, book.changeLog(), nowMicros);
          CoverageDatabase.meta(
              connection, "applied", CoverageDatabase.bytes(book.exclusions()::write));
          CoverageDatabase.meta(
              connection, "next", CoverageDatabase.bytes(out -> out.writeInt(book.nextNumber())));
          CoverageDatabase.meta(
              connection,
              "positions",
              CoverageDatabase.bytes(out -> {
                out.writeUTF(epoch);
                for (Lane lane : Lane.values()) {
                  out.writeLong(positions.getOrDefault(lane, 0L));
                }
              }));
          CoverageDatabase.meta(
              connection, "saved", CoverageDatabase.bytes(out -> out.writeLong(nowMicros)));
          CoverageDatabase.heartbeat(connection, new Heartbeat(nowMicros, epoch, positions));
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
      Connection connection, CoverageState book, List<DeviceCoverage> written)
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
        insert.setBytes(2, CoverageDatabase.bytes(device::write));
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

  private static void pages(
      Connection connection, Map<SlotPageCache.Key, SlotPage> pages, long nowMicros)
      throws SQLException, IOException {
    try (PreparedStatement insert =
            connection.prepareStatement(
                "INSERT OR REPLACE INTO page(hour,device,span,bits) VALUES(?,?,?,?)");
        PreparedStatement delete = connection.prepareStatement("DELETE FROM page WHERE hour<?")) {
      for (Map.Entry<SlotPageCache.Key, SlotPage> entry : pages.entrySet()) {
        insert.setLong(1, entry.getKey().hour());
        insert.setInt(2, entry.getKey().device());
        insert.setInt(3, entry.getKey().span());
        insert.setBytes(4, CoverageDatabase.bytes(entry.getValue()::write));
        insert.execute();
      }
      delete.setLong(1, Calendar.utcHour(nowMicros - CoverageState.FINAL_MICROS) - 1);
      delete.execute();
    }
  }

  private static void lateness(Connection connection, CoverageState book)
      throws SQLException, IOException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT OR REPLACE INTO lateness(sector,site,model,state) VALUES(?,?,?,?)")) {
      for (Map.Entry<GroupKey, Lateness> entry : book.lateness().entrySet()) {
        insert.setString(1, entry.getKey().sector());
        insert.setString(2, entry.getKey().site());
        insert.setString(3, entry.getKey().model());
        insert.setBytes(4, CoverageDatabase.bytes(entry.getValue()::write));
        insert.execute();
      }
    }
  }
}
