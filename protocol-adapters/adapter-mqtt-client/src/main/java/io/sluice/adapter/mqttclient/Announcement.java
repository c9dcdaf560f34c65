package io.sluice.adapter.mqttclient;

import io.sluice.api.Downlink;
import io.sluice.api.config.Checked;
import io.sluice.api.config.Option;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What a source says of itself at the broker, retained: that it is there once it has subscribed,
 * and that it is gone by its will, or before it takes its leave. So edge nodes of Sparkplug learn
 * whether their primary host is there (specification 3.0, section 4.1 and the id {@code
 * host-topic-phid-birth-payload-timestamp}: birth and will have one timestamp).
 */
record Announcement(
    @Option(
            doc = "Topic, such as spBv1.0/STATE/my-host.",
            required = true,
            hint = "write a topic without wildcards")
        String topic,
    @Option(
            doc =
                "What is published while the source is there; {timestamp} is the time of the"
                    + " connection, in milliseconds since the epoch.",
            def = "{\"online\":true,\"timestamp\":{timestamp}}")
        String online,
    @Option(
            doc =
                "What is published when it is not; {timestamp} as above, or the time of its leave.",
            def = "{\"online\":false,\"timestamp\":{timestamp}}")
        String offline)
    implements Checked {
  private static final String TIMESTAMP = "{timestamp}";
  private static final int BYTES_MAX = 65_535;

  @Override
  public List<Problem> problems() {
    List<Problem> problems = new ArrayList<>();
    if (topic.isEmpty() || topic.matches(".*[+#\\x00].*") || bytes(topic) > BYTES_MAX) {
      problems.add(
          new Problem(
              "topic",
              "\"%s\" is no topic to publish to; write it without + and #".formatted(topic)));
    }
    if (bytes(offline) + TIMESTAMP.length() > BYTES_MAX) {
      problems.add(new Problem("offline", "is longer than a will may be; write less"));
    }
    return problems;
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  Downlink online(long millis) {
    return message(online, millis);
  }

  Downlink offline(long millis) {
    return message(offline, millis);
  }

  private Downlink message(String text, long millis) {
    byte[] payload =
        text.replace(TIMESTAMP, Long.toString(millis)).getBytes(StandardCharsets.UTF_8);
    return new Downlink(topic, payload, 1, true);
  }
}
