package io.sluice.engine.coverage;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.Lane;
import io.sluice.api.MessageClass;
import io.sluice.api.Quality;
import io.sluice.api.TimeSource;
import io.sluice.api.operator.CoverageService.By;
import io.sluice.api.operator.CoverageService.Coverage;
import io.sluice.api.operator.CoverageService.Stop;
import io.sluice.api.operator.CoverageService.StopScope;
import io.sluice.api.operator.CoverageService.Window;
import io.sluice.engine.coverage.slot.Calendar;
import io.sluice.engine.coverage.slot.DeviceCoverage;
import io.sluice.engine.coverage.slot.GroupKey;
import io.sluice.engine.coverage.slot.Intervals.Interval;
import io.sluice.engine.coverage.slot.ReportingExpectation;
import io.sluice.engine.record.CorruptRecordException;
import io.sluice.engine.record.EncodedRecord;
import io.sluice.engine.record.RecordFormat;
import io.sluice.engine.record.RecordWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random fleets, told to the book and to the definition. */
@Tag("slow")
class CoveragePropertyTest {
  private static final long SECOND = 1_000_000L;
  private static final long START = 1_792_000_000L * SECOND;
  private static final List<String> METRICS = List.of("a", "b", "c");
  private static final List<String> ZONES = List.of("Z", "Asia/Kolkata", "Europe/Berlin");
  private static final long[] INTERVALS = {10, 60, 61, 600, 2_400, 3_600, 7_200, 86_400};

  @TempDir Path directory;

