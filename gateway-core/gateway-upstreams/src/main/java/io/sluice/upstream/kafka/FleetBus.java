package io.sluice.upstream.kafka;

import io.sluice.api.broker.BootstrapServers;
import io.sluice.api.fleet.FleetBusSettings;
import io.sluice.api.health.Guarded;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.apache.kafka.clients.ApiVersions;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.internals.LogContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the last value of each key of a few compacted topics at a Kafka cluster. Whoever has a
 * change says only which key it is of; the value is asked for when it is sent, on the thread of the
 * bus. So what waits while the cluster is away is keys, each once, and the newest values go when it
 * is back. {@link Table#changed} never blocks. Thread-safe.
 */
public final class FleetBus implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FleetBus.class);

  /** Values that are under way at once. */
  private static final int BATCH = 1_000;

  /** Changes of one moment go together. */
  private static final long LINGER_MILLIS = 20;

  private static final long CONNECT_MILLIS = 10_000;
  private static final long BACKOFF_FIRST_MILLIS = 500;
  private static final long BACKOFF_MAX_MILLIS = 30_000;
  private static final long MAX_BLOCK_MILLIS = 2_000;
  private static final int DELIVERY_MILLIS = 20_000;
  private static final int REQUEST_MILLIS = 8_000;
  private static final long LAST_WORDS_MILLIS = 3_000;

  private final String gateway;
  private final FleetBusSettings settings;
  private final List<Table> tables = new CopyOnWriteArrayList<>();
  private final FrameGuard guard = new FrameGuard();
  private final LongAdder published = new LongAdder();

  /** Has a permit where something may be waiting. */
  private final Semaphore news = new Semaphore(0);

  /** Counted down at the end: ends every pause. */
  private final CountDownLatch closing = new CountDownLatch(1);

  private final Thread thread;
  private Producers.@Nullable Made producer;
  private volatile boolean isConnected;
  private volatile @Nullable String trouble = "not connected yet";

  /**
   * A topic, and where its values come from. Thread-safe.
   *
   * <p>Keys wait in a set, so that it is bounded by the number of keys that there are.
   */
  public final class Table {
    private final String topic;
    private final Function<String, byte @Nullable []> values;
    private final Set<String> waiting = ConcurrentHashMap.newKeySet();

    private Table(String topic, Function<String, byte @Nullable []> values) {
      this.topic = topic;
      this.values = values;
    }

    /** The value of that key is another now. Never blocks. */
    public void changed(String key) {
      if (waiting.add(key) && news.availablePermits() == 0) {
        news.release();
      }
    }
  }

  /**
   * How the bus stands.
   *
   * @param detail why it is not connected, or what the cluster said no to; null where all is well
   * @param waiting keys whose newest value the cluster does not have
   * @param published values that it has confirmed since the start
   */
  public record Standing(
      boolean connected, @Nullable String detail, long waiting, long published) {}

  public FleetBus(String gateway, FleetBusSettings settings) {
    this.gateway = gateway;
    this.settings = settings;
    this.thread =
        Thread.ofPlatform()
            .name("fleet-bus")
            .daemon()
            .unstarted(Guarded.loop("fleet-bus", this::run, () -> closing.getCount() == 0));
  }

  /**
   * A topic that is written from now on; before {@link #start}.
   *
   * @param name behind the prefix
   * @param values the newest value of a key; null: there is none any more
   */
  public Table table(String name, Function<String, byte @Nullable []> values) {
    Table table = new Table(settings.topic(name), values);
    tables.add(table);
    return table;
  }

  /** Connects, and goes on to try, on a thread of its own. */
  public void start() {
    thread.start();
  }

  public Standing standing() {
    long waiting = tables.stream().mapToLong(table -> table.waiting.size()).sum();
    return new Standing(isConnected, trouble, waiting, published.sum());
  }

  private void run() {
    long backoff = BACKOFF_FIRST_MILLIS;
    try {
      while (closing.getCount() > 0) {
        if (producer == null && !connect()) {
          if (pause(backoff / 2 + ThreadLocalRandom.current().nextLong(backoff / 2 + 1))) {
            return;
          }
          backoff = Math.min(BACKOFF_MAX_MILLIS, 2 * backoff);
          continue;
        }
        backoff = BACKOFF_FIRST_MILLIS;
        if (news.tryAcquire(1, TimeUnit.SECONDS) && pause(LINGER_MILLIS)) {
          return;
        }
        news.drainPermits();
        if (!publishAll() && pause(BACKOFF_FIRST_MILLIS)) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits so long; true where the bus is closed meanwhile. */
  private boolean pause(long millis) throws InterruptedException {
    return closing.await(millis, TimeUnit.MILLISECONDS);
  }

  private boolean connect() throws InterruptedException {
    GuardedClient.Parts parts =
        new GuardedClient.Parts(new ApiVersions(), new LogContext(), guard, this::troubled);
    try {
      ProducerConfig config = config();
      ClusterCheck.run(
          config, guard, CONNECT_MILLIS, tables.stream().map(table -> table.topic).toList());
      guard.forget();
      producer = Producers.make(config, parts);
      isConnected = true;
      trouble = null;
      LOG.info("fleet bus: connected to {}", settings.bootstrapServers());
      return true;
    } catch (IOException | KafkaException | IllegalArgumentException | SecurityException e) {
      // Kafka's and the JDK's faults of settings: what they name cannot be loaded or used
      failed(KafkaFaults.text(e));
      return false;
    }
  }

  private void failed(String text) {
    if (!text.equals(trouble)) {
      LOG.warn("fleet bus: {}; what changes waits, and it is tried again", text);
    }
    trouble = text;
    isConnected = false;
  }

  /** By the network thread: what the cluster says no to, and the client tries again by itself. */
  private void troubled(String text) {
    if (!text.equals(trouble)) {
      LOG.warn("fleet bus: Kafka answers {}; it is tried again", text);
    }
    trouble = text;
  }

  private ProducerConfig config() throws IOException {
    Map<String, Object> all = new HashMap<>();
    all.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK_MILLIS);
    all.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, DELIVERY_MILLIS);
    all.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_MILLIS);
    all.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 8L << 20);
    all.put(ProducerConfig.CLIENT_ID_CONFIG, "sluice-" + gateway + "-fleet");
    all.putAll(KafkaAccess.properties(settings.login()));
    all.putAll(settings.properties());
    all.put(ProducerConfig.ENABLE_METRICS_PUSH_CONFIG, false);
    all.put(
        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, BootstrapServers.of(settings.bootstrapServers()));
    all.put(ProducerConfig.ACKS_CONFIG, "all");
    all.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    all.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    all.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    return new ProducerConfig(all);
  }

  /** Sends what waits; false where the cluster did not take all of it. */
  private boolean publishAll() throws InterruptedException {
    boolean isTaken = true;
    for (Table table : tables) {
      while (isTaken && !table.waiting.isEmpty() && closing.getCount() > 0) {
        isTaken = publish(table, DELIVERY_MILLIS + MAX_BLOCK_MILLIS);
      }
    }
    return isTaken;
  }

  /** One batch: the next of a key goes when the one before is confirmed. */
  private boolean publish(Table table, long withinMillis) throws InterruptedException {
    Producers.Made to = producer;
    if (to == null) {
      return false;
    }
    Sending sending = new Sending(table);
    Iterator<String> keys = table.waiting.iterator();
    while (keys.hasNext() && sending.count < BATCH && sending.fault == null) {
      String key = keys.next();
      keys.remove(); // before its value is asked for: what changes now waits anew
      sending.send(to, key);
    }
    String fault = sending.await(withinMillis);
    if (fault == null) {
      if (trouble != null) {
        trouble = null;
        LOG.info("fleet bus: values are taken again");
      }
      return true;
    }
    failed(fault);
    close(to);
    return false;
  }

  private void close(Producers.Made made) {
    producer = null;
    made.producer().close(Duration.ZERO);
  }

  /** The values of one batch. */
  private final class Sending {
    private final Table table;
    private final Semaphore done = new Semaphore(0);
    private volatile @Nullable String fault;
    private int count;

    Sending(Table table) {
      this.table = table;
    }

    void send(Producers.Made to, String key) {
      byte @Nullable [] value = table.values.apply(key);
      count++;
      try {
        var _ =
            to.producer()
                .send(
                    new ProducerRecord<>(table.topic, key.getBytes(StandardCharsets.UTF_8), value),
                    (metadata, e) -> settle(key, e));
      } catch (KafkaException e) {
        settle(key, e);
      }
    }

    private void settle(String key, @Nullable Exception e) {
      if (e == null) {
        published.increment();
      } else {
        String found = guard.finding();
        fault = found == null ? KafkaFaults.text(e) : found;
        table.changed(key);
      }
      done.release();
    }

    /** Waits for all; the last fault, or null. */
    @Nullable String await(long millis) throws InterruptedException {
      return done.tryAcquire(count, millis, TimeUnit.MILLISECONDS) || fault != null
          ? fault
          : "no answer within " + millis + " ms";
    }
  }

  /** Sends what waits where it is connected, for three seconds at most, and ends. */
  @Override
  public void close() {
    closing.countDown();
    try {
      thread.join(LAST_WORDS_MILLIS);
      if (thread.isAlive()) {
        thread.interrupt(); // it waits for a cluster that does not answer
        thread.join(LAST_WORDS_MILLIS);
      }
      for (Table table : thread.isAlive() ? List.<Table>of() : tables) {
        if (!table.waiting.isEmpty() && !publish(table, LAST_WORDS_MILLIS)) {
          break;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Producers.Made to = producer;
    if (to != null) {
      close(to);
    }
  }
}
