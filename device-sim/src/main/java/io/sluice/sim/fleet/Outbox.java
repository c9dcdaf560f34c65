package io.sluice.sim.fleet;

import io.netty.channel.EventLoop;
import io.sluice.sim.figures.FleetCounters;
import io.sluice.sim.link.Link;
import io.sluice.sim.link.Link.Message;
import io.sluice.sim.time.FleetTime;
import io.sluice.sim.time.Timers;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one device has to send: stored while its link is gone, sent as the link takes it, and timed
 * until it is acknowledged. Confined to the device's event loop.
 */
final class Outbox {
  /** Beyond, the oldest are lost. */
  private static final int STORE_MESSAGES = 1_000;

  private static final long PUMP_MILLIS = 50;
  private static final long PUMP_LEAST_NANOS = 1_000_000;

  /** More than a link has under way: beyond are messages that never had an outcome. */
  private static final int UNDER_WAY_MOST = 64;

  private final EventLoop loop;
  private final FleetTime time;
  private final FleetCounters counters;
  private final Batches batches;
  private final Link link;
  private final boolean isAnswered;
  private final ArrayDeque<Waiting> store = new ArrayDeque<>();
  private boolean pumping;

  /** When each message that has no outcome was dispatched; the newest ones. */
  private final Map<Long, Long> dispatchedNanos =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Long> eldest) {
          return size() > UNDER_WAY_MOST;
        }
      };

  /** A message that is not sent yet, and from when on it may be. */
  private record Waiting(Message message, long dueMillis) {}

  /**
   * @param isAnswered whether messages have an outcome at all
   */
  Outbox(
      EventLoop loop,
      FleetTime time,
      FleetCounters counters,
      Batches batches,
      Link link,
      boolean isAnswered) {
    this.loop = loop;
    this.time = time;
    this.counters = counters;
    this.batches = batches;
    this.link = link;
    this.isAnswered = isAnswered;
  }

  boolean isEmpty() {
    return store.isEmpty();
  }

  /**
   * Takes a message; {@link #pump} sends it.
   *
   * @param dueMillis not before, by the fleet's clock
   */
  void offer(Message message, long dueMillis) {
    if (store.size() == STORE_MESSAGES) {
      long n = store.removeFirst().message().n();
      counters.forgotten.add(batches.size(n));
      batches.forget(n);
    }
    store.add(new Waiting(message, dueMillis));
  }

  /** Forgets those that were spoilt on purpose. */
  void dropBad() {
    int before = store.size();
    store.removeIf(waiting -> waiting.message().isBad());
    counters.forgotten.add(before - store.size());
  }

  /** Forgets all. */
  void clear() {
    store.forEach(waiting -> counters.forgotten.add(batches.size(waiting.message().n())));
    store.clear();
  }

  /** Sends what is due, as long as the link takes it; looks again later while something is left. */
  void pump() {
    while (!store.isEmpty() && link.ready() && store.getFirst().dueMillis() <= time.millis()) {
      Message message = store.removeFirst().message();
      if (isAnswered) {
        dispatchedNanos.put(message.n(), System.nanoTime());
      }
      if (!message.isBad()) {
        counters.messages.increment();
      }
      link.send(message);
      if (!isAnswered) {
        batches.forget(message.n());
      }
    }
    if (!store.isEmpty() && !pumping) {
      pumping = true;
      Timers.afterNanos(
          loop,
          () -> {
            pumping = false;
            pump();
          },
          Math.max(PUMP_LEAST_NANOS, time.realNanos(PUMP_MILLIS)));
    }
  }

  /** When a message that has no outcome was dispatched; null where that is not known. */
  @Nullable Long dispatchedNanos(long n) {
    return dispatchedNanos.get(n);
  }

  /** Takes down how long the message took. */
  void acked(long n) {
    Long dispatched = dispatchedNanos.remove(n);
    if (dispatched != null) {
      long micros = (System.nanoTime() - dispatched) / 1_000;
      counters.latency.recordValue(Math.min(micros, FleetCounters.MOST_LATENCY_MICROS));
    }
  }

  /** The message has another outcome, or is given up. */
  void ended(long n) {
    dispatchedNanos.remove(n);
  }
}
