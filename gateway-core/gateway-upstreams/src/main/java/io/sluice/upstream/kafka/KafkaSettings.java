package io.sluice.upstream.kafka;

import io.sluice.api.broker.BootstrapServers;
import io.sluice.api.broker.BrokerTls;
import io.sluice.api.broker.KafkaLogin;
import io.sluice.api.config.Checked;
import io.sluice.api.config.Option;
import io.sluice.api.config.Secret;
import io.sluice.upstream.RecordTemplate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.security.JaasContext;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Options of a Kafka upstream. */
public record KafkaSettings(
    @Option(
            doc = "Brokers to begin with: host:port, several with commas between.",
            required = true,
            pattern = BootstrapServers.PATTERN,
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
                "Timestamp of the Kafka record: when the record was observed, or when it was sent."
                    + " Of what lies more than 10 minutes ahead, or before 1970: always the latter.",
            def = "observed")
        Timestamp timestamp,
    @Option(
            doc =
                "Further properties of the Kafka producer as they are: security.protocol,"
                    + " sasl.jaas.config, ssl.truststore.location and the like.")
        Map<String, String> properties,
    @Option(
            doc =
                "PEM files for TLS. Without it there is no TLS but by properties; tls: {} trusts the"
                    + " authorities of the Java runtime.")
        @Nullable BrokerTls tls,
    @Option(doc = "User name for SASL.") @Nullable String username,
    @Option(doc = "Password for SASL.") @Nullable Secret password,
    @Option(doc = "SASL mechanism by which name and password are shown.", def = "scram-sha-512")
        KafkaLogin.Mechanism sasl)
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

  private static final Set<String> STORES =
      Set.of("ssl.truststore.location", "ssl.keystore.location");

  /** The producer's buffer is larger than the Forwarder's window, so this bounds metadata only. */
  private static final int MAX_BLOCK_MILLIS = 2_000;

  private static final int DELIVERY_TIMEOUT_MILLIS = 25_000;
  private static final int REQUEST_TIMEOUT_MILLIS = 10_000;
  private static final int BATCH_BYTES = 128 << 10;
  private static final int BUFFER_BYTES = 64 << 20;

  /** Without TLS and name, but by properties. */
  public KafkaSettings(
      String bootstrapServers,
      String topic,
      Compression compression,
      Duration linger,
      Duration connectTimeout,
      boolean cloudEvents,
      Timestamp timestamp,
      Map<String, String> properties) {
    this(
        bootstrapServers,
        topic,
        compression,
        linger,
        connectTimeout,
        cloudEvents,
        timestamp,
        properties,
        null,
        null,
        null,
        KafkaLogin.Mechanism.SCRAM_SHA_512);
  }

  /** What the timestamp of a Kafka record is. */
  public enum Timestamp {
    OBSERVED,
    SENT
  }

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
    for (String each : BootstrapServers.problems(bootstrapServers)) {
      problems.add(new Problem("bootstrap-servers", each));
    }
    problems.addAll(login().problems(properties));
    for (String key : properties.keySet()) {
      if (OURS.contains(key)) {
        problems.add(new Problem("properties", key + " is set by the gateway; leave it out here"));
      }
    }
    problems.addAll(propertyProblems());
    return problems;
  }

  /** What the producer itself would say of them, only now rather than when it is made. */
  private List<Problem> propertyProblems() {
    List<Problem> problems = new ArrayList<>();
    Map<String, String> own = new HashMap<>(properties);
    OURS.forEach(own::remove);
    boolean hasOwnClasses =
        own.keySet().stream().anyMatch(key -> key.endsWith(".class") || key.endsWith(".classes"));
    for (String key : own.keySet()) {
      if (!ProducerConfig.configNames().contains(key) && !hasOwnClasses) {
        problems.add(
            new Problem(
                "properties", key + " is no property of the Kafka producer; mend its name"));
      }
      if (STORES.contains(key) && !Files.isReadable(Path.of(String.valueOf(own.get(key))))) {
        problems.add(
            new Problem(
                "properties", key + ": there is no file " + own.get(key) + " that can be read"));
      }
    }
    int before = problems.size();
    for (ConfigValue value : ProducerConfig.configDef().validate(own)) {
      if (own.containsKey(value.name())) {
        value.errorMessages().forEach(message -> problems.add(new Problem("properties", message)));
      }
    }
    if (problems.size() == before) {
      togetherProblem().ifPresent(problems::add);
    }
    return problems;
  }

  private Optional<Problem> togetherProblem() {
    try {
      ProducerConfig config = producerConfig("check");
      int least = config.getInt(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG) + (int) linger.toMillis();
      if (config.getInt(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG) < least) {
        return Optional.of(
            new Problem("properties", "delivery.timeout.ms must be at least " + least + " (ms)"));
      }
      if (config.getString(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG).startsWith("SASL")
          && properties.containsKey(SaslConfigs.SASL_JAAS_CONFIG)) {
        JaasContext.loadClientContext(config.values());
      }
      return Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // of tls, which says so itself
    } catch (KafkaException | IllegalArgumentException | SecurityException e) {
      return Optional.of(new Problem("properties", KafkaFaults.text(e)));
    }
  }

  private KafkaLogin login() {
    return new KafkaLogin(tls, username, password, sasl);
  }

  /**
   * All that the producer is made with.
   *
   * @throws IOException where a file of {@code tls} cannot be used
   */
  ProducerConfig producerConfig(String clientId) throws IOException {
    Map<String, Object> all = new HashMap<>();
    all.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK_MILLIS);
    all.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, DELIVERY_TIMEOUT_MILLIS);
    all.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MILLIS);
    all.put(ProducerConfig.BATCH_SIZE_CONFIG, BATCH_BYTES);
    all.put(ProducerConfig.BUFFER_MEMORY_CONFIG, BUFFER_BYTES);
    all.put(ProducerConfig.CLIENT_ID_CONFIG, clientId);
    all.putAll(KafkaAccess.properties(login()));
    all.putAll(properties);
    all.put(ProducerConfig.ENABLE_METRICS_PUSH_CONFIG, false);
    all.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, BootstrapServers.of(bootstrapServers));
    all.put(ProducerConfig.ACKS_CONFIG, "all");
    all.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    all.put(ProducerConfig.LINGER_MS_CONFIG, (int) linger.toMillis());
    all.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, compression.kafkaName());
    all.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    all.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    return new ProducerConfig(all);
  }
}
