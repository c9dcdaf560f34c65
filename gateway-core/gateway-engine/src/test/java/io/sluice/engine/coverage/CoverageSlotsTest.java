package io.sluice.engine.coverage;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.Lane;
import io.sluice.api.MessageClass;
import io.sluice.api.Quality;
import io.sluice.api.TimeSource;
import io.sluice.api.operator.CoverageService.By;
import io.sluice.api.operator.CoverageService.Filter;
import io.sluice.api.operator.CoverageService.Group;
import io.sluice.api.operator.CoverageService.Stop;
import io.sluice.api.operator.CoverageService.StopScope;
import io.sluice.api.operator.CoverageService.Window;
import io.sluice.engine.coverage.slot.Calendar;
import io.sluice.engine.coverage.slot.ReportingExpectation;
import io.sluice.engine.record.EncodedRecord;
import io.sluice.engine.record.RecordFormat;
import io.sluice.engine.record.RecordWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What belongs to which slot, window and site at their edges, and what is a sample. */
class CoverageSlotsTest {
  private static final long SECOND = 1_000_000L;
  private static final long MINUTE = Calendar.MINUTE_MICROS;
  private static final long START = Instant.parse("2026-10-05T00:00:00Z").toEpochMilli() * 1_000;

  @TempDir Path directory;

  private long now = START;
  private CoverageDatabase database;
  private CoverageState book;
  private DowntimeStore stops;
  private final EncodedRecord view = new EncodedRecord();
  private final Map<String, Device> devices = new HashMap<>();

  @BeforeEach
  void open() throws Exception {
    database = CoverageDatabase.open(directory.resolve("coverage.db"));
    book = new CoverageState(CoverageSlotsTest::shape, Calendar.UTC, database::load);
    stops = new DowntimeStore(database, book, () -> now);
  }

  private static ReportingExpectation shape(Device device) {
    Duration interval = device.interval();
    return new ReportingExpectation(
        Map.of("state", 0), interval == null ? MINUTE : interval.toNanos() / 1_000);
  }

  private void device(String id, String site, Duration interval) {
    Device device =
        new Device(new DeviceId(id), "probe", "factory", site, interval, null, true, true, false);
    devices.put(id, device);
    book.change(id, device, now);
  }

  private void report(String id, long... times) throws Exception {
    RecordWriter writer =
        new RecordWriter()
            .begin(MessageClass.TELEMETRY, times[0], TimeSource.GATEWAY, now, times.length > 1)
            .identity(id, "-", "-", "probe", "gw", "mqtt", "telemetry");
    for (long time : times) {
      writer.measurement("state", null, Quality.GOOD, null, time).value(1L);
    }
    count(writer.finish());
  }

  private void count(byte[] body) throws Exception {
    book.count(view.wrap(body, 0, body.length, Lane.TELEMETRY, 1, "e"));
  }

  private Group site(String site) {
    return group(By.SITE, site);
  }

  private Group group(By by, String key) {
    return book
        .figures(now, CoverageSessions.NONE)
        .view(Window.HOUR, by, book.exclusions())
        .groups()
        .stream()
        .filter(group -> group.key().equals(key))
        .findFirst()
        .orElseThrow();
  }

  private static List<Long> slots(Group group) {
    return List.of(group.due(), group.filled());
  }

  @Test
  void oneOfTwoSlotsThatIsMissingIsNotHidden() throws Exception {
    device("d", "a", Duration.ofMinutes(40));
    report("d", now);
    now = START + 90 * MINUTE;
    report("d", START + 80 * MINUTE);
    // from 00:30 to 01:30 lie the centres of 00:40, which is missing, and of 01:20
    assertThat(slots(site("a"))).containsExactly(2L, 1L);
    assertThat(site("a").completeness()).isEqualTo(0.5);
  }

  @Test
  void aDeviceThatNeverSentIsDueFromWhenItWasExpected() {
    device("d", "a", Duration.ofMinutes(10));
    now = START + 25 * MINUTE;
    // 00:00, 00:10, 00:20
    assertThat(slots(site("a"))).containsExactly(3L, 0L);
  }

  @Test
  void slotsReachBackFromTheFirstSampleToTheTimeThatItWasExpected() throws Exception {
    device("d", "a", Duration.ofMinutes(10));
    now = START + 27 * MINUTE;
    report("d", now);
    now = START + 40 * MINUTE;
    // 00:07, 00:17, 00:27, 00:37
    assertThat(slots(site("a"))).containsExactly(4L, 1L);
  }

  @Test
  void aMoveNeitherMakesNorLosesASlot() throws Exception {
    device("d", "a", Duration.ofMinutes(1));
    String[] sites = {"a", "b", "c"};
    for (int i = 0; i < 3_000; i += 10) {
      now = START + i * SECOND;
      device("d", sites[i / 10 % 3], Duration.ofMinutes(1));
      if (i % 60 == 30) {
        report("d", now);
      }
    }
    now = START + 50 * MINUTE;
    Group all = group(By.ALL, "all");
    // the spans of more than 32 moves back are forgotten: 5 minutes of moves are left
    long bySites =
        book
            .figures(now, CoverageSessions.NONE)
            .view(Window.HOUR, By.SITE, book.exclusions())
            .groups()
            .stream()
            .mapToLong(Group::due)
            .sum();
    assertThat(all.due()).isEqualTo(bySites);
    assertThat(all.filled()).isEqualTo(all.due()).isBetween(5L, 6L);
  }

