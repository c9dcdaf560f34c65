package io.sluice.adapter.mqttclient;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was taken on connections before, by packet id: the broker sends it again where the
 * acknowledgement did not reach it, or was forgotten when the broker was killed. It holds as many
 * as one connection may have unacknowledged, and the last 8,192 that were acknowledged, or as many
 * as may be unacknowledged where that is more; 65,535 of several connections at the most. Confined
 * to the event loop.
 */
final class Redeliveries {
  /**
   * A message that was taken.
   *
   * @param digest tells it from another of its packet id
   * @param message null: it was settled
   */
  record Taken(long digest, @Nullable SourceMessage message) {}

  private final Map<Integer, Taken> taken = new HashMap<>();

  /** A connection has ended on which it was taken. */
  void add(int packetId, Taken message) {
    taken.put(packetId, message);
  }

  /** The broker has forgotten the session: nothing comes again. */
  void forget() {
    taken.clear();
  }

  /**
   * The message that comes again.
   *
   * @return null where it was not taken before
   */
  @Nullable Taken again(int packetId, long digest) {
    if (taken.isEmpty()) {
      return null;
    }
    Taken before = taken.remove(packetId); // an id stands for one message alone
    return before != null && before.digest() == digest ? before : null;
  }

  /** The id is another message's from now on. */
  void used(int packetId) {
    if (!taken.isEmpty()) {
      taken.remove(packetId);
    }
  }

  int size() {
    return taken.size();
  }
}
