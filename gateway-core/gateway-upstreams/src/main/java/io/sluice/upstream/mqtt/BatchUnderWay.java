package io.sluice.upstream.mqtt;

import io.sluice.engine.forward.Delivery;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A batch on its way: what is to be published yet, and what was said of it. Its loop's alone. */
final class BatchUnderWay {
  final CompletableFuture<Delivery> verdict = new CompletableFuture<>();
  final PublishFrames frames;
  final boolean isAlarm;

  /** Index of the next one to publish. */
  int next;

  private int unacknowledged;
  private int refusedIndex;
  private @Nullable String refusal;
  private int deniedIndex = Integer.MAX_VALUE;
  private @Nullable String denial;

  BatchUnderWay(PublishFrames frames, boolean isAlarm) {
    this.frames = frames;
    this.isAlarm = isAlarm;
    this.unacknowledged = frames.count();
    this.refusal = frames.unfit();
    this.refusedIndex = refusal == null ? Integer.MAX_VALUE : frames.count();
  }

  boolean isPublished() {
    return next == frames.count();
  }

  boolean isAnswered() {
    return unacknowledged == 0;
  }

  void acknowledged(int count) {
    unacknowledged -= count;
  }

  void refused(int index, String cause) {
    unacknowledged--;
    if (index < refusedIndex) {
      refusedIndex = index;
      refusal = cause;
    }
  }

  /** The broker lets this client not publish it: it may be this topic, or all of them. */
  void denied(int index, String cause) {
    unacknowledged--;
    if (index < deniedIndex) {
      deniedIndex = index;
      denial = cause;
    }
  }

  /**
   * Once all is answered. What was denied is refused where the broker takes other topics of this
   * connection; where it takes none, the connection has no rights yet, and nothing is given up.
   */
  Delivery verdict(boolean takesOthers) {
    if (denial != null && !takesOthers) {
      return new Delivery.Retry(0, denial);
    }
    if (denial != null && deniedIndex < refusedIndex) {
      return new Delivery.Refused(deniedIndex, denial);
    }
    return refusal == null ? new Delivery.Delivered() : new Delivery.Refused(refusedIndex, refusal);
  }
}
