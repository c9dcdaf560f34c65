package io.sluice.upstream.mqtt;

import io.sluice.engine.forward.Delivery;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Publications of one connection: those that wait, alarms before the others, and how many are out.
 * Bounded by the Forwarder, which has a bounded number of batches under way. Thread-safe.
 */
final class PublishWindow {
  private final ArrayDeque<Publication> alarms = new ArrayDeque<>();
  private final ArrayDeque<Publication> others = new ArrayDeque<>();
  private final Set<BatchUnderWay> batches = new HashSet<>();
  private int limit;
  private int out;
  private boolean publisherWaits;
  private @Nullable String failure;
  private volatile long confirmations;

  PublishWindow(int limit) {
    this.limit = limit;
  }

  /** The broker wants no more than that many out. */
  synchronized void narrow(int most) {
    limit = Math.min(limit, most);
  }

  CompletableFuture<Delivery> add(
      BatchUnderWay batch, List<Publication> publications, boolean alarm) {
    synchronized (this) {
      if (failure != null) {
        return CompletableFuture.completedFuture(new Delivery.Retry(0, failure));
      }
      batches.add(batch);
      (alarm ? alarms : others).addAll(publications);
      wakePublisher();
    }
    return batch.verdict;
  }

  /** The next one to publish; waits for one and for a place in the window; null at the end. */
  synchronized @Nullable Publication take() throws InterruptedException {
    while (failure == null && (out >= limit || (alarms.isEmpty() && others.isEmpty()))) {
      publisherWaits = true;
      wait();
    }
    publisherWaits = false;
    if (failure != null) {
      return null;
    }
    out++;
    return alarms.isEmpty() ? others.remove() : alarms.remove();
  }

  void acknowledged(Publication publication) {
    settle(publication, null);
  }

  void refused(Publication publication, String cause) {
    settle(publication, cause);
  }

  private void settle(Publication publication, @Nullable String refusal) {
    BatchUnderWay batch = publication.batch();
    Delivery verdict;
    synchronized (this) {
      if (failure != null) {
        return;
      }
      out--;
      confirmations++;
      verdict =
          refusal == null ? batch.acknowledged() : batch.refused(publication.index(), refusal);
      if (verdict != null) {
        batches.remove(batch);
      }
      wakePublisher();
    }
    if (verdict != null) {
      batch.verdict.complete(verdict);
    }
  }

  /** Ends it: every batch under way must be sent again. */
  void fail(String cause) {
    List<BatchUnderWay> left;
    synchronized (this) {
      if (failure != null) {
        return;
      }
      failure = cause;
      left = new ArrayList<>(batches);
      batches.clear();
      alarms.clear();
      others.clear();
      notifyAll();
    }
    left.forEach(batch -> batch.verdict.complete(new Delivery.Retry(0, cause)));
  }

  long confirmations() {
    return confirmations;
  }

  private void wakePublisher() {
    if (publisherWaits) {
      notifyAll();
    }
  }
}
