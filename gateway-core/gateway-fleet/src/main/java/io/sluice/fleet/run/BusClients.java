package io.sluice.fleet.run;

import io.sluice.fleet.config.BusSettings;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.CommonClientConfigs;

/** How the Kafka clients of a fleet process are set up. Immutable. */
record BusClients(BusSettings bus) {
  /** What every client has. */
  Map<String, Object> common() {
    Map<String, Object> all = new HashMap<>(bus.properties());
    all.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bus.bootstrapServers());
    return all;
  }

  Properties properties() {
    Properties properties = new Properties();
    properties.putAll(common());
    return properties;
  }
}
