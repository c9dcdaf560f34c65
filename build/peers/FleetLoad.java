import io.sluice.api.ByteSink;
import io.sluice.api.ContentType;
import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.Lane;
import io.sluice.api.MessageClass;
import io.sluice.api.upstream.ForwardSettings.Attributes;
import io.sluice.api.upstream.ForwardSettings.BadValues;
import io.sluice.api.upstream.PayloadFormats;
import io.sluice.api.upstream.RecordEncoder;
import io.sluice.engine.normalize.Normalizer;
import io.sluice.engine.normalize.profile.Profiles;
import io.sluice.engine.record.EncodedRecord;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Has a fleet's topics filled as gateways and the registry do, and looks at them: {@code devices
 * BROKER PREFIX DEVICES}; {@code records BROKER PREFIX DEVICES MINUTES FORMAT PROFILES}, one of
 * each device a minute, by the gateway's own normalizer and encoders; {@code watch BROKER PREFIX
 * GROUP}, what the group has committed of telemetry, until it is ended; {@code changelog BROKER
 * TOPIC}, what its keys come to.
 */
final class FleetLoad {
  private static final int GATEWAYS = 20;
  private static final int SITES = 20;
  private static final long MINUTE_MICROS = 60_000_000L;

  private FleetLoad() {}

  public static void main(String[] words) throws Exception {
    switch (words[0]) {
      case "devices" -> devices(words[1], words[2], Integer.parseInt(words[3]));
      case "records" ->
          records(
              words[1],
              words[2],
              Integer.parseInt(words[3]),
              Integer.parseInt(words[4]),
              words[5],
              Path.of(words[6]));
      case "watch" -> watch(words[1], words[2], words[3]);
      case "changelog" -> changelog(words[1], words[2]);
      default -> throw new IllegalArgumentException(words[0]);
    }
  }

  private static String id(int number) {
    return String.format(Locale.ROOT, "meter-%07d", number);
  }

  private static String site(int number) {
    return "site-" + number % SITES;
  }

  /** Sends as much as the topics take, and waits until they have it. */
  private static final class Writer implements AutoCloseable {
    private final KafkaProducer<byte[], byte[]> producer;
    private final AtomicReference<Exception> failure = new AtomicReference<>();

    Writer(String broker) {
      producer =
          new KafkaProducer<>(
              Map.of(
                  "bootstrap.servers",
                  broker,
                  "linger.ms",
                  20,
                  "batch.size",
                  1 << 17,
                  "compression.type",
                  "lz4",
                  "acks",
                  "all"),
              new ByteArraySerializer(),
              new ByteArraySerializer());
    }

