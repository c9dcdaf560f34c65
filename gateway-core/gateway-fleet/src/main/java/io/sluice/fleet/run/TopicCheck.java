package io.sluice.fleet.run;

import io.sluice.fleet.partition.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsResult;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Whether the fleet's topics are there, and split alike. */
final class TopicCheck {
  private static final long TIMEOUT_SECONDS = 10;

  private TopicCheck() {}

  /**
   * What was found.
   *
   * @param partitions into how many parts the devices are split
   * @param problem why the fleet cannot be worked out, and the remedy; empty where it can
   */
  record Found(int partitions, String problem) {}

  static Found of(Map<String, Object> clients, Topics topics) throws InterruptedException {
    List<String> names = new ArrayList<>(topics.byDevice());
    names.add(topics.gateways());
    names.add(topics.acknowledgements());
    try (Admin admin = Admin.create(clients)) {
      DescribeTopicsResult described = admin.describeTopics(names);
      Map<String, Integer> counts = new TreeMap<>();
      List<String> missing = new ArrayList<>();
      for (String name : names) {
        try {
          counts.put(
              name,
              Objects.requireNonNull(described.topicNameValues().get(name))
                  .get(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                  .partitions()
                  .size());
        } catch (ExecutionException e) {
          Throwable cause = e.getCause();
          if (!(cause instanceof UnknownTopicOrPartitionException)) {
            return new Found(0, "Kafka refuses: " + (cause == null ? e : cause).getMessage());
          }
          missing.add(name);
        }
      }
      return judged(counts, missing, topics);
    } catch (TimeoutException e) {
      return new Found(0, "Kafka does not answer within " + TIMEOUT_SECONDS + " s");
    }
  }

  private static Found judged(Map<String, Integer> counts, List<String> missing, Topics topics) {
    if (!missing.isEmpty()) {
      return new Found(
          0,
          "topics are missing: "
              + String.join(", ", missing)
              + "; make them by: sluice fleet init");
    }
    int partitions = counts.getOrDefault(topics.devices(), 0);
    for (String topic : topics.byDevice()) {
      if (counts.getOrDefault(topic, 0) != partitions) {
        return new Found(
            0,
            "topic "
                + topic
                + " has "
                + counts.get(topic)
                + " partitions, and "
                + topics.devices()
                + " has "
                + partitions
                + "; all topics by device need the same number");
      }
    }
    return new Found(partitions, "");
  }
}
