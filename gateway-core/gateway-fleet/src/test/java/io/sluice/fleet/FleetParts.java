package io.sluice.fleet;

import io.sluice.fleet.config.FleetFile;
import io.sluice.fleet.partition.Topics;
import io.sluice.testkit.KafkaBroker;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/** What tests of a whole view begin with. */
public final class FleetParts {
  private FleetParts() {}

  /**
   * A broker on which instances are soon in their group.
   *
   * @param further properties
   */
  public static KafkaBroker broker(Path directory, Map<String, String> further) throws Exception {
    Map<String, String> all =
        new HashMap<>(
            Map.of(
                "transaction.state.log.num.partitions", "4",
                "offsets.topic.num.partitions", "4",
                "group.initial.rebalance.delay.ms", "0"));
    all.putAll(further);
    return new KafkaBroker(directory, "127.0.0.1", all);
  }

  /**
   * The topics of a fleet, as far as an instance reads them.
   *
   * @param partitions of each by device
   */
  public static void makeTopics(KafkaBroker broker, Topics topics, int partitions)
      throws Exception {
    List<NewTopic> all = new ArrayList<>();
    topics
        .byDevice()
        .forEach(name -> all.add(new NewTopic(name, Optional.of(partitions), Optional.empty())));
    all.add(new NewTopic(topics.gateways(), Optional.of(1), Optional.empty()));
    all.add(new NewTopic(topics.acknowledgements(), Optional.of(1), Optional.empty()));
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.address()))) {
      admin.createTopics(all).all().get();
    }
  }

  /** A configuration without faults; what is wrong with another one is on the error stream. */
  public static FleetFile file(Path file) throws Exception {
    return Objects.requireNonNull(
        FleetFile.load(file, Map.of(), new PrintWriter(System.err, true, StandardCharsets.UTF_8)));
  }
}
