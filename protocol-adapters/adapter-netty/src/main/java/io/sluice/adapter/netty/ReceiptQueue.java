package io.sluice.adapter.netty;

import io.netty.channel.EventLoop;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jctools.queues.MpscUnboundedArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * Brings decided messages back to one event loop: a queue, and one wake-up for a batch. It holds no
 * more than the adapter has messages in hand, so that the adapter's own bound is that of the queue.
 *
 * @param <T> the adapter's message, with its receipt
 */
public final class ReceiptQueue<T> {
  private static final int CHUNK = 1024;

  private final EventLoop loop;
  private final Runnable drain;
  private final MpscUnboundedArrayQueue<T> decided = new MpscUnboundedArrayQueue<>(CHUNK);
  private final AtomicBoolean awake = new AtomicBoolean();
  private final Runnable wake = this::wake;

  /**
   * @param drain answers what {@link #poll} gives, until it gives null; on the event loop
   */
  public ReceiptQueue(EventLoop loop, Runnable drain) {
    this.loop = loop;
    this.drain = drain;
  }

  /** The event loop to which messages come back. */
  public EventLoop loop() {
    return loop;
  }

  /** Adds a message; {@link #flush} wakes the event loop. Thread-safe. */
  public void offer(T message) {
    decided.offer(message);
  }

  /** Wakes the event loop, unless it has been woken and has not begun. Thread-safe. */
  public void flush() {
    if (awake.compareAndSet(false, true) && !execute(wake)) {
      awake.set(false);
    }
  }

  /** The next message, or null where there is none. Confined to the event loop. */
  public @Nullable T poll() {
    return decided.poll();
  }

  private void wake() {
    awake.set(false);
    drain.run();
  }

  /**
   * Runs the task on the event loop. Thread-safe.
   *
   * @return false where the event loop has ended, and with it its sockets
   */
  public boolean execute(Runnable task) {
    if (loop.isShuttingDown()) {
      return false;
    }
    try {
      loop.execute(task);
      return true;
    } catch (RejectedExecutionException ended) {
      return false; // between the question and the task
    }
  }
}
