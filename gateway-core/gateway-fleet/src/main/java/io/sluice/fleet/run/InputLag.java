package io.sluice.fleet.run;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which partitions have read all that lies on their topics, and when they last had: what has been
 * committed is held against the ends of the topics at an earlier look. What an open transaction
 * holds back lies there too: a partition that may not read it is behind, and the log names the
 * place. Where Kafka does not answer nothing is known, and after a while all are behind. {@link
 * #look} is of one thread, which may block for some seconds; asking never blocks.
 */
final class InputLag implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(InputLag.class);

  /** A partition that has not caught up within this is behind. */
  private static final long BEHIND_MILLIS = 15_000;

  private static final long TIMEOUT_SECONDS = 5;

  private final Admin admin;
  private final String group;
  private final Set<String> topics;
  private final LongSupplier millis;
  private final Map<Integer, Long> caughtUpMillis = new ConcurrentHashMap<>();

  /** What is to be read, by partition: of the look's thread. */
  private final Map<Integer, Ends> wanted = new HashMap<>();

  /** What open transactions hold back for so long that it was told: of the look's thread. */
  private final Set<TopicPartition> held = new HashSet<>();

  private volatile long answeredMillis;
  private volatile String fault = "";

  /**
   * Where the topics of a partition ended at a moment.
   *
   * @param atMillis the moment
   * @param offsets by topic and partition
   */
  private record Ends(long atMillis, Map<TopicPartition, Long> offsets) {}

  /**
   * @param group of the instances
   * @param topics that are read by partition
   * @param millis the time that goes by
   */
  InputLag(
      Map<String, Object> clients, String group, Collection<String> topics, LongSupplier millis) {
    this.admin = Admin.create(clients);
    this.group = group;
    this.topics = Set.copyOf(topics);
    this.millis = millis;
    this.answeredMillis = millis.getAsLong();
  }

  /**
   * Notes which have read all.
   *
   * @param metrics of the consumers
   * @param committed up to where what was read has been committed here; less than 0: not known
   * @param own partitions whose tasks run here
   */
  void look(
      Map<MetricName, ? extends Metric> metrics,
      Map<TopicPartition, Long> committed,
      Set<Integer> own)
      throws InterruptedException {
    long now = millis.getAsLong();
    Map<TopicPartition, OffsetSpec> latest = asked(own, OffsetSpec.latest());
    Map<TopicPartition, Long> readable;
    Map<TopicPartition, Long> ends;
    Map<TopicPartition, Long> read;
    try {
      readable = offsets(latest, IsolationLevel.READ_COMMITTED);
      ends = offsets(latest, IsolationLevel.READ_UNCOMMITTED);
      read = read(committed, metrics, readable);
    } catch (ExecutionException | TimeoutException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      fault = cause instanceof TimeoutException ? "" : KafkaFault.text(cause);
      LOG.debug("fleet: how far the group has read is not known: {}", e.toString());
      return;
    }
    answeredMillis = now;
    caughtUpMillis.keySet().retainAll(own);
    wanted.keySet().retainAll(own);
    for (int partition : own) {
      Ends current = new Ends(now, of(partition, ends));
      Ends before = wanted.computeIfAbsent(partition, any -> current);
      boolean isRead =
          before.offsets.entrySet().stream()
              .allMatch(end -> read.getOrDefault(end.getKey(), -1L) >= end.getValue());
      if (isRead) {
        caughtUpMillis.put(partition, before.atMillis);
        wanted.put(partition, current);
      }
      before.offsets.forEach((each, end) -> {
        long upTo = readable.getOrDefault(each, end);
        boolean isHeld = upTo < end && read.getOrDefault(each, -1L) >= upTo;
        tellOfTransaction(each, isHeld && isBehind(partition), upTo);
      });
    }
    held.removeIf(each -> !own.contains(each.partition()));
  }

  private void tellOfTransaction(TopicPartition at, boolean isHeld, long offset) {
    if (isHeld && held.add(at)) {
      LOG.warn(
          "fleet: {} is not read from offset {} on: a transaction on it has been open for {} s or"
              + " more. Its writer may be at work; where it is not, end it by kafka-transactions.sh",
          at,
          offset,
          BEHIND_MILLIS / 1_000);
    } else if (!isHeld && held.remove(at)) {
      LOG.info("fleet: no open transaction holds back {} any more", at);
    }
  }

  private Map<TopicPartition, OffsetSpec> asked(Set<Integer> partitions, OffsetSpec spec) {
    Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
    for (int partition : partitions) {
      for (String topic : topics) {
        asked.put(new TopicPartition(topic, partition), spec);
      }
    }
    return asked;
  }

  private static Map<TopicPartition, Long> of(int partition, Map<TopicPartition, Long> all) {
    Map<TopicPartition, Long> of = new HashMap<>();
    all.forEach((each, offset) -> {
      if (each.partition() == partition) {
        of.put(each, offset);
      }
    });
    return of;
  }

  /** Names in the metrics of Kafka's clients have no points. */
  private static String metricName(String topic) {
    return topic.replace('.', '_');
  }

  private static Map<TopicPartition, Double> lags(Map<MetricName, ? extends Metric> metrics) {
    Map<TopicPartition, Double> lags = new HashMap<>();
    metrics.forEach((name, metric) -> {
      String topic = name.tags().get("topic");
      String partition = name.tags().get("partition");
      if (name.name().equals("records-lag")
          && topic != null
          && partition != null
          && metric.metricValue() instanceof Double lag
          && !lag.isNaN()) {
        lags.merge(
            new TopicPartition(metricName(topic), Integer.parseInt(partition)), lag, Math::max);
      }
    });
    return lags;
  }

  /**
   * Up to where each has been read. Where nothing of a topic is committed yet, there may be nothing
   * but the marks of transactions on it: then by what the consumer says it has left.
   */
  private Map<TopicPartition, Long> read(
      Map<TopicPartition, Long> committed,
      Map<MetricName, ? extends Metric> metrics,
      Map<TopicPartition, Long> readable)
      throws InterruptedException, ExecutionException, TimeoutException {
    Map<TopicPartition, Long> read = new HashMap<>();
    committed.forEach((each, offset) -> {
      if (offset >= 0) {
        read.put(each, offset);
      }
    });
    if (read.keySet().containsAll(readable.keySet())) {
      return read;
    }
    admin
        .listConsumerGroupOffsets(group)
        .partitionsToOffsetAndMetadata()
        .get(TIMEOUT_SECONDS, TimeUnit.SECONDS)
        .forEach((each, offset) -> {
          if (offset != null) {
            read.merge(each, offset.offset(), Math::max);
          }
        });
    Map<TopicPartition, OffsetSpec> unknown = new HashMap<>();
    Map<TopicPartition, Double> lags = lags(metrics);
    readable.forEach((each, end) -> {
      Double lag = lags.get(new TopicPartition(metricName(each.topic()), each.partition()));
      if (!read.containsKey(each) && lag != null && lag == 0) {
        read.put(each, end);
      } else if (!read.containsKey(each)) {
        unknown.put(each, OffsetSpec.earliest());
      }
    });
    read.putAll(offsets(unknown, IsolationLevel.READ_COMMITTED));
    return read;
  }

  private Map<TopicPartition, Long> offsets(
      Map<TopicPartition, OffsetSpec> asked, IsolationLevel level)
      throws InterruptedException, ExecutionException, TimeoutException {
    Map<TopicPartition, Long> offsets = new HashMap<>();
    if (!asked.isEmpty()) {
      admin
          .listOffsets(asked, new ListOffsetsOptions(level))
          .all()
          .get(TIMEOUT_SECONDS, TimeUnit.SECONDS)
          .forEach((each, found) -> offsets.put(each, found.offset()));
    }
    return offsets;
  }

  /** Whether it has not read all for a while, or never had. */
  boolean isBehind(int partition) {
    Long caughtUp = caughtUpMillis.get(partition);
    return caughtUp == null || millis.getAsLong() - caughtUp > BEHIND_MILLIS;
  }

  /** That Kafka has not answered for so long that what is here may be old; null where it has. */
  @Nullable String silence() {
    long silent = millis.getAsLong() - answeredMillis;
    return silent <= BEHIND_MILLIS
        ? null
        : "Kafka has not answered for "
            + silent / 1_000
            + " s"
            + (fault.isEmpty() ? "" : ": " + fault);
  }

  @Override
  public void close() {
    admin.close(java.time.Duration.ofSeconds(2));
  }
}
