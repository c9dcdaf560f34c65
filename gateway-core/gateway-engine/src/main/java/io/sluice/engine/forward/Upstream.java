package io.sluice.engine.forward;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/**
 * A destination. Used by one thread, its Forwarder's; the futures that {@link #send} returns may
 * complete on any.
 *
 * <p>Failing is ordinary: after {@link #open} has thrown or a delivery came back as {@link
 * Delivery.Retry}, the Forwarder closes, waits (back-off with jitter) and opens again.
 */
public interface Upstream extends AutoCloseable {
  /** Connects; blocks a bounded time. The exception's message is shown to the operator. */
  void open() throws IOException, InterruptedException;

  /**
   * Sends a batch, without waiting for it to arrive. Up to the Forwarder's window of batches are
   * under way at once; each completes with a verdict, never exceptionally for an operating fault.
   * The batch stays unchanged until then.
   */
  CompletableFuture<Delivery> send(OutboundBatch batch);

  /**
   * Grows whenever the far end confirms something, be it only part of a batch: so that slow is told
   * from stalled. Any thread may ask. An upstream whose verdicts are its only sign of life need not
   * count.
   */
  default long confirmations() {
    return 0;
  }

  /** Gives up what is under way and disconnects. May be opened again. */
  @Override
  void close();
}
