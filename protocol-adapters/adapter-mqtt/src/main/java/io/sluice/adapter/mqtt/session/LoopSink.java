package io.sluice.adapter.mqtt.session;

import io.netty.channel.EventLoop;
import io.sluice.adapter.netty.ConnectionLoop;
import io.sluice.adapter.netty.ReceiptQueue;
import io.sluice.api.adapter.Receipt;
import io.sluice.api.adapter.ReceiptSink;
import io.sluice.api.adapter.Uplink;
import java.util.ArrayList;
import java.util.List;

/**
 * The connections of one event loop, and the way of receipts back to them. The queue never holds
 * more than the windows of the loop's connections, so it is bounded by them.
 */
public final class LoopSink extends ConnectionLoop implements ReceiptSink {
  private final ReceiptQueue<Publication> resolved;
  private final List<Connection> touched = new ArrayList<>();

  public LoopSink(EventLoop loop) {
    super(loop, Connection.PROTOCOL);
    this.resolved = new ReceiptQueue<>(loop, this::drain);
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
        next.connection.ending.broken(fault); // ends that one, and costs no other its answers
      }
    }
    for (Connection connection : touched) {
      try {
        connection.window.answer();
      } catch (RuntimeException fault) {
        connection.ending.broken(fault);
      }
    }
    touched.clear();
  }
}
