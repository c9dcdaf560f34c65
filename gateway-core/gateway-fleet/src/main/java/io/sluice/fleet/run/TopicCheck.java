package io.sluice.fleet.run;

import io.sluice.fleet.partition.FleetTopology;
import io.sluice.fleet.partition.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** Whether the fleet's topics are there, and split alike. */
final class TopicCheck {
  private static final long TIMEOUT_SECONDS = 10;

  private TopicCheck() {}

  /**
   * What was found.
   *
   * @param partitions into how many parts the devices are split
   * @param problem why the fleet cannot be worked out, and the remedy; empty where it can
   * @param isCertain whether it stays so until somebody changes something
   */
  record Found(int partitions, String problem, boolean isCertain) {
    static Found none(String problem) {
      return new Found(0, problem, false);
    }

    static Found wrong(String problem) {
      return new Found(0, problem, true);
    }
  }

  /**
   * Looks.
   *
   * @param application name of the group of instances, with which its own topics begin
   */
  static Found of(Map<String, Object> clients, Topics topics, String application)
      throws InterruptedException {
    List<String> names = new ArrayList<>(topics.byDevice());
    names.add(topics.gateways());
    names.add(topics.acknowledgements());
    List<String> own =
        List.of(
            application + "-" + FleetTopology.COVERAGE + "-changelog",
            application + "-" + FleetTopology.SEEN + "-changelog");
    Admin admin = Admin.create(bounded(clients));
    try {
      Map<String, Integer> counts = counts(admin, names);
      List<String> missing = new ArrayList<>(names);
      missing.removeAll(counts.keySet());
      Found found = judged(counts, missing, topics);
      if (!found.problem().isEmpty()) {
        return found;
      }
      Map<String, Integer> states = counts(admin, own);
      for (Map.Entry<String, Integer> state : states.entrySet()) {
        if (state.getValue() != found.partitions()) {
          return Found.wrong(otherPartitions(state.getKey(), state.getValue(), found, topics));
        }
      }
      String foreign = foreign(admin, topics, application);
      return foreign == null ? found : Found.wrong(foreign);
    } catch (TimeoutException e) {
      return Found.none(silence(clients, e));
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      return Found.none(
          cause instanceof org.apache.kafka.common.errors.TimeoutException
              ? silence(clients, cause)
              : "Kafka refuses: " + KafkaFault.text(cause));
    } finally {
      // else it waits for what is not wanted any more, as long as for an answer, and a stop with it
      admin.close(Duration.ZERO);
    }
  }

  /** A client that has reached nobody says which call it gave up, and not where it looked. */
  private static String silence(Map<String, Object> clients, Throwable fault) {
    Throwable beneath = fault.getCause();
    return "Kafka does not answer within "
        + TIMEOUT_SECONDS
        + " s at "
        + clients.get(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG)
        + (beneath == null ? "" : ": " + KafkaFault.text(beneath))
        + "; look at fleet.bus, the brokers and the network";
  }

  /** Else it asks for a minute. */
  private static Map<String, Object> bounded(Map<String, Object> clients) {
    Map<String, Object> bounded = new HashMap<>(clients);
    int millis = Math.toIntExact(TimeUnit.SECONDS.toMillis(TIMEOUT_SECONDS));
    bounded.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, millis);
    bounded.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, millis);
    return bounded;
  }

  /** How many partitions each has, of those that are there. */
  private static Map<String, Integer> counts(Admin admin, List<String> names)
      throws InterruptedException, ExecutionException, TimeoutException {
    Map<String, Integer> counts = new TreeMap<>();
    Map<String, KafkaFuture<TopicDescription>> described =
        admin.describeTopics(names).topicNameValues();
    for (Map.Entry<String, KafkaFuture<TopicDescription>> each : described.entrySet()) {
      try {
        int count = each.getValue().get(TIMEOUT_SECONDS, TimeUnit.SECONDS).partitions().size();
        counts.put(each.getKey(), count);
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
          throw e;
        }
      }
    }
    return counts;
  }

  private static String otherPartitions(String state, int had, Found found, Topics topics) {
    return "the topics by device have "
        + found.partitions()
        + " partitions, and the state of this application-id was made for "
        + had
        + " (topic "
        + state
        + "): devices lie on others now. Partitions cannot be changed: make the topics ("
        + topics.prefix()
        + ".*) anew by sluice fleet init, and take another application-id";
  }

  /** Why the group is another fleet's; null where it is not. */
  private static @Nullable String foreign(Admin admin, Topics topics, String application)
      throws InterruptedException, ExecutionException, TimeoutException {
    Set<String> others = new TreeSet<>();
    for (TopicPartition each :
        admin
            .listConsumerGroupOffsets(application)
            .partitionsToOffsetAndMetadata()
            .get(TIMEOUT_SECONDS, TimeUnit.SECONDS)
            .keySet()) {
      others.add(each.topic());
    }
    topics.byDevice().forEach(others::remove);
    return others.isEmpty()
        ? null
        : "application-id "
            + application
            + " is used by a fleet of other topics ("
            + others.iterator().next()
            + " among them); give each fleet its own application-id";
  }

  private static Found judged(Map<String, Integer> counts, List<String> missing, Topics topics) {
    if (!missing.isEmpty()) {
      return Found.none(
          "topics are missing: "
              + String.join(", ", missing)
              + "; make them by: sluice fleet init");
    }
    int partitions = counts.getOrDefault(topics.devices(), 0);
    for (String topic : topics.byDevice()) {
      if (counts.getOrDefault(topic, 0) != partitions) {
        return Found.wrong(
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
    return new Found(partitions, "", false);
  }
}
