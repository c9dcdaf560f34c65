package io.sluice.engine.coverage;

import io.sluice.api.operator.CoverageService.Stop;
import io.sluice.api.operator.CoverageService.StopScope;
import io.sluice.engine.coverage.slot.Intervals.Interval;
import java.io.IOException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What does not count, on disk: approved stops, and the gateway's own outages. */
final class DowntimeTable {
  private final CoverageDatabase database;

  DowntimeTable(CoverageDatabase database) {
    this.database = database;
  }

  /** Keeps an outage, and forgets those that ended before {@code oldest}. */
  void addOutage(Interval outage, long oldest) throws IOException {
    database.write(connection -> {
      try (PreparedStatement insert =
              connection.prepareStatement(
                  "INSERT OR REPLACE INTO outage(\"from\",\"to\") VALUES(?,?)");
          PreparedStatement delete =
              connection.prepareStatement("DELETE FROM outage WHERE \"to\"<?")) {
        insert.setLong(1, outage.from());
        insert.setLong(2, outage.to());
        insert.execute();
        delete.setLong(1, oldest);
        delete.execute();
      }
    });
  }

  /** Newest first. */
  List<Interval> outages(int limit) throws IOException {
    List<Interval> outages = new ArrayList<>();
    database.read(connection -> {
      try (Statement statement = connection.createStatement();
          ResultSet rows =
              statement.executeQuery(
                  "SELECT \"from\",\"to\" FROM outage ORDER BY \"from\" DESC LIMIT " + limit)) {
        while (rows.next()) {
          outages.add(new Interval(rows.getLong(1), rows.getLong(2)));
        }
      }
    });
    return outages;
  }

  /** Keeps a stop; one whose id is 0 gets its own. */
  Stop put(Stop stop) throws IOException {
    long[] id = {stop.id()};
    database.write(connection -> {
      try (PreparedStatement insert =
          connection.prepareStatement(
              "INSERT OR REPLACE INTO stop(id,scope,key,\"from\",\"to\",reason,by)"
                  + " VALUES(?,?,?,?,?,?,?)",
              Statement.RETURN_GENERATED_KEYS)) {
        insert.setObject(1, stop.id() == 0 ? null : stop.id());
        insert.setString(2, stop.scope().name());
        insert.setString(3, stop.key());
        insert.setLong(4, stop.from());
        insert.setObject(5, stop.to());
        insert.setString(6, stop.reason());
        insert.setString(7, stop.by());
        insert.execute();
        try (ResultSet keys = insert.getGeneratedKeys()) {
          if (stop.id() == 0 && keys.next()) {
            id[0] = keys.getLong(1);
          }
        }
      }
    });
    return new Stop(
        id[0], stop.scope(), stop.key(), stop.from(), stop.to(), stop.reason(), stop.by());
  }

  void removeStopsBefore(long micros) throws IOException {
    database.write(connection -> {
      try (PreparedStatement delete =
          connection.prepareStatement("DELETE FROM stop WHERE \"to\"<?")) {
        delete.setLong(1, micros);
        delete.execute();
      }
    });
  }

  /** By id. */
  Map<Long, Stop> stops() throws IOException {
    Map<Long, Stop> stops = new TreeMap<>();
    database.read(connection -> {
      try (Statement statement = connection.createStatement();
          ResultSet rows =
              statement.executeQuery("SELECT id,scope,key,\"from\",\"to\",reason,by FROM stop")) {
        while (rows.next()) {
          stops.put(rows.getLong(1), stop(rows));
        }
      }
    });
    return stops;
  }

  private static Stop stop(ResultSet row) throws SQLException {
    long to = row.getLong(5);
    Long end = row.wasNull() ? null : to;
    return new Stop(
        row.getLong(1),
        StopScope.valueOf(row.getString(2)),
        row.getString(3),
        row.getLong(4),
        end,
        row.getString(6),
        row.getString(7));
  }
}
