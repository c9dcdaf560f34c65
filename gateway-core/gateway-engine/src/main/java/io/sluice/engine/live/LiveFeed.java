package io.sluice.engine.live;

import io.sluice.api.DeviceId;
import io.sluice.api.Following;
import io.sluice.api.Lane;
import io.sluice.api.LiveEvent;
import io.sluice.api.MessageClass;
import io.sluice.api.adapter.LiveRecords;
import io.sluice.api.health.Guarded;
import io.sluice.api.health.Health;
import io.sluice.spool.Terms;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets operators follow stored records. The writer thread offers; each follower has a queue of
 * 1,000 records and a thread of its own that renders them; what does not fit is counted as missed.
 * Costs one comparison a record while nobody follows.
 */
public final class LiveFeed implements LiveRecords {
  private static final Logger LOG = LoggerFactory.getLogger(LiveFeed.class);
  private static final int QUEUE_RECORDS = 1_000;

  /** Most followers at once; one more is refused. */
  public static final int FOLLOWERS_MAX = 32;

  /** Of those, kept for operators: no consumer takes them. */
  static final int OPERATORS = 8;

  /** Most of one consumer at once, as for a few screens that share its name. */
  static final int PER_CONSUMER = 8;

  /** The random part of a record's id. */
  @FunctionalInterface
  public interface Epochs {
    String of(Lane lane, long sequence);
  }

  /** A record as stored. */
  record Stored(DeviceId device, MessageClass messageClass, byte[] body, long sequence) {}

  private final LiveRendering rendering;
  private final List<Follower> followers = new CopyOnWriteArrayList<>();

  /** Of records that name nothing by number. */
  LiveFeed(Epochs epochs) {
    this(epochs, Terms.NONE);
  }

  /**
   * @param terms what the records of this run name by number
   */
  public LiveFeed(Epochs epochs, Terms terms) {
    this.rendering = new LiveRendering(epochs, terms);
  }

  /**
   * Follows from now on, until the handle is closed.
   *
   * @throws IllegalStateException where {@value #FOLLOWERS_MAX} follow already
   */
  public Following follow(Consumer<LiveEvent> listener) {
    return begin(null, listener);
  }

  /**
   * The same for a consumer: one has {@value #PER_CONSUMER} places at most, and all consumers leave
   * {@value #OPERATORS} for operators.
   *
   * @throws IllegalStateException where there is no place for it
   */
  @Override
  public Following follow(String consumer, Consumer<LiveEvent> listener) {
    return begin(consumer, listener);
  }

  private synchronized Following begin(@Nullable String consumer, Consumer<LiveEvent> listener) {
    if (consumer != null) {
      long own = followers.stream().filter(one -> consumer.equals(one.consumer)).count();
      if (own >= PER_CONSUMER) {
        throw new IllegalStateException(
            "consumer " + consumer + " follows " + PER_CONSUMER + " times already; close one");
      }
    }
    long consumers = followers.stream().filter(one -> one.consumer != null).count();
    if (followers.size() >= FOLLOWERS_MAX
        || (consumer != null && consumers >= FOLLOWERS_MAX - OPERATORS)) {
      throw new IllegalStateException(
          "the live stream has " + followers.size() + " followers already; close one");
    }
    Follower follower = new Follower(consumer, listener);
    followers.add(follower);
    Thread thread =
        Thread.ofVirtual().name("live-feed").start(Guarded.task("live-feed", follower::run));
    return () -> {
      followers.remove(follower);
      thread.interrupt();
    };
  }

  /**
   * A record is on disk. Called on the spool's writer thread.
   *
   * @param body as encoded; must not be changed
   */
  public void stored(DeviceId device, MessageClass messageClass, byte[] body, long sequence) {
    if (!followers.isEmpty()) {
      Stored stored = new Stored(device, messageClass, body, sequence);
      followers.forEach(follower -> follower.offer(stored));
    }
  }

  private final class Follower {
    private final @Nullable String consumer;
    private final Consumer<LiveEvent> listener;
    private final BlockingQueue<Stored> queue = new ArrayBlockingQueue<>(QUEUE_RECORDS);
    private final AtomicLong missed = new AtomicLong();

    Follower(@Nullable String consumer, Consumer<LiveEvent> listener) {
      this.consumer = consumer;
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
