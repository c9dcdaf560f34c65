package io.sluice.adapter.mqtt;

import io.netty.channel.EventLoop;
import io.sluice.adapter.netty.ReceiptQueue;
import io.sluice.api.adapter.Receipt;
import io.sluice.api.adapter.ReceiptSink;
import io.sluice.api.adapter.Uplink;
import io.sluice.api.health.Guarded;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The connections of one event loop, and the way of receipts back to them. The queue never holds
 * more than the windows of the loop's connections, so it is bounded by them.
 */
// a write that fails closes the channel: its future says nothing more
@SuppressWarnings("FutureReturnValueIgnored")
final class LoopSink implements ReceiptSink {
  /** What a peer has, at a stop, to read the last acknowledgements and to close. */
  static final long FAREWELL_NANOS = TimeUnit.MILLISECONDS.toNanos(800);

  private final EventLoop loop;
  private final ReceiptQueue<Publication> resolved;
  private final List<Connection> touched = new ArrayList<>();

  /** Connections of this loop; touched by the loop alone. */
  private final Set<Connection> connections = new HashSet<>();

  private final BeforeAdmission.Waiting waiting = new BeforeAdmission.Waiting();

  LoopSink(EventLoop loop) {
    this.loop = loop;
    this.resolved = new ReceiptQueue<>(loop, this::drain);
  }

  EventLoop loop() {
    return loop;
  }

  /** Those of them whose CONNECT is not complete. */
  BeforeAdmission.Waiting waiting() {
    return waiting;
  }

  Set<Connection> connections() {
    return connections;
  }

  @Override
  public void receipt(Uplink uplink, Receipt receipt) {
    Publication publication = (Publication) uplink;
    publication.receipt = receipt;
    resolved.offer(publication);
  }

  @Override
  public void flush() {
    resolved.flush();
  }

  /** Runs the task on the loop; false where the loop has ended, and with it its connections. */
  boolean execute(Runnable task) {
    return resolved.execute(task);
  }

  private void drain() {
    for (Publication next = resolved.poll(); next != null; next = resolved.poll()) {
      try {
        if (next.connection.window.resolved(next)) {
          touched.add(next.connection);
        }
      } catch (RuntimeException fault) {
        next.connection.broken(fault); // ends that one, and costs no other its answers
      }
    }
    for (Connection connection : touched) {
      try {
        connection.window.answer();
      } catch (RuntimeException fault) {
        connection.broken(fault);
      }
    }
    touched.clear();
  }

  /** Twice a second: keep-alive, slow CONNECT, packets that never end. */
  void sweep() {
    long now = System.nanoTime();
    for (Connection connection : List.copyOf(connections)) {
      connection.checkTimes(now);
    }
  }

  /**
   * Takes nothing more, answers what is in hand as far as the deadline allows, then ends every
   * connection: the server is shutting down (0x8B).
   */
  void shutDown(long deadlineNanos, CompletableFuture<Void> done) {
    boolean idle = true;
    for (Connection connection : List.copyOf(connections)) {
      idle &= connection.quiesce();
    }
    if (!idle && System.nanoTime() - deadlineNanos < 0) {
      var _ = loop.schedule(() -> shutDown(deadlineNanos, done), 20, TimeUnit.MILLISECONDS);
      return;
    }
    for (Connection connection : List.copyOf(connections)) {
      connection.fail((byte) 0x8B, "the gateway is shutting down");
    }
    awaitGone(System.nanoTime() + FAREWELL_NANOS, done);
  }

  /** Until the peers have taken what was sent last, and closed. */
  private void awaitGone(long deadlineNanos, CompletableFuture<Void> done) {
    if (connections.isEmpty() || System.nanoTime() - deadlineNanos >= 0) {
      done.complete(null);
    } else {
      var _ =
          loop.schedule(
              Guarded.task("mqtt-stop", () -> awaitGone(deadlineNanos, done)),
              20,
              TimeUnit.MILLISECONDS);
    }
  }
}
