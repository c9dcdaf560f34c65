package io.sluice.sim.fleet;

import java.util.ArrayDeque;
import java.util.function.LongConsumer;

/** What was acknowledged last, and when. Confined to the device's event loop. */
final class RecentAcks {
  private static final int MOST = 4_096;

  private final ArrayDeque<Ack> acks = new ArrayDeque<>(0);

  private record Ack(long n, long millis) {}

  void acked(long n, long nowMillis) {
    if (acks.size() == MOST) {
      acks.removeFirst();
    }
    acks.add(new Ack(n, nowMillis));
  }

  /** Each that was acknowledged then or later. */
  void since(long millis, LongConsumer each) {
    acks.stream().filter(ack -> ack.millis >= millis).forEach(ack -> each.accept(ack.n));
  }
}
