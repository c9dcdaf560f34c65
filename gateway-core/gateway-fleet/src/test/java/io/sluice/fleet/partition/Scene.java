package io.sluice.fleet.partition;

import io.sluice.api.ByteSink;
import io.sluice.api.Cap;
import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.Lane;
import io.sluice.api.MessageClass;
import io.sluice.api.Quality;
import io.sluice.api.TimeSource;
import io.sluice.api.operator.CoverageService.By;
import io.sluice.api.operator.CoverageService.Group;
import io.sluice.api.operator.CoverageService.Window;
import io.sluice.engine.coverage.CoverageFigures;
import io.sluice.engine.coverage.CoverageState;
import io.sluice.engine.coverage.slot.Calendar;
import io.sluice.engine.coverage.slot.Exclusions;
import io.sluice.engine.coverage.slot.Intervals;
import io.sluice.engine.coverage.slot.Intervals.Interval;
import io.sluice.engine.coverage.slot.ReportingExpectation;
import io.sluice.engine.record.EncodedRecord;
import io.sluice.engine.record.PoisonRecordException;
import io.sluice.engine.record.RecordFormat;
import io.sluice.engine.record.RecordJson;
import io.sluice.engine.record.RecordWriter;
import io.sluice.engine.registry.presence.Presence.Contact;
import io.sluice.fleet.gateway.GatewayBook;
import io.sluice.fleet.topic.Refusals;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;

/**
 * The topology in this process, and beside it the coverage of one gateway that takes the same
 * traffic.
 */
final class Scene implements AutoCloseable {
  static final long SECOND = 1_000_000L;
  static final long MINUTE = 60 * SECOND;
  static final long HOUR = 60 * MINUTE;
  static final long START = Instant.parse("2026-10-05T00:00:00Z").toEpochMilli() * 1_000;
  static final List<String> METRICS = List.of("humidity", "temperature");
  private static final ReportingExpectation SHAPE =
      new ReportingExpectation(Map.of("humidity", 0, "temperature", 1), MINUTE);

  /** By nobody's session. */
  static final CoverageState.Sessions NOBODY =
      new CoverageState.Sessions() {
        @Override
        public Contact contact(String id) {
          return Contact.UNKNOWN;
        }

        @Override
        public long lastSeenMicros(String id) {
          return Long.MIN_VALUE;
        }
      };

  private final Topics topics = new Topics("sluice");
  final LivePartitions live = new LivePartitions();
  final CoverageState gateway = new CoverageState(d -> SHAPE, Calendar.UTC, (k, p) -> false, null);
  long now = START;
  private final Clock clock =
      new Clock() {
        @Override
        public ZoneId getZone() {
          return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
          return this;
        }

        @Override
        public Instant instant() {
          return Instant.ofEpochMilli(now / 1_000);
        }
      };
  final GatewayBook gateways = new GatewayBook(clock);
  final Refusals refusals = new Refusals(() -> now / 1_000);
  private final TopologyTestDriver driver;
  private final EncodedRecord view = new EncodedRecord();
  private long sequence;
  private long revision;

  Scene(Path state) {
    this(state, 1);
  }

