package io.sluice.engine.coverage;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.Lane;
import io.sluice.api.MessageClass;
import io.sluice.api.Quality;
import io.sluice.api.TimeSource;
import io.sluice.api.operator.CoverageService.By;
import io.sluice.api.operator.CoverageService.DeviceRow;
import io.sluice.api.operator.CoverageService.Filter;
import io.sluice.api.operator.CoverageService.Group;
import io.sluice.api.operator.CoverageService.Month;
import io.sluice.api.operator.CoverageService.MonthRow;
import io.sluice.api.operator.CoverageService.Point;
import io.sluice.api.operator.CoverageService.Stop;
import io.sluice.api.operator.CoverageService.StopScope;
import io.sluice.api.operator.CoverageService.Window;
import io.sluice.engine.coverage.slot.Calendar;
import io.sluice.engine.coverage.slot.Exclusions;
import io.sluice.engine.coverage.slot.ReportingExpectation;
import io.sluice.engine.record.EncodedRecord;
import io.sluice.engine.record.RecordFormat;
import io.sluice.engine.record.RecordWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A day of four sites, each with what befalls it; every figure is known. */
class CoverageDayTest {
  private static final long MINUTE = Calendar.MINUTE_MICROS;
  private static final long HOUR = Calendar.HOUR_MICROS;
  private static final long START = Instant.parse("2026-10-05T00:00:00Z").toEpochMilli() * 1_000;
  private static final int DEVICES = 10;
  private static final long DAY_SLOTS = 24 * 60;
  private static final Map<String, Integer> METRICS = Map.of("temperature", 0, "humidity", 1);
  private static final ReportingExpectation SHAPE = new ReportingExpectation(METRICS, MINUTE);

  @TempDir Path directory;

  private long now = START;
  private CoverageDatabase database;
  private CoverageState book;
  private DowntimeStore stops;
  private CoverageViews views;
  private final EncodedRecord view = new EncodedRecord();

  @BeforeEach
  void open() throws Exception {
    database = CoverageDatabase.open(directory.resolve("coverage.db"));
    book = new CoverageState(device -> SHAPE, Calendar.UTC, database::load);
    stops = new DowntimeStore(database, book, () -> now);
    views = new CoverageViews(book, CoverageSessions.NONE);
    for (String site : List.of("whole", "dropped", "stopped", "late")) {
      for (int i = 0; i < DEVICES; i++) {
        DeviceId id = new DeviceId(site + i);
        book.change(
            id.value(),
            new Device(
                id,
                "meter",
                site.equals("whole") ? "farm" : "public-service",
                site,
                Duration.ofMinutes(1),
                null,
                true,
                true,
                false),
            START);
      }
    }
  }

  private void report(String device, long micros, boolean isGood) throws Exception {
    RecordWriter writer =
        new RecordWriter()
            .begin(MessageClass.TELEMETRY, micros, TimeSource.DEVICE, now, now > micros + HOUR)
            .identity(device, "-", "-", "meter", "gw", "mqtt", "t");
    for (String metric : METRICS.keySet()) {
      writer
          .measurement(
              metric, null, isGood ? Quality.GOOD : Quality.BAD, null, RecordFormat.NO_TIME)
          .value(1L);
    }
    byte[] body = writer.finish();
    book.count(view.wrap(body, 0, body.length, Lane.TELEMETRY, 1, "e"));
  }

  /** Device 3 of a site is away from 05:00 to 08:00, device 4 for the last two hours. */
  private static boolean isAway(int device, long minute) {
    return (device == 3 && minute >= 300 && minute < 480) || (device == 4 && minute >= 1_320);
  }

  private void day() throws Exception {
    for (long minute = 0; minute < DAY_SLOTS; minute++) {
      now = START + minute * MINUTE + 2_000_000;
      if (minute == 600) {
        stops.add(
            new Stop(
                0,
                StopScope.SITE,
                "stopped",
                now - 2_000_000,
                now - 2_000_000 + HOUR,
                "works",
                "ada"));
      }
      for (int i = 0; i < DEVICES; i++) {
        report("whole" + i, now - 2_000_000, minute >= 60 || i > 0);
        if (!isAway(i, minute)) {
          report("dropped" + i, now - 2_000_000, true);
          report("late" + i, now - 2_000_000, true);
        }
        if (minute < 600 || minute >= 660) {
          report("stopped" + i, now - 2_000_000, true);
        }
      }
      if (minute == 720) {
        restart();
      }
    }
    now = START + 24 * HOUR;
  }

  /** Saved, closed and opened at once: no outage. */
  private void restart() throws Exception {
    CoverageSnapshot.save(database, book, "e", Map.of(), now);
    database.close();
    database = CoverageDatabase.open(directory.resolve("coverage.db"));
    book = new CoverageState(device -> SHAPE, Calendar.UTC, database::load);
    stops = new DowntimeStore(database, book, () -> now);
    views = new CoverageViews(book, CoverageSessions.NONE);
    CoverageSnapshot.load(database, book, "e", id -> SHAPE);
    stops.load(now);
  }

  private Group site(Window window, String key) {
    return book
        .figures(now, CoverageSessions.NONE)
        .view(window, By.SITE, book.exclusions())
        .groups()
        .stream()
        .filter(group -> group.key().equals(key))
        .findFirst()
        .orElseThrow();
  }

  private static List<Long> counts(Group group) {
    return List.of(group.expected(), group.reporting(), group.due(), group.filled(), group.good());
  }

