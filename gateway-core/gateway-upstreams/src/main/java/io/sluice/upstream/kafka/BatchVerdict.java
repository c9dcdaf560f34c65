package io.sluice.upstream.kafka;

import io.sluice.api.upstream.Delivery;
import io.sluice.api.upstream.RecordVerdicts;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Gathers the outcomes of a batch's records. Thread-safe. */
final class BatchVerdict {
  private final CompletableFuture<Delivery> verdict = new CompletableFuture<>();
  private final RecordVerdicts records;
  private int missing;
  private boolean isAllTaken = true;
  private boolean isOver;

  BatchVerdict(int count) {
    records = new RecordVerdicts(count);
    missing = count;
  }

  CompletableFuture<Delivery> future() {
    return verdict;
  }

  void arrived(int index) {
    synchronized (this) {
      if (isOver) {
        return;
      }
      records.confirm(index);
    }
    settle();
  }

  /** The topic is not there, or not for this client: its records wait until it is. */
  void withoutTopic(int index, String cause) {
    synchronized (this) {
      if (isOver) {
        return;
      }
      isAllTaken = false;
      records.missDestination(index, cause);
    }
    settle();
  }

  /** A fault that no repetition mends refuses the record; one of the connection ends it. */
  void failed(int index, Exception fault) {
    synchronized (this) {
      if (isOver) {
        return;
      }
      if (fault instanceof RecordTooLargeException
          || fault instanceof InvalidTopicException
          || fault instanceof InvalidTimestampException) {
        isAllTaken = false;
        records.refuse(index, KafkaFaults.text(fault));
      } else {
        isOver = true;
      }
    }
    if (isOver()) {
      verdict.complete(new Delivery.Parted(records, KafkaFaults.text(fault)));
    } else {
      settle();
    }
  }

  private synchronized boolean isOver() {
    return isOver;
  }

  private void settle() {
    Delivery delivery;
    synchronized (this) {
      missing--;
      if (missing > 0) {
        return;
      }
      isOver = true;
      delivery = isAllTaken ? new Delivery.Delivered() : new Delivery.Parted(records, null);
    }
    verdict.complete(delivery);
  }

  /** Whether a fault says that the topic is not there, or not for this client. */
  static boolean isOfTopic(Exception fault) {
    return fault instanceof UnknownTopicOrPartitionException
        || fault instanceof TopicAuthorizationException
        || (fault instanceof TimeoutException
            && String.valueOf(fault.getMessage()).contains("not present in metadata"));
  }
}
