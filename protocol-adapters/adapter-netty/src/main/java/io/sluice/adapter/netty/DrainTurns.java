package io.sluice.adapter.netty;

import io.sluice.api.adapter.Drain;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * Ends the connections of one event loop, spread evenly over a time. In no order: devices that came
 * together, as after an outage, do not go together. Confined to the event loop.
 */
final class DrainTurns {
  private final Drain drain;
  private final long sinceNanos;
  private final long spreadNanos;
  private final int total;
  private final ArrayDeque<SocketConnection> waiting;

  /** Those that are being ended, each with when it began. */
  private final Map<SocketConnection, Long> leaving = new HashMap<>();

  /**
   * @param open those that are open when the drain begins
   * @param nowNanos by {@link System#nanoTime}
   */
  DrainTurns(Drain drain, Collection<SocketConnection> open, long nowNanos) {
    List<SocketConnection> mixed = new ArrayList<>(open);
    Collections.shuffle(mixed);
    this.drain = drain;
    this.sinceNanos = nowNanos;
    this.spreadNanos = drain.spread().toNanos();
    this.total = mixed.size();
    this.waiting = new ArrayDeque<>(mixed);
  }

  /**
   * Ends those whose turn has come.
   *
   * @param open those that are open now
   */
  void turn(Collection<SocketConnection> open, long nowNanos) {
    long elapsed = nowNanos - sinceNanos;
    boolean isOver = elapsed >= spreadNanos;
    double left = isOver ? 0 : Math.ceil(total * (1 - (double) elapsed / spreadNanos));
    while (waiting.size() > left) {
      leaving.putIfAbsent(waiting.remove(), nowNanos);
    }
    if (isOver) { // also those that were let in while it began
      open.forEach(each -> leaving.putIfAbsent(each, nowNanos));
    }
    leaving.keySet().retainAll(open);
    Iterator<Map.Entry<SocketConnection, Long>> each = leaving.entrySet().iterator();
    while (each.hasNext()) {
      Map.Entry<SocketConnection, Long> one = each.next();
      if (one.getKey().drain(drain, nowNanos - one.getValue())) {
        each.remove();
      }
    }
  }

  /** Has those go on that are being ended and have not ended. */
  void callOff() {
    leaving.keySet().forEach(SocketConnection::stay);
    leaving.clear();
  }
}
