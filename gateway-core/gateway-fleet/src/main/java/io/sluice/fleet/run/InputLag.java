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
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which partitions have read all that lies on their topics, and when they last had. By the
 * consumers' own figures; where a consumer has none yet, as nothing has come since it took a
 * partition over, by what the group has committed. {@link #look} is of one thread, which may block
 * for some seconds; asking never blocks.
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
   * @param own partitions whose tasks run here
   */
  void look(Map<MetricName, ? extends Metric> metrics, Set<Integer> own)
      throws InterruptedException {
    Map<TopicPartition, Double> lags = lags(metrics);
    Set<TopicPartition> unknown = new HashSet<>();
    Set<Integer> behind = new HashSet<>();
    for (int partition : own) {
      for (String topic : topics) {
        Double lag = lags.get(new TopicPartition(metricName(topic), partition));
        if (lag == null) {
          unknown.add(new TopicPartition(topic, partition));
        } else if (lag > 0) {
          behind.add(partition);
        }
      }
    }
    if (!unknown.isEmpty()) {
      unread(unknown).forEach(each -> behind.add(each.partition()));
    }
    long now = System.currentTimeMillis();
    caughtUpMillis.keySet().retainAll(own);
    for (int partition : own) {
      if (!behind.contains(partition)) {
        caughtUpMillis.put(partition, now);
      }
    }
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

  /** Those of which the group has not committed all. */
  private Set<TopicPartition> unread(Set<TopicPartition> partitions) throws InterruptedException {
    try {
      Map<TopicPartition, OffsetAndMetadata> committed =
          admin
              .listConsumerGroupOffsets(group)
              .partitionsToOffsetAndMetadata()
              .get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
      Map<TopicPartition, OffsetSpec> last = new HashMap<>();
      Map<TopicPartition, OffsetSpec> first = new HashMap<>();
      for (TopicPartition each : partitions) {
        last.put(each, OffsetSpec.latest());
        if (committed.get(each) == null) {
          first.put(each, OffsetSpec.earliest());
        }
      }
      Map<TopicPartition, Long> read = offsets(first);
      committed.forEach((each, offset) -> {
        if (offset != null) {
          read.put(each, offset.offset());
        }
      });
      Map<TopicPartition, Long> ends = offsets(last);
      Set<TopicPartition> unread = new HashSet<>();
      ends.forEach((each, end) -> {
        if (read.getOrDefault(each, -1L) < end) {
          unread.add(each);
        }
      });
      return unread;
    } catch (ExecutionException | TimeoutException e) {
      LOG.debug("fleet: how far the group has read is not known: {}", e.toString());
      return partitions;
    }
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

  @Override
  public void close() {
    admin.close(java.time.Duration.ofSeconds(2));
  }
}
