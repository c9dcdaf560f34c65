package io.sluice.api.upstream;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

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

  /**
   * Why the connection is over; null while it holds. Asked a few times a second, also while nothing
   * is sent, so that an idle line's end is known. Any thread may ask. An upstream that has no
   * connection need not tell.
   */
  default @Nullable String ended() {
    return null;
  }

  /**
   * Grows while anything moves towards the far end, be it only bytes that leave the socket: so that
   * a slow line is told from a dead one. Any thread may ask.
   */
  default long progress() {
    return confirmations();
  }

  /**
   * What a record is addressed to at the far end, such as its topic: records of one destination
   * share its fate. Called on the Forwarder's thread.
   */
  default String destination(OutboundBatch batch, int index) {
    return batch.device(index);
  }

  /** What to look after where connections are lost again and again soon after they were made. */
  default @Nullable String hintWhenShortLived() {
    return null;
  }

  /** Gives up what is under way and disconnects. May be opened again. */
  @Override
  void close();
}
