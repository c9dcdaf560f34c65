package io.sluice.api;

import java.util.List;

/** The verdict on a peer's credentials. */
public sealed interface Admission {
  record Admitted(Device device) implements Admission {}

  /**
   * A local consumer: it reads records, and publishes nothing.
   *
   * @param name its name
   * @param topics the topic filters (MQTT 5 section 4.7) that its role grants; a subscription
   *     beyond them is refused
   */
  record Consumer(String name, List<String> topics) implements Admission {
    public Consumer {
      topics = List.copyOf(topics);
    }
  }

  /**
   * Not let in.
   *
   * @param reason for the metrics
   * @param detail one sentence that may be shown to the peer; names no secret
   */
  record Refused(RejectReason reason, String detail) implements Admission {}

  /** Too many checks are under way; the peer may try again. */
  record Busy(long retryAfterMillis) implements Admission {}
}
