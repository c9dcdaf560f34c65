package io.sluice.upstream.mqtt;

import io.sluice.engine.forward.Delivery;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A batch that waits for its acknowledgements. Guarded by its {@link PublishWindow}'s monitor. */
final class BatchUnderWay {
  final CompletableFuture<Delivery> verdict = new CompletableFuture<>();
  private int unacknowledged;
  private int refusedIndex = Integer.MAX_VALUE;
  private @Nullable String refusal;

  BatchUnderWay(int count) {
    unacknowledged = count;
  }

  /** Returns the verdict where this was the last one. */
  @Nullable Delivery acknowledged() {
    unacknowledged--;
    if (unacknowledged > 0) {
      return null;
    }
    return refusal == null ? new Delivery.Delivered() : new Delivery.Refused(refusedIndex, refusal);
  }

  @Nullable Delivery refused(int index, String cause) {
    if (index < refusedIndex) {
      refusedIndex = index;
      refusal = cause;
    }
    return acknowledged();
  }
}
