package io.sluice.fleet.init;

import java.util.Map;
import java.util.TreeMap;

/**
 * A topic of the fleet as it is to be. Immutable.
 *
 * @param partitions how many
 * @param byDevice whether its key is a device: all such topics have the same number of partitions
 * @param settings of the topic, as Kafka names them
 */
public record PlannedTopic(
    String name, int partitions, boolean byDevice, Map<String, String> settings) {
  public PlannedTopic {
    settings = new TreeMap<>(settings);
  }
}
