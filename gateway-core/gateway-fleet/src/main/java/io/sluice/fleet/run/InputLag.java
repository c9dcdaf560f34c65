package io.sluice.fleet.run;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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
 * committed is held against the ends of the topics at an earlier look. Where Kafka does not answer
 * nothing is known, and after a while all are behind. {@link #look} is of one thread, which may
 * block for some seconds; asking never blocks.
 */
final class InputLag implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(InputLag.class);

  /** A partition that has not caught up within this is behind. */
  private static final long BEHIND_MILLIS = 15_000;

  private static final long TIMEOUT_SECONDS = 5;

  private final Admin admin;
  private final String group;
  private final Set<String> topics;
  private final Map<Integer, Long> caughtUpMillis = new ConcurrentHashMap<>();

  /** What is to be read, by partition: of the look's thread. */
  private final Map<Integer, Ends> wanted = new HashMap<>();

  private volatile long answeredMillis = System.currentTimeMillis();
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
   */
  InputLag(Map<String, Object> clients, String group, Collection<String> topics) {
    this.admin = Admin.create(clients);
    this.group = group;
    this.topics = Set.copyOf(topics);
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
    long now = System.currentTimeMillis();
    Map<TopicPartition, Long> ends;
    Map<TopicPartition, Long> read;
    try {
      ends = offsets(asked(own, OffsetSpec.latest()));
      read = read(committed, metrics, ends);
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
      Map<TopicPartition, Long> ends)
      throws InterruptedException, ExecutionException, TimeoutException {
    Map<TopicPartition, Long> read = new HashMap<>();
    committed.forEach((each, offset) -> {
      if (offset >= 0) {
        read.put(each, offset);
      }
    });
    if (read.keySet().containsAll(ends.keySet())) {
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
    ends.forEach((each, end) -> {
      Double lag = lags.get(new TopicPartition(metricName(each.topic()), each.partition()));
      if (!read.containsKey(each) && lag != null && lag == 0) {
        read.put(each, end);
      } else if (!read.containsKey(each)) {
        unknown.put(each, OffsetSpec.earliest());
      }
    });
    read.putAll(offsets(unknown));
    return read;
  }

  private Map<TopicPartition, Long> offsets(Map<TopicPartition, OffsetSpec> asked)
      throws InterruptedException, ExecutionException, TimeoutException {
    Map<TopicPartition, Long> offsets = new HashMap<>();
    if (!asked.isEmpty()) {
      admin
          .listOffsets(asked, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
          .all()
          .get(TIMEOUT_SECONDS, TimeUnit.SECONDS)
          .forEach((each, found) -> offsets.put(each, found.offset()));
    }
    return offsets;
  }

  /** Whether it has not read all for a while, or never had. */
  boolean isBehind(int partition) {
    Long caughtUp = caughtUpMillis.get(partition);
    return caughtUp == null || System.currentTimeMillis() - caughtUp > BEHIND_MILLIS;
  }

  /** That Kafka has not answered for so long that what is here may be old; null where it has. */
  @Nullable String silence() {
    long millis = System.currentTimeMillis() - answeredMillis;
    return millis <= BEHIND_MILLIS
        ? null
        : "Kafka has not answered for "
            + millis / 1_000
            + " s"
            + (fault.isEmpty() ? "" : ": " + fault);
  }

  @Override
  public void close() {
    admin.close(java.time.Duration.ofSeconds(2));
  }
}
