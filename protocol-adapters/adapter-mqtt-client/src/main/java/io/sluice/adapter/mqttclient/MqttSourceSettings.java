package io.sluice.adapter.mqttclient;

import io.sluice.api.broker.BrokerAddress;
import io.sluice.api.broker.BrokerTls;
import io.sluice.api.broker.BrokerUse;
import io.sluice.api.broker.TopicFilter;
import io.sluice.api.config.Checked;
import io.sluice.api.config.Option;
import io.sluice.api.config.Secret;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Options of an MQTT source. */
public record MqttSourceSettings(
    @Option(
            doc =
                "Broker: tcp://host:port, or ssl://host:port for TLS (mqtt:// and mqtts:// are the"
                    + " same). Its name is looked up at each attempt, and each address tried.",
            required = true,
            hint = "tcp://broker.example:1883")
        URI uri,
    @Option(
            doc =
                "Topic filters to subscribe to, such as application/+/device/+/event/+ or"
                    + " zigbee2mqtt/#. At QoS 1.",
            required = true,
            hint = "write a list: [ \"zigbee2mqtt/#\" ]")
        List<String> topics,
    @Option(doc = "MQTT version: 5 or 3.1.1.", def = "5", pattern = "3\\.1\\.1|5") String version,
    @Option(
            doc =
                "Client id, by which the broker keeps messages while the gateway is away. Without it:"
                    + " sluice-{gateway}-source-{name}.")
        @Nullable String clientId,
    @Option(doc = "User name.") @Nullable String username,
    @Option(doc = "Password.") @Nullable Secret password,
    @Option(
            doc =
                "Name of a shared subscription ($share): gateways with one name share the messages."
                    + " Without it the source gets all.",
            pattern = "[^/+#\\s]{1,64}",
            hint = "write 1 to 64 characters without / + # and blanks")
        @Nullable String shared,
    @Option(
            doc =
                "What becomes of messages that the broker had retained: once takes them where the"
                    + " subscription is new and their content is; skip leaves them out.",
            def = "once")
        Retained retained,
    @Option(
            doc =
                "Device that stands for the source: what names no device is its own, and its"
                    + " profile's children rule brings new ones. Without it the device whose id is"
                    + " the source's name, where there is one.",
            pattern = "[A-Za-z0-9._:@-]{1,128}",
            hint = "write a device id: 1 to 128 letters, digits and . _ : @ -")
        @Nullable String device,
    @Option(
            doc =
                "Most messages that are taken and not yet on disk (Receive Maximum in MQTT 5). A 3.1.1"
                    + " broker keeps to its own bound.",
            def = "1000",
            min = 1,
            max = 65_535)
        int inFlight,
    @Option(
            doc =
                "How long the broker is asked to keep the session while the gateway is away (MQTT 5;"
                    + " 3.1.1 says for good). 0: not at all.",
            def = "7d",
            min = 0,
            max = 4_294_967_294_000L)
        Duration sessionExpiry,
    @Option(
            doc =
                "Keep-alive that the broker is told. The gateway itself notices a silent broker within"
                    + " 20 s, whatever this says.",
            def = "20s",
            min = 1_000,
            max = 65_535_000)
        Duration keepAlive,
    @Option(
            doc =
                "Time within which a connection must be made, and within which CONNECT and SUBSCRIBE"
                    + " must be answered.",
            def = "10s",
            min = 100,
            max = 60_000)
        Duration connectTimeout,
    @Option(
            doc =
                "What the source says of itself at the broker, retained and as its will: edge nodes of"
                    + " Sparkplug wait for the STATE of their primary host.")
        @Nullable Announcement announce,
    @Option(
            doc =
                "Whether what a vendor's cloud would answer to a message (post_reply and the like) is"
                    + " published to the broker, at QoS 0. Where the cloud or a bridge to it answers"
                    + " there as well, the devices have two answers.",
            def = "false")
        boolean replies,
    @Option(doc = "Certificates for ssl://. Without it the Java runtime's authorities are trusted.")
        @Nullable BrokerTls tls)
    implements Checked, BrokerUse {
  private static final int TEXT_BYTES_MAX = 65_535;
  private static final int TOPICS_MAX = 100;

  /** What becomes of retained messages. */
  public enum Retained {
    /** Taken where they are new. */
    ONCE,
    /** Acknowledged and left out. */
    SKIP
  }

  @Override
  public List<Problem> problems() {
    List<Problem> problems = new ArrayList<>();
    String address = BrokerAddress.problem(uri);
    if (address != null) {
      problems.add(new Problem("uri", address));
    }
    if (tls != null && !BrokerAddress.isSecure(String.valueOf(uri.getScheme()))) {
      problems.add(new Problem("tls", "has no effect without TLS; write ssl:// in uri"));
    }
    String id = clientId;
    if (id != null && (id.isEmpty() || bytes(id) > TEXT_BYTES_MAX)) {
      problems.add(new Problem("client-id", "must have 1 to 65,535 bytes; write a shorter one"));
    }
    if (password != null && username == null) {
      problems.add(new Problem("password", "needs a username beside it"));
    }
    checkTopics(problems);
    return problems;
  }

  private void checkTopics(List<Problem> problems) {
    if (topics.isEmpty() || topics.size() > TOPICS_MAX) {
      problems.add(new Problem("topics", "must name 1 to %d topic filters".formatted(TOPICS_MAX)));
    }
    Set<String> seen = new HashSet<>();
    for (String topic : topics) {
      String fault =
          topic.startsWith("$share/")
              ? "is a shared subscription; write its name in shared and the filter alone here"
              : TopicFilter.fault(topic);
      if (fault == null && !seen.add(topic)) {
        fault = "stands here twice; keep one";
      }
      if (fault != null) {
        problems.add(new Problem("topics", "\"%s\" %s".formatted(topic, fault)));
      }
    }
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  boolean isV5() {
    return version.equals("5");
  }

  @Override
  public List<String> subscribes() {
    return topics;
  }
}
