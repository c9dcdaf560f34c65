package io.sluice.fleet.config;

import io.sluice.api.config.Option;
import java.util.Map;

/** Where the fleet's Kafka is: the section {@code fleet.bus}. */
public record BusSettings(
    @Option(
            doc = "Brokers to begin with: host:port, several with commas between.",
            required = true,
            pattern = "[^,\\s]+:\\d+(\\s*,\\s*[^,\\s]+:\\d+)*",
            hint = "kafka-1.example:9092,kafka-2.example:9092")
        String bootstrapServers,
    @Option(
            doc = "With what the names of the fleet's topics begin.",
            def = "sluice",
            pattern = "[A-Za-z0-9._-]{1,100}")
        String topicPrefix,
    @Option(
            doc =
                "Further properties of the Kafka clients as they are: security.protocol,"
                    + " sasl.jaas.config, ssl.truststore.location and the like.")
        Map<String, String> properties) {}
