package io.sluice.fleet.run;

import io.sluice.api.broker.BootstrapServers;
import io.sluice.api.fleet.FleetBusSettings;
import io.sluice.upstream.kafka.KafkaAccess;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.KafkaException;

/** How the Kafka clients of a fleet process are set up. Immutable. */
public record BusClients(FleetBusSettings bus) {
  /** What every client has. */
  Map<String, Object> common() {
    return common(bus);
  }

  /**
   * The same of any bus. Reads the files of certificates and passwords.
   *
   * @throws KafkaException where one of them cannot be used; the message names it and the remedy
   */
  public static Map<String, Object> common(FleetBusSettings bus) {
    try {
      Map<String, Object> all = new HashMap<>(KafkaAccess.properties(bus.login()));
      all.putAll(bus.properties());
      all.put(
          CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG,
          String.join(",", BootstrapServers.of(bus.bootstrapServers())));
      return all;
    } catch (IOException e) {
      throw new KafkaException(e.getMessage(), e);
    }
  }
}
