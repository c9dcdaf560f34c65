package io.sluice.trial.audit;

import io.sluice.sim.audit.coverage.FleetCoverageAudit.Register;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * All that lies on the fleet's topics at one moment: the records, which go into a file as they are,
 * where devices were by them, since when they are registered, and when gateways took no data.
 */
public final class FleetTopics implements Register {
  private static final Set<String> RECORDS =
      Set.of("sluice.telemetry", "sluice.event", "sluice.state", "sluice.alarm");
  private static final String DEVICES = "sluice.fleet.devices";
  private static final String GATEWAYS = "sluice.fleet.gateways";
  private static final String DOWNTIME = "#downtime";
  private static final String OF_THE_GATEWAY = "gateway";
  private static final Duration POLL = Duration.ofMillis(500);
  private static final JsonMapper JSON = JsonMapper.shared();

  /** Registration and interval, microseconds. */
  private record Registered(long since, long interval) {}

  /** A record that tells where a device was. */
  private record Heard(String gateway, long received, long time) {}

  private final Path directory;
  private final Map<String, Registered> registered = new HashMap<>();
  private final Map<String, List<Heard>> heard = new HashMap<>();
  private final Map<String, Whereabouts> whereabouts = new HashMap<>();
  private final Map<String, List<Outage>> outages = new TreeMap<>();
  private final Set<String> ids = new HashSet<>();
  private long repeated;

  /**
   * A gateway took no data.
   *
   * @param from microseconds since the epoch
   */
  public record Outage(long from, long to) {}

  private FleetTopics(Path directory) {
    this.directory = directory;
  }

  /**
   * Reads them.
   *
   * @param bootstrap host and port of the broker
   * @param directory a new folder for the records
   * @throws IOException where the broker does not answer, or has what nobody can read
   */
  public static FleetTopics read(String bootstrap, Path directory) throws IOException {
    FleetTopics topics = new FleetTopics(Files.createDirectories(directory));
    try (OutputStream records =
            new BufferedOutputStream(
                Files.newOutputStream(directory.resolve("records.jsonl")), 1 << 16);
        KafkaConsumer<byte[], byte[]> consumer =
            new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrap, "max.poll.records", 5_000),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
      topics.read(consumer, records);
    } catch (KafkaException | JacksonException e) {
      throw new IOException("the fleet's topics cannot be read: " + e.getMessage(), e);
    }
    topics.heard.forEach(
        (device, there) -> topics.whereabouts.put(device, topics.settle(device, there)));
    topics.heard.clear();
    return topics;
  }

  private void read(KafkaConsumer<byte[], byte[]> consumer, OutputStream records)
      throws IOException {
    List<TopicPartition> partitions = new ArrayList<>();
    consumer
        .listTopics()
        .forEach((topic, of) -> {
          if (RECORDS.contains(topic) || topic.equals(DEVICES) || topic.equals(GATEWAYS)) {
            of.forEach(each -> partitions.add(new TopicPartition(topic, each.partition())));
          }
        });
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    while (ends.entrySet().stream()
        .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
      for (ConsumerRecord<byte[], byte[]> each : consumer.poll(POLL)) {
        take(each, records);
      }
    }
  }

  private void take(ConsumerRecord<byte[], byte[]> said, OutputStream records) throws IOException {
    byte @Nullable [] value = said.value();
    if (value == null) {
      return;
    }
    if (RECORDS.contains(said.topic())) {
      records.write(value);
      records.write('\n');
      record(JSON.readTree(value));
    } else if (said.key() != null) {
      String key = new String(said.key(), StandardCharsets.UTF_8);
      if (said.topic().equals(DEVICES) && !key.startsWith("#")) {
        device(JSON.readTree(value));
      } else if (key.endsWith(DOWNTIME)) {
        downtime(key.substring(0, key.length() - DOWNTIME.length()), JSON.readTree(value));
      }
    }
  }

  private void record(JsonNode record) {
    if (!ids.add(record.path("id").asString(""))) {
      repeated++;
      return;
    }
    if (!record.path("proto").asString("").equals(OF_THE_GATEWAY)) {
      heard
          .computeIfAbsent(record.path("device").asString(""), any -> new ArrayList<>(1))
          .add(
              new Heard(
                  record.path("gateway").asString("").intern(),
                  record.path("rx").asLong(0),
                  record.path("t").asLong(0)));
    }
  }

  private void device(JsonNode said) {
    registered.putIfAbsent(
        said.path("device").asString(""),
        new Registered(said.path("at").asLong(0), said.path("interval").asLong(60_000_000)));
  }

  private void downtime(String gateway, JsonNode said) {
    List<Outage> own = new ArrayList<>();
    said.path("outages")
        .forEach(each -> own.add(new Outage(each.path(0).asLong(), each.path(1).asLong())));
    outages.put(gateway, own);
  }

  private Whereabouts settle(String device, List<Heard> there) {
    Whereabouts stays = new Whereabouts();
    Registered known = registered.get(device);
    long interval = known == null ? 0 : known.interval;
    for (Heard each : there) {
      stays.heard(each.gateway, each.received, each.time, interval);
    }
    stays.settle();
    return stays;
  }

  /** Where the records are, as the simulator's audit reads them. */
  public Path directory() {
    return directory;
  }

  /** Different records, by their ids. */
  public long records() {
    return ids.size();
  }

  /** How many records are there once more under the same id. */
  public long repeated() {
    return repeated;
  }

  /** How many devices came to another gateway, each time counted. */
  public long moves() {
    return whereabouts.values().stream().mapToLong(Whereabouts::moves).sum();
  }

  /** How many devices were heard at more than one gateway. */
  public long roamed() {
    return whereabouts.values().stream().filter(each -> each.moves() > 0).count();
  }

  /** When each gateway took no data, by its own word. */
  public Map<String, List<Outage>> outages() {
    return outages;
  }

  @Override
  public long sinceMicros(String device) {
    Registered known = registered.get(device);
    return known == null ? Long.MAX_VALUE : known.since;
  }

  @Override
  public boolean isExcused(String device, long micros) {
    if (outages.values().stream().allMatch(List::isEmpty)) {
      return false;
    }
    Whereabouts stays = whereabouts.get(device);
    if (stays == null) {
      return !outages.isEmpty()
          && outages.keySet().stream().allMatch(gateway -> isAway(gateway, micros));
    }
    String gateway = stays.at(micros);
    return gateway != null && isAway(gateway, micros);
  }

  private boolean isAway(String gateway, long micros) {
    return outages.getOrDefault(gateway, List.of()).stream()
        .anyMatch(outage -> micros >= outage.from && micros < outage.to);
  }
}
