package io.sluice.engine.coverage;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.Lane;
import io.sluice.api.MessageClass;
import io.sluice.api.Quality;
import io.sluice.api.TimeSource;
import io.sluice.api.admin.CoverageDesk.By;
import io.sluice.api.admin.CoverageDesk.Coverage;
import io.sluice.api.admin.CoverageDesk.Stop;
import io.sluice.api.admin.CoverageDesk.StopScope;
import io.sluice.api.admin.CoverageDesk.Window;
import io.sluice.engine.coverage.Intervals.Interval;
import io.sluice.engine.record.CorruptRecordException;
import io.sluice.engine.record.RecordFormat;
import io.sluice.engine.record.RecordView;
import io.sluice.engine.record.RecordWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random fleets, told to the book and to the definition. */
class CoveragePropertyTest {
  private static final long SECOND = 1_000_000L;
  private static final long START = 1_790_000_000L * SECOND;
  private static final List<String> METRICS = List.of("a", "b", "c");
  private static final long[] INTERVALS = {10, 60, 61, 600, 3_600, 7_200, 43_200, 86_400};

  @TempDir Path directory;

  private final Map<String, Device> registry = new HashMap<>();
  private final List<byte[]> spool = new ArrayList<>();
  private final Map<Long, Reference.Ruled> openStops = new HashMap<>();
  private final RecordView view = new RecordView();
  private final Reference reference = new Reference();
  private SplittableRandom random = new SplittableRandom();
  private CoverageDatabase database;
  private CoverageBook book;
  private StopBook stops;
  private int read;
  private long now = START;

  @ParameterizedTest
  @ValueSource(
      longs = {
        1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25,
        26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40
      })
  void bookSaysWhatTheDefinitionSays(long seed) throws Exception {
    random = new SplittableRandom(seed);
    open();
    for (int i = 0; i < 6; i++) {
      register("d" + i);
    }
    for (int step = 0; step < 1_500; step++) {
      step();
      if (step % 50 == 49) {
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
    book = new CoverageBook(CoveragePropertyTest::shape, Calendar.UTC, database::load);
    stops = new StopBook(database, book, () -> now);
    Map<Lane, Long> positions = database.load(book, "epoch", id -> book.shape(registry.get(id)));
    read = positions.getOrDefault(Lane.TELEMETRY, 0L).intValue();
    Long alive = database.heartbeat();
    stops.load();
    if (alive != null) {
      stops.addOutage(alive, now);
    }
    registry.forEach((id, device) -> book.change(id, device, now));
  }

  /** What the gateway was told since the last save is in the spool, or is lost with it. */
  private void restart(boolean isKilled) throws IOException {
    if (!isKilled) {
      save();
    }
    database.heartbeat(now);
    database.close();
    long from = now;
    now += random.nextLong(2, 3 * 3_600) * SECOND;
    reference.exclude(new Reference.Ruled("", "", new Interval(from, now)));
    open();
  }

  private void save() throws IOException {
    database.save(book, "epoch", Map.of(Lane.TELEMETRY, (long) read), now);
  }

  private static Shape shape(Device device) {
    Map<String, Integer> places = new HashMap<>();
    METRICS.forEach(metric -> places.put(metric, places.size()));
    return new Shape(places, device.interval().toNanos() / 1_000);
  }

  private void register(String id) throws IOException {
    Duration interval = Duration.ofSeconds(INTERVALS[random.nextInt(INTERVALS.length)]);
    String site = "s" + random.nextInt(3);
    Device device =
        new Device(new DeviceId(id), "model", "farm", site, interval, null, true, true, false);
    registry.put(id, device);
    book.change(id, device, now);
    reference.change(id, new Group("farm", site, "model"), shape(device), now);
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
    Device device = new Device(old.id(), "model", "farm", site, interval, null, true, true, false);
    registry.put(id, device);
    book.change(id, device, now);
    reference.change(id, new Group("farm", site, "model"), shape(device), now);
    save();
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
    String id = "d" + random.nextInt(6);
    long micros =
        switch (random.nextInt(10)) {
          case 0 -> now - random.nextLong(100 * 3_600) * SECOND;
          case 1 -> now - random.nextLong(20 * 3_600) * SECOND;
          case 2 -> now + random.nextLong(400) * SECOND;
          default -> now - random.nextLong(90 * SECOND);
        };
    MessageClass kind = random.nextInt(10) == 0 ? MessageClass.EVENT : MessageClass.TELEMETRY;
    RecordWriter writer =
        new RecordWriter()
            .begin(kind, micros, TimeSource.DEVICE, now, random.nextBoolean())
            .identity(id, "farm", "claimed", "model", "gw", "mqtt", "t");
    for (int metric = 0; metric < METRICS.size(); metric++) {
      if (random.nextInt(4) > 0) {
        boolean isGood = random.nextInt(5) > 0;
        writer
            .measurement(
                METRICS.get(metric),
                null,
                isGood ? Quality.GOOD : Quality.BAD,
                null,
                RecordFormat.NO_TIME)
            .value(1L);
        reference.sample(id, micros, now, metric, isGood);
      }
    }
    writer.measurement("unknown", null, Quality.GOOD, null, RecordFormat.NO_TIME).value(1L);
    reference.heard(id, micros, now);
    spool.add(writer.finish());
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
    Figures figures = book.figures(now, CoverageSessions.NONE);
    for (Window window : List.of(Window.HOUR, Window.DAY, Window.MONTH)) {
      Coverage got = figures.view(window, By.SITE, book.exclusions());
      Map<String, String> actual = new HashMap<>();
      got.groups()
          .forEach(row ->
              actual.put(row.key(), "%d %d %d".formatted(row.due(), row.filled(), row.good())));
      Map<String, String> wanted = new HashMap<>();
      reference
          .figures(got.start(), got.end())
          .forEach((group, sum) ->
              wanted.put(group.site(), "%d %d %d".formatted(sum[0], sum[1], sum[2])));
      wanted.forEach((site, sums) ->
          assertThat(actual.getOrDefault(site, "0 0 0"))
              .as("%s, %s of %s", where, window, site)
              .isEqualTo(sums));
      assertThat(figures.view(window, By.ALL, book.exclusions()).groups().getFirst().reporting())
          .as("%s, reporting in %s", where, window)
          .isEqualTo(reference.reporting(got.start(), got.end(), now));
    }
  }
}
