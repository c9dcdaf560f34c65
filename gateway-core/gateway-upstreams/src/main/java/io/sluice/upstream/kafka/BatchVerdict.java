package io.sluice.upstream.kafka;

import io.sluice.engine.forward.Delivery;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;

/** Gathers the outcomes of a batch's records. Thread-safe. */
final class BatchVerdict {
  private final CompletableFuture<Delivery> verdict = new CompletableFuture<>();
  private int missing;
  private int refusedIndex = Integer.MAX_VALUE;
  private @Nullable String refusal;

  BatchVerdict(int count) {
    missing = count;
  }

  CompletableFuture<Delivery> future() {
    return verdict;
  }

  void arrived() {
    complete(settled());
  }

  /** A fault that no repetition mends refuses the record; any other sends the batch again. */
  void failed(int index, Exception fault) {
    if (fault instanceof RecordTooLargeException
        || fault instanceof InvalidTopicException
        || fault instanceof InvalidTimestampException) {
      synchronized (this) {
        if (index < refusedIndex) {
          refusedIndex = index;
          refusal = KafkaFaults.text(fault);
        }
      }
      complete(settled());
    } else {
      complete(new Delivery.Retry(0, KafkaFaults.text(fault)));
    }
  }

  private synchronized @Nullable Delivery settled() {
    missing--;
    if (missing > 0) {
      return null;
    }
    return refusal == null ? new Delivery.Delivered() : new Delivery.Refused(refusedIndex, refusal);
  }

  private void complete(@Nullable Delivery delivery) {
    if (delivery != null) {
      verdict.complete(delivery);
    }
  }
}