  @Test
  void aMoveBeforeTheFirstSampleStaysOnTheGridOfTheTimeItWasExpected() {
    device("d", "a", Duration.ofMinutes(10));
    for (int i = 1; i <= 20; i++) {
      now = START + i * MINUTE;
      device("d", i % 2 == 0 ? "a" : "b", Duration.ofMinutes(10));
    }
    now = START + 21 * MINUTE;
    assertThat(group(By.ALL, "all").due()).isEqualTo(3);
  }

  @Test
  void aSlotIsStoppedWhereItsCentreIs() throws Exception {
    device("d", "a", Duration.ofMinutes(10));
    for (long at = 0; at <= 50; at += 10) {
      now = START + at * MINUTE;
      report("d", now);
    }
    now = START + 55 * MINUTE;
    report("d", START + 34 * MINUTE + 59 * SECOND);
    // from 00:21 to 00:39:59 the centre of 00:30 lies, though a sample of 00:34:59 is in it
    long from = START + 21 * MINUTE;
    stops.add(new Stop(0, StopScope.SITE, "a", from, START + 40 * MINUTE - 1, "works", "ada"));
    assertThat(slots(site("a"))).containsExactly(5L, 5L);
    // from 00:41 to 00:49:59 no centre lies: nothing is less due
    stops.add(
        new Stop(
            0, StopScope.SITE, "a", from + 20 * MINUTE, START + 50 * MINUTE - 1, "more", "ada"));
    assertThat(slots(site("a"))).containsExactly(5L, 5L);
  }

  @Test
  void timelinessCountsSamplesEachByItsOwnTime() throws Exception {
    device("d", "a", Duration.ofSeconds(10));
    long[] times = new long[100];
    now = START + 30 * MINUTE;
    for (int i = 0; i < times.length; i++) {
      times[i] = now - i * 10L * SECOND;
    }
    report("d", times);
    now += MINUTE;
    assertThat(List.of(site("a").received(), site("a").timely())).containsExactly(100L, 1L);
    assertThat(site("a").reporting()).isEqualTo(1);
  }

  @Test
  void aSampleOfTwoMetricsIsOneAndABatchByMetricToo() throws Exception {
    device("d", "a", Duration.ofSeconds(10));
    now = START + MINUTE;
    RecordWriter writer =
        new RecordWriter()
            .begin(MessageClass.TELEMETRY, now, TimeSource.DEVICE, now, false)
            .identity("d", "-", "-", "probe", "gw", "mqtt", "telemetry");
    for (String name : List.of("state", "other")) {
      for (int i = 0; i < 70; i++) {
        writer.measurement(name, null, Quality.GOOD, null, now - i * SECOND).value(1L);
      }
    }
    count(writer.finish());
    now += MINUTE;
    assertThat(site("a").received()).isEqualTo(70);
    assertThat(site("a").timely()).isEqualTo(6);
  }

  @Test
  void anOldSampleOfABatchMakesADeviceReportInItsOwnHour() throws Exception {
    device("d", "a", Duration.ofMinutes(10));
    now = START + 300 * MINUTE;
    report("d", now, START + 90 * MINUTE);
    CoverageViews views = new CoverageViews(book, CoverageSessions.NONE);
    now = START + 305 * MINUTE;
    var points = views.trend(Window.DAY, Filter.ALL, now).points();
    assertThat(points.get(points.size() - 6 + 1).reporting()).isEqualTo(1);
  }

  @Test
  void whatTheGatewayRaisesIsNoSampleAndNoSignOfLife() throws Exception {
    device("d", "a", Duration.ofMinutes(1));
    now = START + 5 * MINUTE;
    for (String source : Set.of("alarm/supervision", "alarm/coverage", "link/lorawan")) {
      count(
          new RecordWriter()
              .begin(MessageClass.ALARM, now, TimeSource.GATEWAY, now, false)
              .identity("d", "factory", "a", "probe", "gw", RecordFormat.GATEWAY_PROTOCOL, source)
              .measurement("state", null, Quality.GOOD, null, RecordFormat.NO_TIME)
              .value("active")
              .finish());
    }
    now += MINUTE;
    Group group = site("a");
    assertThat(List.of(group.filled(), group.good(), group.received(), group.timely()))
        .containsOnly(0L);
    assertThat(List.of(group.reporting(), group.connected())).containsOnly(0L);
    assertThat(group.expected()).isEqualTo(1);
  }

  @Test
  void aSampleWhoseTimeTheGatewayReckonedIsOne() throws Exception {
    device("d", "a", Duration.ofMinutes(1));
    report("d", now); // relative times: the time source is the gateway, the record is not
    now += MINUTE;
    assertThat(slots(site("a"))).containsExactly(1L, 1L);
    assertThat(site("a").connected()).isEqualTo(1);
  }

  @Test
  void gridsOfADatabaseOfBeforeAreKnownAgain() throws Exception {
    device("d", "a", Duration.ofMinutes(10));
    device("d", "b", Duration.ofMinutes(10));
    now = START + 7 * MINUTE;
    report("d", now);
    CoverageSnapshot.save(database, book, "e", Map.of(), now);
    // as it was written then: the anchor of a span without samples was 0
    database.close();
    database = CoverageDatabase.open(directory.resolve("coverage.db"));
    book = new CoverageState(CoverageSlotsTest::shape, Calendar.UTC, database::load);
    CoverageSnapshot.load(database, book, "e", id -> shape(devices.get(id)));
    now = START + 30 * MINUTE;
    assertThat(slots(site("b"))).containsExactly(3L, 1L);
    device("d", "c", Duration.ofMinutes(10));
    now = START + 40 * MINUTE;
    assertThat(slots(site("c"))).containsExactly(1L, 0L);
  }
}
