package io.sluice.upstream.mqtt;

import io.sluice.api.config.Checked;
import io.sluice.api.config.Option;
import io.sluice.api.config.Secret;
import io.sluice.upstream.RecordTemplate;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Options of an MQTT upstream. */
public record MqttSettings(
    @Option(
            doc = "Broker: tcp://host:port, or ssl://host:port for TLS.",
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
        @Nullable MqttTls tls,
    @Option(
            doc =
                "Whether user properties carry the attributes of CloudEvents 1.0 (version 5 only).",
            def = "false")
        boolean cloudEvents)
    implements Checked {
  @Override
  public List<Problem> problems() {
    List<Problem> problems = new ArrayList<>();
    String scheme = String.valueOf(uri.getScheme());
    if (!scheme.equals("tcp") && !scheme.equals("ssl")) {
      problems.add(new Problem("uri", "must begin with tcp:// or ssl://, not " + scheme));
    } else if (uri.getHost() == null || uri.getPort() < 1) {
      problems.add(new Problem("uri", "names no host and port; write " + scheme + "://host:port"));
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
    if (tls != null && scheme.equals("tcp")) {
      problems.add(new Problem("tls", "has no effect on tcp://; write ssl:// in uri"));
    }
    if (cloudEvents && !version.equals("5")) {
      problems.add(new Problem("cloud-events", "needs version: 5, which has user properties"));
    }
    return problems;
  }
}
