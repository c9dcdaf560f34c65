package io.sluice.adapter.mqttclient;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the broker had retained, by topic: the same state comes at each subscription where the
 * broker keeps no session, and is no new measurement then. The last {@value #TOPICS_MAX} topics, in
 * memory. Confined to the event loop.
 */
final class RetainedStates {
  private static final int TOPICS_MAX = 20_000;

  private final Map<String, Long> digests =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
          return size() > TOPICS_MAX;
        }
      };

  /** Whether this state of the topic has come before; it is remembered. */
  boolean isKnown(String topic, long digest) {
    Long before = digests.put(topic, digest);
    return before != null && before == digest;
  }

  /** A message came as it was published: the topic may have another state now. */
  void published(String topic, byte[] payload) {
    if (!digests.isEmpty() && digests.containsKey(topic)) {
      digests.put(topic, SourceMessage.digest(topic, payload));
    }
  }
}