  private final Map<String, Device> registry = new HashMap<>();
  private final List<byte[]> spool = new ArrayList<>();
  private final Map<Long, Reference.Ruled> openStops = new HashMap<>();
  private final EncodedRecord view = new EncodedRecord();
  private final Reference reference = new Reference();
  private SplittableRandom random = new SplittableRandom();
  private CoverageDatabase database;
  private CoverageState book;
  private DowntimeStore stops;
  private int read;
  private long now = START;
  private Calendar calendar = Calendar.UTC;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 18, 24})
  void bookSaysWhatTheDefinitionSays(long seed) throws Exception {
    random = new SplittableRandom(seed);
    // Berlin sets its clocks back eleven days after the start
    calendar = new Calendar(ZoneId.of(ZONES.get((int) seed % ZONES.size())));
    open();
    for (int i = 0; i < 6; i++) {
      register("d" + i);
    }
    for (int step = 0; step < 1_500; step++) {
      step();
      if (step % 100 == 99) {
        compare("seed " + seed + ", step " + step);
      }
    }
    database.close();
  }

  private void step() throws IOException {
    now += random.nextLong(1, 2 * random.nextLong(1, 1_200) * SECOND) / 1_000 * 1_000;
    switch (random.nextInt(200)) {
      case 0, 1 -> move();
      case 2, 3 -> stop();
      case 4, 5 -> endStop();
      case 6 -> restart(false);
      case 7 -> restart(true);
      case 8 -> now -= random.nextLong(1, 600) * SECOND;
      case 9, 10, 11 -> save();
      case 12 -> now += random.nextLong(1, 40 * 3_600) * SECOND;
      default -> {
        for (int i = random.nextInt(1, 12); i > 0; i--) {
          sample();
        }
      }
    }
    count();
  }

  private void open() throws IOException {
    database = CoverageDatabase.open(directory.resolve("coverage.db"));
    book = new CoverageState(CoveragePropertyTest::shape, calendar, database::load);
    stops = new DowntimeStore(database, book, () -> now);
    Map<Lane, Long> positions =
        CoverageSnapshot.load(database, book, "epoch", id -> book.shape(registry.get(id)));
    read = positions.getOrDefault(Lane.TELEMETRY, 0L).intValue();
    Heartbeat alive = database.heartbeat();
    Long saved = database.saved();
    stops.load(saved == null ? now : saved);
    if (alive != null) {
      stops.addOutage(alive.micros(), now);
    }
    registry.forEach((id, device) -> book.change(id, device, now));
  }

  /** What the gateway was told since the last save is in the spool, or is lost with it. */
  private void restart(boolean isKilled) throws IOException {
    if (!isKilled) {
      save();
    }
    database.heartbeat(new Heartbeat(now, "epoch", Map.of()));
    database.close();
    long from = now;
    now += random.nextLong(2, 3 * 3_600) * SECOND;
    reference.exclude(new Reference.Ruled("", "", new Interval(from, now)));
    open();
  }

  private void save() throws IOException {
    CoverageSnapshot.save(database, book, "epoch", Map.of(Lane.TELEMETRY, (long) read), now);
  }

  private static ReportingExpectation shape(Device device) {
    Map<String, Integer> places = new HashMap<>();
    METRICS.forEach(metric -> places.put(metric, places.size()));
    return new ReportingExpectation(places, device.interval().toNanos() / 1_000);
  }

  private void register(String id) throws IOException {
    Duration interval = Duration.ofSeconds(INTERVALS[random.nextInt(INTERVALS.length)]);
    String site = "s" + random.nextInt(3);
    String sector = sector();
    Device device =
        new Device(new DeviceId(id), "model", sector, site, interval, null, true, true, false);
    registry.put(id, device);
    book.change(id, device, now);
    reference.change(id, new GroupKey(sector, site, "model"), shape(device), now);
    save();
  }

  private void move() throws IOException {
    String id = "d" + random.nextInt(6);
    Device old = registry.get(id);
    boolean keepsInterval = random.nextBoolean();
    Duration interval =
        keepsInterval
            ? old.interval()
            : Duration.ofSeconds(INTERVALS[random.nextInt(INTERVALS.length)]);
    String site = "s" + random.nextInt(3);
    String sector = sector();
    Device device = new Device(old.id(), "model", sector, site, interval, null, true, true, false);
    registry.put(id, device);
    book.change(id, device, now);
    reference.change(id, new GroupKey(sector, site, "model"), shape(device), now);
    save();
  }

  private String sector() {
    return random.nextInt(3) > 0 ? "farm" : "factory";
  }

  private void stop() {
    boolean isOfSite = random.nextBoolean();
    String key = isOfSite ? "s" + random.nextInt(3) : "d" + random.nextInt(6);
    long from = now + random.nextLong(-50 * 3_600, 3_600) * SECOND;
    Long to = random.nextBoolean() ? null : (Long) (from + random.nextLong(1, 40_000) * SECOND);
    Stop kept =
        stops.add(
            new Stop(
                0, isOfSite ? StopScope.SITE : StopScope.DEVICE, key, from, to, "works", "ada"));
    Reference.Ruled rule =
        new Reference.Ruled(
            isOfSite ? key : "",
            isOfSite ? "" : key,
            new Interval(from, to == null ? Long.MAX_VALUE : to));
    reference.exclude(rule);
    if (to == null) {
      openStops.put(kept.id(), rule);
    }
  }

  private void endStop() {
    openStops.keySet().stream()
        .findFirst()
        .ifPresent(id -> {
          Stop ended = stops.end(id);
          assertThat(ended).isNotNull();
          reference.end(openStops.remove(id), ended.to());
        });
  }

  private void sample() {
    if (random.nextInt(20) == 0) {
      ofTheGateway();
      return;
    }
    String id = "d" + random.nextInt(6);
    long micros =
        switch (random.nextInt(10)) {
          case 0 -> now - random.nextLong(100 * 3_600) * SECOND;
          case 1 -> now - random.nextLong(20 * 3_600) * SECOND;
          case 2 -> now + random.nextLong(400) * SECOND;
          default -> now - random.nextLong(90 * SECOND);
        };
    int times = random.nextInt(5) == 0 ? random.nextInt(1, 9) : 1;
    MessageClass kind = random.nextInt(10) == 0 ? MessageClass.EVENT : MessageClass.TELEMETRY;
    RecordWriter writer =
        new RecordWriter()
            .begin(kind, micros, TimeSource.DEVICE, now, random.nextBoolean())
            .identity(id, "farm", "claimed", "model", "gw", "mqtt", "t");
    Set<Long> samples = new HashSet<>();
    // by metric first: the times of a batch come again with each metric
    for (int metric = 0; metric <= METRICS.size(); metric++) {
      for (int time = 0; time < times; time++) {
        long own = micros - time * 7L * SECOND;
        if (metric == METRICS.size() || random.nextInt(4) > 0) {
          boolean isGood = random.nextInt(5) > 0;
          writer
              .measurement(
                  metric == METRICS.size() ? "unknown" : METRICS.get(metric),
                  null,
                  isGood ? Quality.GOOD : Quality.BAD,
                  null,
                  own == micros ? RecordFormat.NO_TIME : own)
              .value(1L);
          if (metric < METRICS.size()) {
            reference.value(id, own, now, metric, isGood);
          }
          samples.add(own);
        }
      }
    }
    samples.forEach(own -> reference.sample(id, own, now));
    spool.add(writer.finish());
  }

  /** What the gateway says of a device counts for nothing, whatever its fields are called. */
  private void ofTheGateway() {
    spool.add(
        new RecordWriter()
            .begin(MessageClass.ALARM, now, TimeSource.GATEWAY, now, false)
            .identity(
                "d" + random.nextInt(6),
                "farm",
                "s0",
                "model",
                "gw",
                RecordFormat.GATEWAY_PROTOCOL,
                "alarm/supervision")
            .measurement("a", null, Quality.GOOD, null, RecordFormat.NO_TIME)
            .value(1L)
            .finish());
  }

  private void count() {
    for (; read < spool.size(); read++) {
      byte[] body = spool.get(read);
      try {
        book.count(view.wrap(body, 0, body.length, Lane.TELEMETRY, read, "epoch"));
      } catch (CorruptRecordException e) {
        throw new AssertionError(e);
      }
    }
  }

  private void compare(String where) {
    CoverageFigures figures = book.figures(now, CoverageSessions.NONE);
    for (Window window : List.of(Window.HOUR, Window.DAY, Window.MONTH)) {
      Coverage got = figures.view(window, By.SITE, book.exclusions());
      Map<String, String> actual = new TreeMap<>();
      got.groups()
          .forEach(row ->
              actual.put(
                  row.site() + ' ' + row.sector(),
                  text(row.due(), row.filled(), row.good(), row.received(), row.timely())));
      Map<String, String> wanted = new TreeMap<>();
      actual.keySet().forEach(key -> wanted.put(key, text(0, 0, 0, 0, 0)));
      reference
          .figures(got.start(), got.end())
          .forEach((group, sum) -> {
            long[] timely = reference.timeliness(group, got.start(), got.end());
            wanted.put(
                group.site() + ' ' + group.sector(),
                text(sum[0], sum[1], sum[2], timely[0], timely[1]));
          });
      // a group of which nothing is due has no period in the window, and may have no row
      wanted.keySet().forEach(key -> actual.putIfAbsent(key, text(0, 0, 0, 0, 0)));
      assertThat(actual).as("%s, %s", where, window).isEqualTo(wanted);
      assertThat(figures.view(window, By.ALL, book.exclusions()).groups().getFirst().reporting())
          .as("%s, reporting in %s", where, window)
          .isEqualTo(reference.reporting(got.start(), got.end(), now));
      splits(where, got.start(), got.end(), window);
    }
  }

  /** Parts of a window, cut anywhere, add up to the whole, device by device. */
  private void splits(String where, long start, long end, Window window) {
    book.forEach(device -> {
      long[] whole = sum(device, start, end);
      long[] parts = new long[3];
      long at = start;
      while (at < end) {
        // days are kept longer than hours: the 30 days are cut at days
        long next =
            window == Window.MONTH
                ? calendar.dayStart(calendar.day(at) + random.nextLong(1, 9))
                : at + random.nextLong(1, Calendar.HOUR_MICROS * 5);
        long[] part = sum(device, at, Math.min(end, next));
        for (int i = 0; i < parts.length; i++) {
          parts[i] += part[i];
        }
        at = next;
      }
      assertThat(parts).as("%s, parts of %s of %s", where, window, device.id).isEqualTo(whole);
      assertThat(whole[1]).isBetween(whole[2], whole[0]);
    });
  }

  private long[] sum(DeviceCoverage device, long start, long end) {
    long[] sum = new long[3];
    device.spans().forEach(span -> span.count(start, end, book.shelf(), sum));
    return sum;
  }

  private static String text(long due, long filled, long good, long received, long timely) {
    return "%d %d %d, %d %d".formatted(due, filled, good, received, timely);
  }
}
