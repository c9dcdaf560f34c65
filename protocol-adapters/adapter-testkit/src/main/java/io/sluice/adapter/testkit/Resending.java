package io.sluice.adapter.testkit;

import io.sluice.api.upstream.Delivery;
import io.sluice.api.upstream.OutboundBatch;
import io.sluice.api.upstream.Upstream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Sends batches until each is delivered: what the Forwarder does, as plain as can be. */
public final class Resending {
  private static final int WINDOW = 4;

  private Resending() {}

  public static void sendAll(Upstream upstream, List<? extends OutboundBatch> batches)
      throws InterruptedException, ExecutionException, TimeoutException {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    int done = 0;
    while (done < batches.size()) {
      if (System.nanoTime() > end) {
        throw new TimeoutException(done + " of " + batches.size() + " delivered");
      }
      done = session(upstream, batches, done);
    }
  }

  /** The same while the test does something else; what fails comes out of the future. */
  public static CompletableFuture<Void> inBackground(
      Upstream upstream, List<? extends OutboundBatch> batches) {
    return CompletableFuture.runAsync(() -> {
      try {
        sendAll(upstream, batches);
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    });
  }

  private static int session(Upstream upstream, List<? extends OutboundBatch> batches, int from)
      throws InterruptedException, ExecutionException, TimeoutException {
    int done = from;
    try {
      upstream.open();
      ArrayDeque<CompletableFuture<Delivery>> window = new ArrayDeque<>();
      for (int next = from; done < batches.size(); ) {
        while (next < batches.size() && window.size() < WINDOW) {
          window.add(upstream.send(batches.get(next++)));
        }
        if (!(window.remove().get(30, TimeUnit.SECONDS) instanceof Delivery.Delivered)) {
          return done;
        }
        done++;
      }
      return done;
    } catch (IOException e) {
      // The far end is restarting: as good a pause as any.
      TimeUnit.MILLISECONDS.sleep(50);
      return done;
    } finally {
      if (done < batches.size()) {
        upstream.close();
      }
    }
  }
}
