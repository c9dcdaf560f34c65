package io.sluice.engine.coverage;

import io.sluice.api.operator.CoverageService.Change;
import io.sluice.api.operator.CoverageService.What;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** The {@link ChangeLog} on disk: part of the snapshot. */
final class ChangeTable {
  static final String COLUMNS = "id, at, device, sector, site, model, what";
  static final String TABLE =
      "change(id INTEGER PRIMARY KEY, at INTEGER, device TEXT, sector TEXT, site TEXT, model TEXT,"
          + " what TEXT)";

  private ChangeTable() {}

  static void load(Connection connection, ChangeLog log) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT " + COLUMNS + " FROM change ORDER BY id")) {
      while (rows.next()) {
        log.restore(
            new Change(
                rows.getLong(1),
                rows.getLong(2),
                rows.getString(3),
                rows.getString(4),
                rows.getString(5),
                rows.getString(6),
                What.valueOf(rows.getString(7))));
      }
    }
  }

  /** Adds what is new, and deletes what the log does not keep. */
  static void save(Connection connection, ChangeLog log, long nowMicros) throws SQLException {
    try (PreparedStatement insert =
            connection.prepareStatement(
                "INSERT OR REPLACE INTO change(" + COLUMNS + ") VALUES(?,?,?,?,?,?,?)");
        PreparedStatement delete =
            connection.prepareStatement("DELETE FROM change WHERE what=? AND (id<? OR at<?)")) {
      for (Change change : log.unsaved()) {
        insert.setLong(1, change.id());
        insert.setLong(2, change.at());
        insert.setString(3, change.device());
        insert.setString(4, change.sector());
        insert.setString(5, change.site());
        insert.setString(6, change.model());
        insert.setString(7, change.what().name());
        insert.execute();
      }
      for (What what : What.values()) {
        delete.setString(1, what.name());
        delete.setLong(2, log.oldest(what));
        delete.setLong(3, nowMicros - ChangeLog.KEPT_MICROS);
        delete.execute();
      }
    }
  }
}
