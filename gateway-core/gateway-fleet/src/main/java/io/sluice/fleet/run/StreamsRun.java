package io.sluice.fleet.run;

import io.sluice.api.health.Guarded;
import io.sluice.fleet.config.ViewSettings;
import io.sluice.fleet.partition.Topics;
import io.sluice.fleet.view.Instances;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.StreamsMetadata;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kafka Streams in this process, and which instance has which partitions. Thread-safe; asking never
 * blocks.
 */
final class StreamsRun implements Instances, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StreamsRun.class);
  private static final Duration CLOSE = Duration.ofSeconds(20);

  private static final long CACHE_BYTES = 32L << 20;

  private final String self;
  private final Topics topics;
  private final int partitions;
  private final KafkaStreams streams;
  private final InputLag lag;
  private final ScheduledExecutorService looks =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("fleet-lag").factory());

  /**
   * @param self {@code host:port} where the other instances reach this one
   * @param partitions into how many the devices are split
   */
  StreamsRun(
      String self,
      Topics topics,
      int partitions,
      Topology topology,
      Properties clients,
      ViewSettings settings) {
    this.self = self;
    this.topics = topics;
    this.partitions = partitions;
    Map<String, Object> own = new HashMap<>();
    clients.forEach((key, value) -> own.put(String.valueOf(key), value));
    this.lag = new InputLag(own, settings.applicationId(), topics.byDevice());
    this.streams = new KafkaStreams(topology, new StreamsConfig(config(clients, settings, self)));
    streams.setUncaughtExceptionHandler(e -> {
      LOG.error("fleet: a thread has failed and is replaced: {}", e.toString());
      LOG.debug("fleet: the failure", e);
      return StreamThreadExceptionResponse.REPLACE_THREAD;
    });
    streams.setStateListener((now, before) -> LOG.info("fleet: {} (was {})", now, before));
  }

  private static Properties config(Properties clients, ViewSettings settings, String self) {
    Properties all = new Properties();
    all.putAll(clients);
    all.put(StreamsConfig.APPLICATION_ID_CONFIG, settings.applicationId());
    all.put(StreamsConfig.APPLICATION_SERVER_CONFIG, self);
    all.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    all.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, settings.standbys());
    all.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, settings.threads());
    all.put(StreamsConfig.STATE_DIR_CONFIG, settings.state().toString());
    all.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, settings.commit().toMillis());
    all.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, CACHE_BYTES);
    all.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, RocksBounds.class.getName());
    all.put(StreamsConfig.PROBING_REBALANCE_INTERVAL_MS_CONFIG, 60_000L);
    all.put(
        StreamsConfig.consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG),
        Math.toIntExact(settings.takeOver().toMillis()));
    all.put(
        StreamsConfig.consumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG),
        Math.toIntExact(settings.takeOver().toMillis() / 4));
    all.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
    return all;
  }

  @SuppressWarnings("FutureReturnValueIgnored") // ends with its executor
  void start() {
    streams.start();
    looks.scheduleWithFixedDelay(Guarded.task("fleet-lag", this::look), 1, 1, TimeUnit.SECONDS);
  }

  /** Whether it takes part: not while its parts are being taken over. */
  boolean isRunning() {
    return streams.state() == KafkaStreams.State.RUNNING;
  }

  /** {@code RUNNING}, {@code REBALANCING} and so on, as Kafka Streams has it. */
  String state() {
    return streams.state().name();
  }

  private void look() {
    try {
      lag.look(streams.metrics(), active().getOrDefault(self, Set.of()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public String self() {
    return self;
  }

  @Override
  public int partitions() {
    return partitions;
  }

  @Override
  public Set<Integer> behind() {
    Set<Integer> behind = new TreeSet<>();
    for (int partition : active().getOrDefault(self, Set.of())) {
      if (lag.isBehind(partition)) {
        behind.add(partition);
      }
    }
    return behind;
  }

  @Override
  public Map<String, Set<Integer>> active() {
    Map<String, Set<Integer>> active = new TreeMap<>();
    for (StreamsMetadata each : metadata()) {
      Set<Integer> own = new HashSet<>();
      for (TopicPartition partition : each.topicPartitions()) {
        if (partition.topic().equals(topics.devices())) {
          own.add(partition.partition());
        }
      }
      if (!own.isEmpty()) {
        active.put(each.host() + ':' + each.port(), own);
      }
    }
    return active;
  }

  private Iterable<StreamsMetadata> metadata() {
    return streams.state().isRunningOrRebalancing()
        ? streams.metadataForAllStreamsClients()
        : Set.of();
  }

  /** Where the thread of Streams fails for good, its words; null else. */
  @Nullable String problem() {
    KafkaStreams.State now = streams.state();
    return now == KafkaStreams.State.ERROR
        ? "Kafka Streams has failed; see the log, and start the process anew"
        : now == KafkaStreams.State.RUNNING ? null : "Kafka Streams is " + now;
  }

  @Override
  public void close() {
    looks.shutdownNow();
    lag.close();
    if (!streams.close(CLOSE)) {
      LOG.warn("fleet: Kafka Streams has not closed within {} s", CLOSE.toSeconds());
    }
  }
}
