package io.sluice.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.adapter.testkit.TestBatch;
import io.sluice.api.MessageClass;
import io.sluice.api.broker.BrokerTls;
import io.sluice.api.config.Checked.Problem;
import io.sluice.api.upstream.UpstreamFactory;
import io.sluice.upstream.kafka.KafkaSettings;
import io.sluice.upstream.mqtt.MqttSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
  @Test
  @SuppressWarnings("rawtypes") // a class literal has no type arguments
  void everyTypeIsFoundAsAService() {
    assertThat(ServiceLoader.load(UpstreamFactory.class).stream().map(p -> p.get().type()))
        .containsExactlyInAnyOrder("file", "mqtt", "kafka");
  }

  @Test
  void templateTakesFieldsAndReplacesWhatTheTargetForbids() {
    RecordTemplate template =
        RecordTemplate.of("a/{class}/{device}/{gateway}/{lane}-{site}", "edge", c -> c != '-');
    assertThat(template.expand(new TestBatch("r", 3, 1, 0, MessageClass.STATE), 0))
        .isEqualTo("a/state/device_3/edge/event-plant_a");
  }

  @Test
  void templateWithAnUnknownPlaceSaysWhichThereAre() {
    assertThat(RecordTemplate.problem("x/{divice}"))
        .startsWith("unknown place {divice}; write one of {class}, {device}");
    assertThat(RecordTemplate.problem("x/{device")).isEqualTo("a brace has no partner");
    assertThat(RecordTemplate.problem("x/{device}")).isNull();
  }

  @Test
  void everyFaultOfAnMqttUpstreamIsNamed() {
    MqttSettings settings =
        new MqttSettings(
            URI.create("tcp://broker"),
            "sluice/#",
            1,
            "3.1.1",
            null,
            null,
            new io.sluice.api.config.Secret("s"),
            1_000,
            Duration.ofSeconds(30),
            Duration.ofSeconds(10),
            new BrokerTls(null, Path.of("c.pem"), null),
            true);
    assertThat(settings.problems())
        .extracting(Problem::key)
        .containsExactly("uri", "topic", "password", "tls", "cloud-events");
    assertThat(new BrokerTls(null, Path.of("c.pem"), null).problems())
        .containsExactly(new Problem("key", "is missing; certificate and key go together"));
  }

  @Test
  void brokerIsNamedAsPeopleWriteIt() {
    assertThat(uriFault("mqtt://broker:1883")).isNull();
    assertThat(uriFault("mqtts://broker:8883")).isNull();
    assertThat(uriFault("TCP://Broker:1883/")).isNull();
    assertThat(uriFault("tcp://my_broker:1884")).isNull();
    assertThat(uriFault("ssl://[fe80::1]:8883")).isNull();
    assertThat(uriFault("tcp://broker")).isEqualTo("names no host and port; write tcp://host:port");
    assertThat(uriFault("tcp://broker:0")).startsWith("names no host and port");
    assertThat(uriFault("tcp://broker:70000")).startsWith("names no host and port");
    assertThat(uriFault("tcp://broker:1883/mqtt")).startsWith("has a path or a query");
    assertThat(uriFault("tcp://broker:1883?tls=1")).startsWith("has a path or a query");
    assertThat(uriFault("ws://broker:80")).startsWith("must begin with tcp:// or ssl://");
  }

  private static @Nullable String uriFault(String uri) {
    return mqtt(uri, null).problems().stream().map(Problem::message).findFirst().orElse(null);
  }

  private static MqttSettings mqtt(String uri, @Nullable String clientId) {
    return new MqttSettings(
        URI.create(uri),
        "t",
        1,
        "3.1.1",
        clientId,
        null,
        null,
        1_000,
        Duration.ofSeconds(30),
        Duration.ofSeconds(10),
        null,
        false);
  }

  @Test
  void clientIdIsBoundedAndOneUpstreamsAlone() {
    assertThat(mqtt("tcp://b:1", "x".repeat(70_000)).problems())
        .extracting(Problem::key)
        .containsExactly("client-id");
    assertThat(mqtt("tcp://b:1", "a").sole()).isEqualTo(mqtt("mqtt://b:1", "a").sole());
    assertThat(mqtt("tcp://b:1", "a").sole()).isNotEqualTo(mqtt("tcp://c:1", "a").sole());
    assertThat(mqtt("tcp://b:1", null).sole()).isNull();
  }

  @Test
  void filesOfTlsAreReadWhenTheConfigurationIs(@TempDir Path directory) throws Exception {
    Path ca = directory.resolve("ca.pem");
    assertThat(new BrokerTls(ca, null, null).problems())
        .containsExactly(new Problem("ca", "there is no " + ca + "; make it, or mend the path"));
    Path key = directory.resolve("own.key");
    Path certificate = directory.resolve("own.pem");
    Process openssl =
        new ProcessBuilder(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-subj",
                "/CN=x",
                "-keyout",
                key.toString(),
                "-out",
                certificate.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(openssl.waitFor()).isZero();
    assertThat(new BrokerTls(certificate, certificate, key).problems()).isEmpty();
    assertThat(new BrokerTls(null, key, certificate).problems())
        .extracting(Problem::message)
        .containsExactly(
            key + " holds a private key and no certificate; are the two files exchanged?",
            certificate + " holds a certificate and no private key; are the two files exchanged?");
    assertThat(new BrokerTls(key, null, null).problems())
        .extracting(Problem::key)
        .containsExactly("ca");
  }

  @Test
  void kafkaPropertiesThatTheGatewaySetsAreFaults() {
    KafkaSettings settings =
        new KafkaSettings(
            "b:9092",
            "sluice/{class}",
            KafkaSettings.Compression.LZ4,
            Duration.ofMillis(2),
            Duration.ofSeconds(10),
            false,
            KafkaSettings.Timestamp.OBSERVED,
            Map.of("acks", "1", "security.protocol", "SASL_SSL"));
    assertThat(settings.problems())
        .containsExactly(
            new Problem("topic", "may hold only letters, digits and . _ -"),
            new Problem("properties", "acks is set by the gateway; leave it out here"));
  }

  @Test
  void kafkaPropertiesThatTheProducerWouldNotTakeAreFaults() {
    assertThat(kafkaFaults("b:9092", Map.of("security.protocol", "SSLX"))).contains("SSLX");
    assertThat(kafkaFaults("b:9092", Map.of("max.request.size", "lots")))
        .contains("max.request.size");
    assertThat(kafkaFaults("b:9092", Map.of("retries", "0"))).contains("retries");
    assertThat(kafkaFaults("b:9092", Map.of("security.protocl", "SSL")))
        .contains("security.protocl is no property of the Kafka producer");
    assertThat(kafkaFaults("b:9092", Map.of("ssl.truststore.location", "/nowhere/t.p12")))
        .contains("ssl.truststore.location: there is no file /nowhere/t.p12");
    assertThat(kafkaFaults("b:9092", Map.of("request.timeout.ms", "30000")))
        .contains("delivery.timeout.ms must be at least 30002");
    assertThat(
            kafkaFaults(
                "b:9092", Map.of("security.protocol", "SASL_SSL", "sasl.jaas.config", "nonsense")))
        .contains("JAAS");
    assertThat(kafkaFaults("SSL://b:9092", Map.of())).contains("leave the protocol out here");
    assertThat(kafkaFaults("b:99999", Map.of())).contains("a port up to 65535");
    assertThat(kafkaFaults("b:9092, [::1]:9092,my_broker:1", Map.of("batch.size", "1000")))
        .isEmpty();
    assertThat(
            kafkaFaults(
                "b:9092", Map.of("interceptor.classes", "a.B", "a.b.option", "for my own class")))
        .isEmpty();
  }

  private static String kafkaFaults(String servers, Map<String, String> properties) {
    KafkaSettings settings =
        new KafkaSettings(
            servers,
            "t",
            KafkaSettings.Compression.LZ4,
            Duration.ofMillis(2),
            Duration.ofSeconds(10),
            false,
            KafkaSettings.Timestamp.OBSERVED,
            properties);
    return settings.problems().stream().map(Problem::message).collect(Collectors.joining("; "));
  }
}