  @Test
  void everyFigureOfTheDayIsTheTruth() throws Exception {
    day();
    long all = DEVICES * DAY_SLOTS * 2;
    assertThat(counts(site(Window.DAY, "whole"))).containsExactly(10L, 10L, all, all, all - 60 * 2);
    assertThat(counts(site(Window.DAY, "dropped")))
        .containsExactly(10L, 10L, all, all - (180 + 120) * 2, all - (180 + 120) * 2);
    assertThat(site(Window.DAY, "dropped").completeness()).isEqualTo((double) (all - 600) / all);
    long withoutStop = DEVICES * (DAY_SLOTS - 60) * 2;
    assertThat(counts(site(Window.DAY, "stopped")))
        .containsExactly(10L, 10L, withoutStop, withoutStop, withoutStop);
    assertThat(site(Window.DAY, "stopped").effective()).isEqualTo(1.0);
    long hour = DEVICES * 60L * 2;
    assertThat(counts(site(Window.HOUR, "dropped")))
        .containsExactly(10L, 9L, hour, hour - 120, hour - 120);
    assertThat(site(Window.HOUR, "whole").timeliness()).isEqualTo(1.0);
  }

  @Test
  void lateSamplesMakeTheDayWholeButNotTimely() throws Exception {
    day();
    long before = site(Window.DAY, "late").timely();
    for (int again = 0; again < 2; again++) {
      for (int i = 0; i < DEVICES; i++) {
        for (long minute = 0; minute < DAY_SLOTS; minute++) {
          if (isAway(i, minute)) {
            report("late" + i, START + minute * MINUTE, true);
          }
        }
      }
    }
    long all = DEVICES * DAY_SLOTS * 2;
    assertThat(counts(site(Window.DAY, "late"))).containsExactly(10L, 10L, all, all, all);
    now += HOUR;
    Group group = site(Window.DAY, "late");
    assertThat(group.received()).isGreaterThan(group.timely());
    assertThat(before).isEqualTo(DEVICES * DAY_SLOTS - 300);
  }

  @Test
  void trendWorstDevicesAndMonthSayTheSame() throws Exception {
    day();
    List<Point> points =
        views.trend(Window.DAY, new Filter(null, "dropped", null, null), now).points();
    assertThat(points).hasSize(24);
    assertThat(points.get(4).completeness()).isEqualTo(1.0);
    assertThat(points.get(5).filled()).isEqualTo((DEVICES - 1) * 60L * 2);
    assertThat(points.get(5).reporting()).isEqualTo(DEVICES - 1L);
    assertThat(points.get(23).filled()).isEqualTo((DEVICES - 1) * 60L * 2);
    List<DeviceRow> worst =
        views.devices(Window.DAY, new Filter(null, "dropped", null, null), true, 3, null, now);
    assertThat(worst)
        .extracting(DeviceRow::device)
        .containsExactly("dropped3", "dropped4", "dropped0");
    assertThat(views.devices(Window.DAY, new Filter(null, null, null, "PED3"), false, 9, null, now))
        .extracting(DeviceRow::device)
        .containsExactly("dropped3", "stopped3");
    assertThat(views.count(new Filter(null, "dropped", null, null), true))
        .isEqualTo(
            views
                .devices(Window.DAY, new Filter(null, "dropped", null, null), true, 999, null, now)
                .size());
    assertThat(worst.getFirst().filled()).isEqualTo((DAY_SLOTS - 180) * 2);
    DayTable days = new DayTable(database, views, Calendar.UTC);
    days.update(now);
    Month month = days.month("gw", YearMonth.of(2026, 10), stops.stops(), List.of(), now);
    MonthRow stopped =
        month.sites().stream()
            .filter(row -> "stopped".equals(row.site()))
            .findFirst()
            .orElseThrow();
    assertThat(stopped.due()).isEqualTo(DEVICES * (DAY_SLOTS - 60) * 2);
    assertThat(stopped.excludedSlots()).isEqualTo(DEVICES * 60L * 2);
    assertThat(stopped.planned()).isEqualTo(DEVICES);
    assertThat(month.stops()).extracting(Stop::reason).containsExactly("works");
    assertThat(month.isFinal()).isFalse();
  }

  @Test
  void theGatewaysOwnOutageIsNobodysFault() throws Exception {
    for (long minute = 0; minute < 180; minute++) {
      now = START + minute * MINUTE;
      if (minute == 120) {
        stops.addOutage(START + 60 * MINUTE, now);
      }
      if (minute < 60 || minute >= 120) {
        report("whole0", now, true);
      }
    }
    now = START + 180 * MINUTE;
    DeviceRow row =
        views
            .devices(Window.DAY, new Filter(null, "whole", null, null), false, 1, null, now)
            .getFirst();
    assertThat(List.of(row.due(), row.filled())).containsExactly(240L, 240L);
    assertThat(views.trend(Window.DAY, Filter.ALL, now).points().get(22).outageSeconds())
        .isEqualTo(3_600);
  }

  @Test
  void nothingExpectedIsNull() {
    Group group =
        new CoverageState(device -> SHAPE, Calendar.UTC, (key, page) -> false)
            .figures(now, CoverageSessions.NONE)
            .view(Window.HOUR, By.ALL, Exclusions.NONE)
            .groups()
            .getFirst();
    assertThat(group.completeness()).isNull();
    assertThat(group.connection()).isNull();
    assertThat(group.timeliness()).isNull();
  }
}
