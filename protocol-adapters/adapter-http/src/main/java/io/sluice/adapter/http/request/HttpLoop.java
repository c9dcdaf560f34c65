package io.sluice.adapter.http.request;

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
 * more than the connections have messages in hand, so it is bounded by them.
 */
public final class HttpLoop extends ConnectionLoop implements ReceiptSink {
  private final ReceiptQueue<HttpMessage> decided;
  private final List<Runnable> unsent = new ArrayList<>();
  private boolean isWithin;

  public HttpLoop(EventLoop loop) {
    super(loop, HttpOptions.PROTOCOL);
    this.decided = new ReceiptQueue<>(loop, () -> run(this::drain));
  }

  @Override
  public void receipt(Uplink uplink, Receipt receipt) {
    HttpMessage message = (HttpMessage) uplink;
    message.given = receipt;
    decided.offer(message);
  }

  @Override
  public void flush() {
    decided.flush();
  }

  /**
   * Runs the task on the loop, and sends what was answered by it. Thread-safe.
   *
   * @return false where the loop has ended, and with it its connections
   */
  public boolean execute(Runnable task) {
    return decided.execute(() -> run(task));
  }

  /** Runs the task now, and sends what was answered by it at once. Confined to the event loop. */
  public void run(Runnable task) {
    if (isWithin) {
      task.run();
      return;
    }
    isWithin = true;
    try {
      task.run();
    } finally {
      isWithin = false;
      send();
    }
  }

  /**
   * Sends at the end of this turn what was written. Confined to the event loop.
   *
   * @param flush of a connection
   */
  public void unsent(Runnable flush) {
    if (isWithin) {
      unsent.add(flush);
    } else {
      flush.run();
    }
  }

  private void send() {
    for (int i = 0; i < unsent.size(); i++) {
      unsent.get(i).run();
    }
    unsent.clear();
  }

  private void drain() {
    for (HttpMessage next = decided.poll(); next != null; next = decided.poll()) {
      next.decided();
    }
  }
}
