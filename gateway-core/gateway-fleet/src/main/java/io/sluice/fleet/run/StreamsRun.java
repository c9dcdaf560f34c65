package io.sluice.fleet.run;

import io.sluice.api.health.Guarded;
import io.sluice.fleet.config.ViewSettings;
import io.sluice.fleet.partition.LivePartitions;
import io.sluice.fleet.partition.PartitionBook;
import io.sluice.fleet.partition.Topics;
import io.sluice.fleet.view.Instances;
import java.nio.file.Path;
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
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.StreamsMetadata;
import org.apache.kafka.streams.TaskMetadata;
import org.apache.kafka.streams.ThreadMetadata;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.processor.StateRestoreListener;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kafka Streams in this process, and which instance has which partitions. Thread-safe; asking never
 * blocks.
 */
final class StreamsRun implements Instances, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StreamsRun.class);
  static final Duration CLOSE = Duration.ofSeconds(20);

  /** As Kafka Streams has it by itself: it has to be longer than what is between two commits. */
  private static final long TRANSACTION_MILLIS = 10_000;

  private static final long CACHE_BYTES = 32L << 20;

  private final String self;
  private final Topics topics;
  private final int partitions;
  private final KafkaStreams streams;
  private final LivePartitions live;
  private final InputLag lag;
  private final Path state;
  private volatile @Nullable String failure;
  private final ScheduledExecutorService looks =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("fleet-lag").factory());

  /**
   * @param self {@code host:port} where the other instances reach this one
   * @param partitions into how many the devices are split
   * @param live those of them that are here
   * @throws KafkaException where Kafka or the state folder cannot be used
   */
  StreamsRun(
      String self,
      Topics topics,
      int partitions,
      LivePartitions live,
      Topology topology,
      Map<String, Object> clients,
      ViewSettings settings) {
    this.self = self;
    this.topics = topics;
    this.partitions = partitions;
    this.live = live;
    this.state = settings.state();
    this.streams = new KafkaStreams(topology, new StreamsConfig(config(clients, settings, self)));
    this.lag =
        new InputLag(
            clients, settings.applicationId(), topics.byDevice(), System::currentTimeMillis);
    streams.setUncaughtExceptionHandler(this::failed);
    streams.setGlobalStateRestoreListener(new Restoring(live));
    streams.setStateListener((now, before) -> LOG.info("fleet: {} (was {})", now, before));
  }

  /** A thread has failed: who runs this begins anew after a pause. */
  private StreamThreadExceptionResponse failed(Throwable fault) {
    LOG.debug("fleet: the failure", fault);
    if (failure == null) {
      failure = "Kafka Streams has failed: " + KafkaFault.text(fault, state);
    }
    return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
  }

  /** Counts what has to be read of the state's topics before a part can be here. */
  private record Restoring(LivePartitions live) implements StateRestoreListener {
    @Override
    public void onRestoreStart(TopicPartition part, String store, long from, long to) {
      LOG.debug("fleet: {} of {} is restored, from {} to {}", store, part, from, to);
    }

    @Override
    public void onBatchRestored(TopicPartition part, String store, long end, long count) {
      live.count("restored", count);
    }

    @Override
    public void onRestoreEnd(TopicPartition part, String store, long all) {
      LOG.debug("fleet: {} of {} is restored by {} records", store, part, all);
    }
  }

  private static Properties config(
      Map<String, Object> clients, ViewSettings settings, String self) {
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
    all.put(
        StreamsConfig.producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG),
        Math.toIntExact(Math.max(TRANSACTION_MILLIS, 2 * settings.commit().toMillis())));
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

  private void look() {
    try {
      lag.look(streams.metrics(), committed(), active().getOrDefault(self, Set.of()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Up to where what was read has been committed here. */
  private Map<TopicPartition, Long> committed() {
    Map<TopicPartition, Long> committed = new HashMap<>();
    for (ThreadMetadata thread : streams.metadataForLocalThreads()) {
      for (TaskMetadata task : thread.activeTasks()) {
        committed.putAll(task.committedOffsets());
      }
    }
    return committed;
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
    for (PartitionBook book : live.all()) {
      if (lag.isBehind(book.partition)) {
        behind.add(book.partition);
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

  /** Why it has failed, and has to be begun anew; null where it has not. */
  @Nullable String failure() {
    return failure == null && streams.state() == KafkaStreams.State.ERROR
        ? "Kafka Streams has failed"
        : failure;
  }

  /** Why it does not do its work now; null where it does. */
  @Nullable String problem() {
    String failed = failure();
    if (failed != null) {
      return failed;
    }
    String silence = lag.silence();
    if (silence != null) {
      return silence;
    }
    KafkaStreams.State now = streams.state();
    return switch (now) {
      case RUNNING -> null;
      case REBALANCING -> "parts are being taken over and restored";
      default -> "Kafka Streams is " + now;
    };
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
