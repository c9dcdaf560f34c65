package io.sluice.api.fleet;

import io.sluice.api.broker.BootstrapServers;
import io.sluice.api.broker.BrokerTls;
import io.sluice.api.broker.KafkaLogin;
import io.sluice.api.config.Checked;
import io.sluice.api.config.Option;
import io.sluice.api.config.Secret;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The Kafka cluster over which gateways and the fleet's view tell each other: {@code fleet.bus}.
 */
public record FleetBusSettings(
    @Option(
            doc = "Brokers to begin with: host:port, several with commas between.",
            required = true,
            pattern = BootstrapServers.PATTERN,
            hint = "kafka-1.example:9092,kafka-2.example:9092")
        String bootstrapServers,
    @Option(
            doc =
                "What the names of the topics begin with: {prefix}.telemetry, {prefix}.fleet.presence"
                    + " and so on.",
            def = "sluice",
            pattern = "[A-Za-z0-9._-]{1,100}",
            hint = "write 1 to 100 letters, digits and . _ -")
        String topicPrefix,
    @Option(
            doc =
                "PEM files for TLS. Without it there is no TLS; tls: {} trusts the authorities of the"
                    + " Java runtime.")
        @Nullable BrokerTls tls,
    @Option(doc = "User name for SASL.") @Nullable String username,
    @Option(doc = "Password for SASL.") @Nullable Secret password,
    @Option(doc = "SASL mechanism by which name and password are shown.", def = "scram-sha-512")
        KafkaLogin.Mechanism sasl,
    @Option(
            doc =
                "Address of the admin listener as operators reach it, host:port, for the fleet's list"
                    + " of gateways. Without it the one that is listened on.",
            pattern = "[^\\s/]+:\\d{1,5}",
            hint = "edge-01.example:8080")
        @Nullable String adminAddress,
    @Option(doc = "Further properties of Kafka's clients as they are.")
        Map<String, String> properties)
    implements Checked {
  public KafkaLogin login() {
    return new KafkaLogin(tls, username, password, sasl);
  }

  /** The topic of records of a class, or of what the fleet keeps: {@code fleet.presence}. */
  public String topic(String name) {
    return topicPrefix + '.' + name;
  }

  @Override
  public List<Problem> problems() {
    List<Problem> problems = new ArrayList<>();
    for (String each : BootstrapServers.problems(bootstrapServers)) {
      problems.add(new Problem("bootstrap-servers", each));
    }
    problems.addAll(login().problems(properties));
    return problems;
  }
}
