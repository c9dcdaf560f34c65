package io.sluice.upstream.kafka;

import io.sluice.api.config.Checked;
import io.sluice.api.config.Option;
import io.sluice.upstream.RecordTemplate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Options of a Kafka upstream. */
public record KafkaSettings(
    @Option(
            doc = "Brokers to begin with: host:port, several with commas between.",
            required = true,
            pattern = "[^,\\s]+:\\d+(\\s*,\\s*[^,\\s]+:\\d+)*",
            hint = "kafka-1.example:9092,kafka-2.example:9092")
        String bootstrapServers,
    @Option(
            doc =
                "Topic of a record; places: {class}, {device}, {gateway}, {lane}, {sector}, {site},"
                    + " {model}. Characters of a field that a topic may not have become _.",
            def = "sluice.{class}")
        String topic,
    @Option(doc = "Compression of record batches.", def = "lz4") Compression compression,
    @Option(
            doc = "How long the client gathers records for a larger request.",
            def = "2ms",
            max = 1_000)
        Duration linger,
    @Option(doc = "Time within which the cluster must answer.", def = "10s", min = 100)
        Duration connectTimeout,
    @Option(
            doc = "Whether headers carry the attributes of CloudEvents 1.0 (ce_id and so on).",
            def = "false")
        boolean cloudEvents,
    @Option(
            doc =
                "Further properties of the Kafka producer as they are: security.protocol,"
                    + " sasl.jaas.config, ssl.truststore.location and the like.")
        Map<String, String> properties)
    implements Checked {
  private static final Set<String> OURS =
      Set.of(
          "bootstrap.servers",
          "acks",
          "enable.idempotence",
          "key.serializer",
          "value.serializer",
          "transactional.id",
          "compression.type",
          "linger.ms");

  /** Codecs of the Kafka producer. */
  public enum Compression {
    NONE,
    LZ4,
    ZSTD,
    SNAPPY,
    GZIP;

    String kafkaName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Override
  public List<Problem> problems() {
    List<Problem> problems = new ArrayList<>();
    String template = RecordTemplate.problem(topic);
    if (template != null) {
      problems.add(new Problem("topic", template));
    } else if (!topic.replaceAll("\\{[^{}]*}", "x").matches("[A-Za-z0-9._-]{1,249}")) {
      problems.add(new Problem("topic", "may hold only letters, digits and . _ -"));
    }
    for (String key : properties.keySet()) {
      if (OURS.contains(key)) {
        problems.add(new Problem("properties", key + " is set by the gateway; leave it out here"));
      }
    }
    return problems;
  }
}
