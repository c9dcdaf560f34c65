package io.sluice.engine.ingest;

import io.sluice.api.admin.Operations.Following;
import io.sluice.api.admin.Operations.LiveEvent;
import io.sluice.api.health.Guarded;
import io.sluice.api.health.Health;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets operators follow stored records. The writer thread offers; each follower has a queue of
 * 1,000 records and a thread of its own that renders them; what does not fit is counted as missed.
 * Costs one comparison a record while nobody follows.
 */
public final class LiveFeed {
  private static final Logger LOG = LoggerFactory.getLogger(LiveFeed.class);
  private static final int QUEUE_RECORDS = 1_000;

  /** Most followers at once; one more is refused. */
  public static final int FOLLOWERS_MAX = 32;

  /** A record as stored. */
  record Stored(IngestEntry entry, long sequence) {}

  private final LiveRendering rendering;
  private final List<Follower> followers = new CopyOnWriteArrayList<>();

  LiveFeed(LiveRendering rendering) {
    this.rendering = rendering;
  }

  /**
   * Follows from now on, until the handle is closed.
   *
   * @throws IllegalStateException where {@value #FOLLOWERS_MAX} follow already
   */
  public synchronized Following follow(Consumer<LiveEvent> listener) {
    if (followers.size() >= FOLLOWERS_MAX) {
      throw new IllegalStateException(
          "the live stream has " + FOLLOWERS_MAX + " followers already; close one");
    }
    Follower follower = new Follower(listener);
    followers.add(follower);
    Thread thread =
        Thread.ofVirtual().name("live-feed").start(Guarded.task("live-feed", follower::run));
    return () -> {
      followers.remove(follower);
      thread.interrupt();
    };
  }

  void stored(IngestEntry entry, long sequence) {
    if (!followers.isEmpty()) {
      Stored stored = new Stored(entry, sequence);
      followers.forEach(follower -> follower.offer(stored));
    }
  }

  private final class Follower {
    private final Consumer<LiveEvent> listener;
    private final BlockingQueue<Stored> queue = new ArrayBlockingQueue<>(QUEUE_RECORDS);
    private final AtomicLong missed = new AtomicLong();

    Follower(Consumer<LiveEvent> listener) {
      this.listener = listener;
    }

    void offer(Stored stored) {
      if (!queue.offer(stored)) {
        missed.incrementAndGet();
      }
    }

    void run() {
      try {
        while (true) {
          Stored stored = queue.take();
          listener.accept(rendering.render(stored, missed.getAndSet(0)));
        }
      } catch (InterruptedException e) {
        LOG.debug("a live stream was closed");
      } catch (RuntimeException | Error e) {
        Health.ofProcess().fault("live-feed");
        LOG.warn("a live stream ended, its listener failed: {}", e.toString());
        followers.remove(this);
      }
    }
  }
}
