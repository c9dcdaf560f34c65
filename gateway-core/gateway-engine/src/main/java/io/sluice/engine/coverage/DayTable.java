package io.sluice.engine.coverage;

import io.sluice.api.operator.CoverageService.Month;
import io.sluice.api.operator.CoverageService.MonthRow;
import io.sluice.api.operator.CoverageService.Outage;
import io.sluice.api.operator.CoverageService.Stop;
import io.sluice.engine.coverage.slot.Calendar;
import io.sluice.engine.coverage.slot.GroupKey;
import java.io.IOException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The sums of each day by group, for reports: kept for {@value #DAYS_KEPT} days. A day is written
 * anew until nothing of it changes any more.
 */
final class DayTable {
  static final int DAYS_KEPT = 400;

  static final int PLANNED = 0;
  static final int COMMISSIONED = 1;
  static final int DEVICES = 2;
  static final int DUE = 3;
  static final int FILLED = 4;
  static final int GOOD = 5;
  static final int RECEIVED = 6;
  static final int TIMELY = 7;
  static final int EXCLUDED = 8;
  static final int COLUMNS = 9;

  /** Days that may still change: today, the three of late data, and one for its edge. */
  private static final int DAYS_OPEN = 5;

  private static final String COLUMN_NAMES =
      "planned,commissioned,devices,due,filled,good,received,timely,excluded";

  private final CoverageDatabase database;
  private final CoverageViews views;
  private final Calendar calendar;

  DayTable(CoverageDatabase database, CoverageViews views, Calendar calendar) {
    this.database = database;
    this.views = views;
    this.calendar = calendar;
  }

  /** Writes the days that may have changed. Takes time with the devices. */
  void update(long nowMicros) throws IOException {
    long today = calendar.day(nowMicros);
    for (long day = today - DAYS_OPEN + 1; day <= today; day++) {
      write(day, views.day(day, nowMicros));
    }
    database.write(connection -> {
      try (PreparedStatement delete = connection.prepareStatement("DELETE FROM day WHERE day<?")) {
        delete.setLong(1, today - DAYS_KEPT);
        delete.execute();
      }
    });
  }

  private void write(long day, Map<GroupKey, long[]> rows) throws IOException {
    database.write(connection -> {
      try (PreparedStatement insert =
          connection.prepareStatement(
              "INSERT OR REPLACE INTO day(day,sector,site,model,"
                  + COLUMN_NAMES
                  + ") VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)")) {
        for (Map.Entry<GroupKey, long[]> row : rows.entrySet()) {
          insert.setLong(1, day);
          insert.setString(2, row.getKey().sector());
          insert.setString(3, row.getKey().site());
          insert.setString(4, row.getKey().model());
          for (int i = 0; i < COLUMNS; i++) {
            insert.setLong(5 + i, row.getValue()[i]);
          }
          insert.execute();
        }
      }
    });
  }

  /** A month, from the days that were written. */
  Month month(
      String gateway, YearMonth month, List<Stop> stops, List<Outage> outages, long nowMicros)
      throws IOException {
    long first = month.atDay(1).toEpochDay();
    long end = month.plusMonths(1).atDay(1).toEpochDay();
    long startMicros = calendar.dayStart(first);
    long endMicros = calendar.dayStart(end);
    Predicate<Stop> isStopIn =
        stop -> {
          Long to = stop.to();
          return stop.from() < endMicros && (to == null || to > startMicros);
        };
    return new Month(
        month.toString(),
        gateway,
        startMicros,
        Math.min(endMicros, Math.max(startMicros, nowMicros)),
        nowMicros >= endMicros + CoverageState.FINAL_MICROS,
        rows("sector,site", first, end),
        rows("model", first, end),
        stops.stream().filter(isStopIn).toList(),
        outages.stream()
            .filter(outage -> outage.from() < endMicros && outage.to() > startMicros)
            .toList());
  }

  private List<MonthRow> rows(String by, long first, long end) throws IOException {
    List<MonthRow> rows = new ArrayList<>();
    boolean isBySite = !by.equals("model");
    // planned and commissioned as they were on the last day, devices on the day with most of them
    String sql =
        """
        SELECT %1$s,
          sum(CASE WHEN day=last THEN planned ELSE 0 END),
          sum(CASE WHEN day=last THEN commissioned ELSE 0 END),
          max(devices), sum(due), sum(filled), sum(good), sum(received), sum(timely), sum(excluded)
        FROM (SELECT %1$s, day, sum(planned) planned, sum(commissioned) commissioned,
            sum(devices) devices, sum(due) due, sum(filled) filled, sum(good) good,
            sum(received) received, sum(timely) timely, sum(excluded) excluded,
            max(max(day)) OVER () last
          FROM day WHERE day>=? AND day<? GROUP BY %1$s, day)
        GROUP BY %1$s ORDER BY %1$s
        """
            .formatted(by);
    database.read(connection -> {
      try (PreparedStatement select = connection.prepareStatement(sql)) {
        select.setLong(1, first);
        select.setLong(2, end);
        try (ResultSet found = select.executeQuery()) {
          while (found.next()) {
            rows.add(row(found, isBySite));
          }
        }
      }
    });
    return rows;
  }

  private static MonthRow row(ResultSet found, boolean isBySite) throws java.sql.SQLException {
    int at = isBySite ? 2 : 1;
    long[] sums = new long[COLUMNS];
    for (int i = 0; i < COLUMNS; i++) {
      sums[i] = found.getLong(at + 1 + i);
    }
    @Nullable String sector = isBySite ? found.getString(1) : null;
    return new MonthRow(
        sector,
        isBySite ? found.getString(2) : null,
        isBySite ? null : found.getString(1),
        sums[PLANNED],
        sums[COMMISSIONED],
        sums[DEVICES],
        sums[DUE],
        sums[FILLED],
        sums[GOOD],
        sums[RECEIVED],
        sums[TIMELY],
        sums[EXCLUDED],
        RatioCounts.ratio(sums[FILLED], sums[DUE]),
        RatioCounts.ratio(sums[GOOD], sums[FILLED]),
        RatioCounts.ratio(sums[GOOD], sums[DUE]),
        RatioCounts.ratio(sums[TIMELY], sums[RECEIVED]));
  }
}