  /** The first of so many partitions. */
  Scene(Path state, int partitions) {
    Properties properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "fleet");
    properties.put(StreamsConfig.STATE_DIR_CONFIG, state.toString());
    properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    driver =
        new TopologyTestDriver(
            FleetTopology.of(topics, gateways, live, Calendar.UTC, refusals, partitions),
            properties,
            Instant.ofEpochMilli(START / 1_000));
  }

  private TestInputTopic<byte[], byte[]> topic(String name) {
    return driver.createInputTopic(name, new ByteArraySerializer(), new ByteArraySerializer());
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Goes on to that moment. */
  void at(long micros) {
    if (micros > now) {
      driver.advanceWallClockTime(Duration.ofNanos((micros - now) * 1_000));
      now = micros;
    }
  }

  /** At both: at the gateway at once, and by the registry's topic. */
  void register(String id, String site) {
    gateway.change(
        id,
        new Device(
            new DeviceId(id),
            "meter",
            "factory",
            site,
            Duration.ofMinutes(1),
            null,
            true,
            true,
            false),
        now);
    tell(id, site, now);
  }

  /** By the registry's topic alone. */
  void tell(String id, String site, long at) {
    String json =
        """
        {"v":1,"device":"%s","rev":%d,"at":%d,"profile":"meter","sector":"factory","site":"%s",
        "interval":60000000,"metrics":["humidity","temperature"],"planned":true,
        "commissioned":true,"retired":false,"parent":null}\
        """
            .formatted(id, ++revision, at, site);
    put(topics.devices(), id, json);
  }

  void remove(String id) {
    gateway.change(id, null, now);
    topic(topics.devices())
        .pipeInput(
            new TestRecord<>(
                utf8(id),
                null,
                new RecordHeaders().add("at", utf8(String.valueOf(now))),
                Instant.ofEpochMilli(now / 1_000)));
  }

  void put(String topic, byte @Nullable [] key, byte @Nullable [] value) {
    topic(topic).pipeInput(key, value, Instant.ofEpochMilli(now / 1_000));
  }

  void put(String topic, String key, @Nullable String value) {
    topic(topic)
        .pipeInput(
            utf8(key), value == null ? null : utf8(value), Instant.ofEpochMilli(now / 1_000));
  }

  /** A record as the gateway of that name writes it. */
  byte[] record(String device, String at, long time, Quality quality) {
    RecordWriter writer =
        new RecordWriter()
            .begin(MessageClass.TELEMETRY, time, TimeSource.DEVICE, now, now - time > HOUR)
            .identity(device, "factory", "-", "meter", at, "mqtt", "t");
    for (String metric : METRICS) {
      writer.measurement(metric, null, quality, null, RecordFormat.NO_TIME).value(1L);
    }
    return json(writer.finish(), Lane.TELEMETRY);
  }

  /** The same at a gateway whose clock says that. */
  String ofClock(String device, String at, long received) {
    return new String(record(device, at, now, Quality.GOOD), StandardCharsets.UTF_8)
        .replace("\"rx\":" + now, "\"rx\":" + received);
  }

  private byte[] json(byte[] body, Lane lane) {
    try {
      view.wrap(body, 0, body.length, lane, ++sequence, "e1");
    } catch (java.io.IOException e) {
      throw new IllegalStateException(e);
    }
    ByteSink json = new ByteSink(512);
    RecordJson.write(view, json);
    return Arrays.copyOf(json.bytes(), json.length());
  }

  /** A record reaches the gateway, and as many times as said the fleet. */
  void report(String device, String at, long time, int times) throws Exception {
    byte[] json = record(device, at, time, Quality.GOOD);
    view.rewind();
    gateway.count(device, view);
    for (int i = 0; i < times; i++) {
      send(device, json);
    }
  }

  void send(String device, byte[] json) {
    topic("sluice.telemetry").pipeInput(utf8(device), json, Instant.ofEpochMilli(now / 1_000));
  }

  /** What a gateway's book says of an alarm. */
  void alarm(String device, String at, long id, String event, String state) {
    alarm(device, at, id, event, state, "device", START);
  }

  /** The same of any kind, raised then. */
  void alarm(
      String device, String at, long id, String event, String state, String kind, long raised) {
    RecordWriter writer =
        new RecordWriter()
            .begin(MessageClass.ALARM, now, TimeSource.GATEWAY, now, false)
            .identity(device, "factory", "a", "meter", at, RecordFormat.GATEWAY_PROTOCOL, "alarm");
    text(writer, "alarm", "fire");
    writer.measurement("alarmId", null, Quality.GOOD, null, RecordFormat.NO_TIME).value(id);
    text(writer, "kind", kind);
    text(writer, "event", event);
    text(writer, "state", state);
    writer.measurement("raised", null, Quality.GOOD, null, RecordFormat.NO_TIME).value(raised);
    text(writer, "text", "smoke in hall 3");
    writer.cap(new Cap("Severe", "Immediate", "Observed", "Actual"));
    topic("sluice.alarm")
        .pipeInput(
            utf8(device), json(writer.finish(), Lane.ALARM), Instant.ofEpochMilli(now / 1_000));
  }

  private static void text(RecordWriter writer, String name, String value) {
    writer.measurement(name, null, Quality.GOOD, null, RecordFormat.NO_TIME).value(value);
  }

  /** The gateway was away, and says so as it is back. */
  void away(String name, long from, long to) {
    gateway.exclude(Exclusions.of(List.of(), List.of(new Interval(from, to))), now);
    tellAway(name, from, to);
  }

  void tellAway(String name, long from, long to) {
    status(name, false);
    String json =
        """
        {"v":1,"kind":"downtime","gateway":"%s","outages":[[%d,%d]],"stops":[]}\
        """
            .formatted(name, from, to);
    take(name + "#downtime", json);
  }

  void status(String name, boolean isStopped) {
    status(name, isStopped, 0);
  }

  /** The same of a gateway whose clock is ahead by so many microseconds. */
  void status(String name, boolean isStopped, long ahead) {
    String json =
        """
        {"v":1,"kind":"status","gateway":"%s","version":"1","run":"r1","started":0,"at":%d,
        "stopped":%s,"ready":true}\
        """
            .formatted(name, now + ahead, isStopped);
    take(name, json);
  }

  private void take(String key, String json) {
    try {
      gateways.take(utf8(key), utf8(json), now / 1_000);
    } catch (PoisonRecordException e) {
      throw new IllegalArgumentException(e);
    }
  }

  void presence(String device, String at, String contact, long since) {
    put(
        topics.presence(),
        device,
        """
        {"v":1,"device":"%s","gateway":"%s","run":"r1","contact":"%s","since":%d,"seen":%d}\
        """
            .formatted(device, at, contact.toLowerCase(Locale.ROOT), since, now));
  }

  PartitionBook book() {
    return Objects.requireNonNull(live.find(0));
  }

  PartitionStore store() {
    KeyValueStore<Bytes, byte[]> store = driver.getKeyValueStore(FleetTopology.COVERAGE);
    return new PartitionStore(store);
  }

  /** The book as another instance has it that takes the partition over. */
  PartitionBook takenOver() throws Exception {
    PartitionStore kept = store();
    return PartitionBook.open(0, kept, gateways, Calendar.UTC, PartitionAlarms.open(kept));
  }

  List<List<Group>> ofGateway() {
    return all(gateway.figures(now, NOBODY), Intervals.of(gateway.exclusions().outages()));
  }

  List<List<Group>> ofFleet() {
    return of(book());
  }

  List<List<Group>> of(PartitionBook book) {
    return all(Objects.requireNonNull(book.figures(now, null)), gateways.outagesEverywhere());
  }

  private static List<List<Group>> all(CoverageFigures figures, Intervals outages) {
    List<List<Group>> all = new ArrayList<>();
    for (Window window : List.of(Window.HOUR, Window.DAY, Window.MONTH)) {
      for (By by : By.values()) {
        all.add(figures.view(window, by, outages).groups());
      }
    }
    return all;
  }

  /** One row of the last hour. */
  Group site(PartitionBook book, Window window, String site) {
    return Objects.requireNonNull(book.figures(now, null))
        .view(window, By.SITE, Intervals.NONE)
        .groups()
        .stream()
        .filter(group -> group.key().equals(site))
        .findFirst()
        .orElseThrow();
  }

  @Override
  public void close() {
    driver.close();
  }
}
