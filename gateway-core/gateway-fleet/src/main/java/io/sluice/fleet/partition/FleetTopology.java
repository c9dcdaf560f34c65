package io.sluice.fleet.partition;

import io.sluice.engine.coverage.slot.Calendar;
import io.sluice.fleet.gateway.GatewayBook;
import io.sluice.fleet.topic.Refusals;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.Stores;

/**
 * One step over all topics that have a device as their key: its partition has everything of a
 * device, so nothing is sent on or repartitioned.
 */
public final class FleetTopology {
  /** The store of coverage, alarms and what waits. */
  public static final String COVERAGE = "coverage";

  /** The store of ids of records that came. */
  public static final String SEEN = "seen";

  /** How long an id is known: what a gateway sends again after a fault comes within it. */
  public static final Duration SEEN_KEPT = Duration.ofHours(1);

  private static final String PROCESSOR = "coverage";

  private FleetTopology() {}

  /**
   * Puts it together.
   *
   * @param live gets the partitions whose tasks run here
   * @param refusals gets what cannot be used
   * @param partitions of each topic by device
   */
  public static Topology of(
      Topics topics,
      GatewayBook gateways,
      LivePartitions live,
      Calendar calendar,
      Refusals refusals,
      int partitions) {
    Topology topology = new Topology();
    topology.addSource(
        "input",
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer(),
        topics.byDevice().toArray(String[]::new));
    topology.addProcessor(
        PROCESSOR,
        () -> new CoverageProcessor(topics, gateways, live, calendar, refusals, partitions),
        "input");
    topology.addStateStore(
        Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(COVERAGE), Serdes.Bytes(), Serdes.ByteArray())
            .withCachingEnabled()
            .withLoggingEnabled(Map.of()),
        PROCESSOR);
    topology.addStateStore(
        Stores.windowStoreBuilder(
                Stores.persistentWindowStore(SEEN, SEEN_KEPT, Duration.ofMillis(1), false),
                Serdes.Bytes(),
                Serdes.ByteArray())
            .withLoggingEnabled(Map.of()),
        PROCESSOR);
    return topology;
  }
}
