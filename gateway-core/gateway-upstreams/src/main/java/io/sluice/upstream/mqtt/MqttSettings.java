package io.sluice.upstream.mqtt;

import io.sluice.api.broker.BrokerAddress;
import io.sluice.api.broker.BrokerTls;
import io.sluice.api.broker.BrokerUse;
import io.sluice.api.config.Checked;
import io.sluice.api.config.Option;
import io.sluice.api.config.Secret;
import io.sluice.api.upstream.UpstreamSettings;
import io.sluice.upstream.RecordTemplate;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Options of an MQTT upstream. */
public record MqttSettings(
    @Option(
            doc =
                "Broker: tcp://host:port, or ssl://host:port for TLS (mqtt:// and mqtts:// are the"
                    + " same). Each address of a name is tried.",
            required = true,
            hint = "tcp://broker.example:1883")
        URI uri,
    @Option(
            doc =
                "Topic of a record; places: {class}, {device}, {gateway}, {lane}, {sector}, {site},"
                    + " {model}.",
            def = "sluice/{class}/{device}")
        String topic,
    @Option(
            doc =
                "Quality of service. At 0 a record counts as delivered once it is written to the"
                    + " connection: what a broken connection swallows is lost.",
            def = "1",
            min = 0,
            max = 2)
        int qos,
    @Option(doc = "MQTT version: 3.1.1 or 5.", def = "3.1.1", pattern = "3\\.1\\.1|5")
        String version,
    @Option(doc = "Client id. Without it: sluice-{gateway}-{name}.") @Nullable String clientId,
    @Option(doc = "User name.") @Nullable String username,
    @Option(doc = "Password.") @Nullable Secret password,
    @Option(
            doc =
                "Most publications without acknowledgement; an MQTT 5 broker may ask for fewer. A"
                    + " 3.1.1 broker cannot ask: at qos 2 stay within its bound (Mosquitto: 20).",
            def = "1000",
            min = 1,
            max = 65_535)
        int inFlight,
    @Option(doc = "Keep-alive interval.", def = "30s", min = 1_000, max = 65_535_000)
        Duration keepAlive,
    @Option(doc = "Time within which a connection must be made.", def = "10s", min = 100)
        Duration connectTimeout,
    @Option(doc = "Certificates for ssl://. Without it the Java runtime's authorities are trusted.")
        @Nullable BrokerTls tls,
    @Option(
            doc =
                "Whether user properties carry the attributes of CloudEvents 1.0 (version 5 only).",
            def = "false")
        boolean cloudEvents,
    @Option(
            doc =
                "Further characters that become _ where they stand in a field of the topic; \". \" for"
                    + " NATS.",
            def = "")
        String topicReplaces)
    implements Checked, UpstreamSettings, BrokerUse {
  private static final int TEXT_BYTES_MAX = 65_535;

  /** Replacing no further characters. */
  public MqttSettings(
      URI uri,
      String topic,
      int qos,
      String version,
      @Nullable String clientId,
      @Nullable String username,
      @Nullable Secret password,
      int inFlight,
      Duration keepAlive,
      Duration connectTimeout,
      @Nullable BrokerTls tls,
      boolean cloudEvents) {
    this(
        uri,
        topic,
        qos,
        version,
        clientId,
        username,
        password,
        inFlight,
        keepAlive,
        connectTimeout,
        tls,
        cloudEvents,
        "");
  }

  @Override
  public List<Problem> problems() {
    List<Problem> problems = new ArrayList<>();
    String address = BrokerAddress.problem(uri);
    if (address != null) {
      problems.add(new Problem("uri", address));
    }
    String id = clientId;
    if (id != null && id.getBytes(StandardCharsets.UTF_8).length > TEXT_BYTES_MAX) {
      problems.add(new Problem("client-id", "has more than 65,535 bytes; shorten it"));
    }
    String template = RecordTemplate.problem(topic);
    if (template != null) {
      problems.add(new Problem("topic", template));
    } else if (topic.isEmpty() || topic.contains("+") || topic.contains("#")) {
      problems.add(new Problem("topic", "must name one topic, without + and #"));
    }
    if (password != null && username == null) {
      problems.add(new Problem("password", "needs a username beside it"));
    }
    if (tls != null && !BrokerAddress.isSecure(String.valueOf(uri.getScheme()))) {
      problems.add(new Problem("tls", "has no effect without TLS; write ssl:// in uri"));
    }
    if (cloudEvents && !version.equals("5")) {
      problems.add(new Problem("cloud-events", "needs version: 5, which has user properties"));
    }
    return problems;
  }

  /** A place may stand for any text, which is within its level. */
  @Override
  public List<String> publishes() {
    return List.of(topic.replaceAll("[^/]*\\{[^/]*", "+"));
  }

  /** Two sessions of one client id take over from each other without end. */
  @Override
  public @Nullable Sole sole() {
    return clientId == null || BrokerAddress.problem(uri) != null
        ? null
        : new Sole("client-id", List.of(BrokerAddress.of(uri), clientId));
  }
}