    void send(String topic, String key, byte[] value) {
      producer.send(
          new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), value),
          (done, e) -> failure.compareAndSet(null, e));
    }

    @Override
    public void close() throws Exception {
      producer.close();
      Exception e = failure.get();
      if (e != null) {
        throw e;
      }
    }
  }

  private static void devices(String broker, String prefix, int count) throws Exception {
    long at = (System.currentTimeMillis() - Duration.ofHours(2).toMillis()) * 1_000;
    try (Writer writer = new Writer(broker)) {
      for (int i = 0; i < count; i++) {
        String said =
            "{\"v\":1,\"device\":\"%s\",\"rev\":%d,\"at\":%d,\"profile\":\"energy-meter\",\"sector\":\"factory\","
                    .formatted(id(i), i + 1, at)
                + "\"site\":\"%s\",\"interval\":60000000,\"metrics\":[\"voltage\",\"current\",\"power\",\"energy\","
                    .formatted(site(i))
                + "\"powerFactor\",\"frequency\"],\"planned\":true,\"commissioned\":true,\"retired\":false,\"parent\":null}";
        writer.send(prefix + ".fleet.devices", id(i), said.getBytes(StandardCharsets.UTF_8));
      }
    }
    System.out.println("end " + count);
  }

  private static void records(
      String broker, String prefix, int devices, int minutes, String format, Path profiles)
      throws Exception {
    Profiles.Loaded loaded = Profiles.load(List.of(profiles));
    if (!loaded.faults().isEmpty()) {
      throw new IllegalStateException(loaded.faults().getFirst());
    }
    List<Normalizer> gateways = new ArrayList<>();
    for (int i = 0; i < GATEWAYS; i++) {
      gateways.add(new Normalizer("edge-%02d".formatted(i), loaded.profiles()));
    }
    RecordEncoder encoder =
        Objects.requireNonNull(PayloadFormats.find(format), format)
            .create(BadValues.KEEP, Attributes.ALARMS);
    String run = Long.toString(System.nanoTime() & 0xff_ffff_ffffL, 36);
    long end = Math.floorDiv(System.currentTimeMillis(), 60_000L) * MINUTE_MICROS;
    EncodedRecord view = new EncodedRecord();
    ByteSink sink = new ByteSink(1 << 12);
    long[] sequences = new long[GATEWAYS];
    long bytes = 0;
    try (Writer writer = new Writer(broker)) {
      for (int minute = minutes; minute > 0; minute--) {
        for (int i = 0; i < devices; i++) {
          long time = end - minute * MINUTE_MICROS + i % 1_000 * 1_000L;
          String payload =
              "{\"ts\":%d,\"voltage\":%d.%02d,\"current\":%d.213,\"power\":%d.7,\"energy\":%d.551,\"powerFactor\":0.981,"
                      .formatted(time / 1_000, 229 + i % 3, i % 100, i % 9, i % 977, 48_213 + i)
                  + "\"frequency\":49.98}";
          Device device =
              new Device(
                  new DeviceId(id(i)),
                  "energy-meter",
                  "factory",
                  site(i),
                  null,
                  null,
                  true,
                  true,
                  false);
          int at = i % GATEWAYS;
          byte[] body =
              gateways
                  .get(at)
                  .normalize(
                      device,
                      MessageClass.TELEMETRY,
                      ContentType.JSON,
                      "mqtt",
                      "telemetry",
                      payload.getBytes(StandardCharsets.UTF_8),
                      time + 200_000)
                  .body();
          sink.clear();
          encoder.encode(
              view.wrap(body, 0, body.length, Lane.TELEMETRY, sequences[at]++, run), sink);
          byte[] value = sink.toByteArray();
          bytes += value.length;
          writer.send(prefix + ".telemetry", id(i), value);
        }
      }
    }
    long all = (long) devices * minutes;
    System.out.println("end " + all + " " + bytes / all);
  }

  /** A line whenever there is more, and each second, with the time by a clock that only goes on. */
  private static void watch(String broker, String prefix, String group) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker))) {
      long before = -1;
      for (int turn = 0; true; turn++) {
        long committed =
            admin
                .listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get()
                .entrySet()
                .stream()
                .filter(each -> each.getKey().topic().equals(prefix + ".telemetry"))
                .mapToLong(each -> each.getValue() == null ? 0 : each.getValue().offset())
                .sum();
        if (committed != before || turn % 10 == 0) {
          System.out.println("at " + System.nanoTime() + " " + committed);
          before = committed;
        }
        Thread.sleep(100);
      }
    }
  }

  /** How many keys live there, by their first letter, and what keys and values take. */
  private static void changelog(String broker, String topic) throws Exception {
    Map<Character, long[]> kinds = new TreeMap<>();
    long written = 0;
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", broker, "isolation.level", "read_committed"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> parts =
          consumer.partitionsFor(topic).stream()
              .map(each -> new TopicPartition(topic, each.partition()))
              .toList();
      consumer.assign(parts);
      consumer.seekToBeginning(parts);
      Map<TopicPartition, Long> ends = consumer.endOffsets(parts);
      Map<String, Integer> sizes = new HashMap<>();
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        for (var each : consumer.poll(Duration.ofMillis(200))) {
          written++;
          String key = new String(each.key(), StandardCharsets.ISO_8859_1);
          if (each.value() == null) {
            sizes.remove(key);
          } else {
            sizes.put(key, each.key().length + each.value().length);
          }
        }
      }
      sizes.forEach((key, size) -> {
        long[] sum = kinds.computeIfAbsent(key.charAt(0), any -> new long[2]);
        sum[0]++;
        sum[1] += size;
      });
    }
    StringBuilder line = new StringBuilder("end ").append(written);
    kinds.forEach((kind, sum) ->
        line.append(' ').append(kind).append('=').append(sum[0]).append('/').append(sum[1]));
    System.out.println(line);
  }
}
