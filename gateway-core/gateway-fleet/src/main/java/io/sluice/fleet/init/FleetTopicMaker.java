package io.sluice.fleet.init;

import io.sluice.api.fleet.FleetBusSettings;
import io.sluice.api.fleet.FleetTopics;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * Makes the topics of the fleet that are not there. What is there is left as it is, and where it
 * differs from the plan, that is said: whoever changed it had a reason, or is to change it.
 */
public final class FleetTopicMaker {
  private static final int REPLICATION_MOST = 3;
  private static final long ANSWER_SECONDS = 30;
  private static final long SEEN_MILLIS = 50;

  private FleetTopicMaker() {}

  /**
   * What was found and done.
   *
   * @param made topics that were made
   * @param there topics that were there as planned
   * @param differences what is otherwise than planned, one line each
   * @param isUsable whether the fleet can be worked out by these topics
   */
  public record Done(
      List<String> made, List<String> there, List<String> differences, boolean isUsable) {}

  /**
   * Makes what is missing.
   *
   * @param clients how Kafka is reached
   * @param partitions of topics by device; null: as those that are there, else {@value
   *     TopicPlan#PARTITIONS}
   * @param replication null: three, or as many as there are brokers
   * @throws IOException where Kafka refuses or does not answer; one line with the remedy
   */
  public static Done make(
      Map<String, Object> clients,
      FleetBusSettings bus,
      @Nullable Integer partitions,
      @Nullable Integer replication)
      throws IOException, InterruptedException {
    try (Admin admin = Admin.create(clients)) {
      int brokers = get(admin.describeCluster().nodes()).size();
      int copies = replication == null ? Math.min(REPLICATION_MOST, brokers) : replication;
      if (copies > brokers) {
        throw new IOException(
            "--replication " + copies + " needs as many brokers, and there are " + brokers);
      }
      TopicDescription devices = find(admin, bus.topic(FleetTopics.DEVICES)).orElse(null);
      int parts =
          partitions != null
              ? partitions
              : devices == null ? TopicPlan.PARTITIONS : devices.partitions().size();
      return make(admin, TopicPlan.of(bus, parts, copies), (short) copies);
    }
  }

  private static Done make(Admin admin, List<PlannedTopic> plan, short replication)
      throws IOException, InterruptedException {
    Done done = new Done(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), true);
    boolean isUsable = true;
    for (PlannedTopic topic : plan) {
      Optional<TopicDescription> found = find(admin, topic.name());
      if (found.isEmpty()) {
        create(admin, topic, replication);
        awaitSeen(admin, topic.name());
        done.made().add(topic.name());
        continue;
      }
      int partitions = found.get().partitions().size();
      List<String> differences = differences(admin, topic, partitions);
      done.differences().addAll(differences);
      if (differences.isEmpty()) {
        done.there().add(topic.name());
      }
      isUsable &= !topic.byDevice() || partitions == topic.partitions();
    }
    return new Done(done.made(), done.there(), done.differences(), isUsable);
  }

  private static List<String> differences(Admin admin, PlannedTopic topic, int partitions)
      throws IOException, InterruptedException {
    List<String> differences = new ArrayList<>();
    if (partitions != topic.partitions()) {
      differences.add(
          topic.name()
              + ": "
              + partitions
              + " partitions, planned "
              + topic.partitions()
              + (topic.byDevice()
                  ? "; all topics by device need the same number, so it has to be made anew"
                  : ""));
    }
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic.name());
    Config is = get(admin.describeConfigs(List.of(resource)).values().get(resource));
    for (Map.Entry<String, String> each : topic.settings().entrySet()) {
      ConfigEntry entry = is.get(each.getKey());
      String value = entry == null ? "" : String.valueOf(entry.value());
      if (!value.equals(each.getValue())) {
        differences.add(
            topic.name() + ": " + each.getKey() + " is " + value + ", planned " + each.getValue());
      }
    }
    return differences;
  }

  private static void create(Admin admin, PlannedTopic topic, short replication)
      throws IOException, InterruptedException {
    NewTopic made =
        new NewTopic(topic.name(), topic.partitions(), replication)
            .configs(new HashMap<>(topic.settings()));
    try {
      get(admin.createTopics(List.of(made)).values().get(topic.name()));
    } catch (IOException e) {
      if (!(e.getCause() instanceof TopicExistsException)) { // another one has made it meanwhile
        throw new IOException("topic " + topic.name() + ": " + e.getMessage(), e);
      }
    }
  }

  /** A broker that is asked may hear of a new topic a little later than the one that made it. */
  private static void awaitSeen(Admin admin, String topic)
      throws IOException, InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(ANSWER_SECONDS);
    while (find(admin, topic).isEmpty()) {
      if (System.nanoTime() > until) {
        throw new IOException(
            "topic "
                + topic
                + " was made, and no broker shows it within "
                + ANSWER_SECONDS
                + " s; look at Kafka's log, and try again");
      }
      TimeUnit.MILLISECONDS.sleep(SEEN_MILLIS);
    }
  }

  private static Optional<TopicDescription> find(Admin admin, String topic)
      throws IOException, InterruptedException {
    try {
      return Optional.of(get(admin.describeTopics(List.of(topic)).topicNameValues().get(topic)));
    } catch (IOException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static <T> T get(@Nullable KafkaFuture<T> future)
      throws IOException, InterruptedException {
    if (future == null) {
      throw new IOException("Kafka does not answer what it was asked");
    }
    try {
      return future.get(ANSWER_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      throw new IOException("Kafka refuses: " + (cause == null ? e : cause).getMessage(), cause);
    } catch (TimeoutException e) {
      throw new IOException(
          "Kafka does not answer within "
              + ANSWER_SECONDS
              + " s; see that fleet.bus.bootstrap-servers names it, with tls and username where it"
              + " wants them",
          e);
    }
  }
}
