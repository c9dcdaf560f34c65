package io.sluice.engine.registry.device;

import io.sluice.api.health.Guarded;
import io.sluice.api.store.StoreUnavailableException;
import io.sluice.engine.registry.credential.PasswordHasher;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the slow hashes of seeded passwords in the background, so that a start with thousands of
 * new devices does not wait for them; until then the device is checked against a quick digest in
 * memory. Where the store does not take them, it tries again until it does. Bounded by the device
 * files. One thread of its own, which ends with the work.
 */
public final class SeedPasswords {
  private static final Logger LOG = LoggerFactory.getLogger(SeedPasswords.class);
  private static final long FIRST_WAIT_MILLIS = 250;
  private static final long LONGEST_WAIT_MILLIS = 30_000;

  /**
   * @param id of the device
   * @param password in the clear, until its hash is stored
   * @param quick what stands in for the hash
   * @param digest of the seed entry
   */
  public record Pending(String id, byte[] password, String quick, String digest) {
    @Override
    public String toString() {
      return "Pending[" + id + "]";
    }
  }

  private final PasswordHasher hasher;
  private final BiConsumer<Pending, String> settle;
  private final ConcurrentMap<String, Pending> pending = new ConcurrentHashMap<>();
  private final ReentrantLock hashing = new ReentrantLock();
  private final CountDownLatch closing = new CountDownLatch(1);
  private volatile boolean closed;
  private @Nullable Thread thread;
  private CountDownLatch idle = new CountDownLatch(0);

  /**
   * @param settle stores a device with its slow hash; throws {@link StoreUnavailableException}
   */
  public SeedPasswords(PasswordHasher hasher, BiConsumer<Pending, String> settle) {
    this.hasher = hasher;
    this.settle = settle;
  }

  synchronized void add(List<Pending> more) {
    for (Pending one : more) {
      pending.put(one.id(), one);
    }
    if (closed || pending.isEmpty() || idle.getCount() > 0) {
      return;
    }
    idle = new CountDownLatch(1);
    CountDownLatch done = idle;
    thread =
        Thread.ofPlatform()
            .name("registry-seed-passwords")
            .daemon()
            .start(Guarded.task("registry-seed-passwords", () -> run(done)));
  }

  private void run(CountDownLatch done) {
    long wait = FIRST_WAIT_MILLIS;
    boolean isTold = false;
    while (!finished(done)) {
      try {
        Iterator<String> ids = pending.keySet().iterator();
        while (!closed && ids.hasNext()) {
          finish(ids.next());
        }
        wait = FIRST_WAIT_MILLIS;
      } catch (StoreUnavailableException e) {
        if (!isTold) {
          isTold = true;
          LOG.warn(
              "passwords of {} seeded devices wait to be stored: {}",
              pending.size(),
              e.getMessage());
        }
        pause(wait);
        wait = Math.min(2 * wait, LONGEST_WAIT_MILLIS);
      }
    }
  }

  private void pause(long millis) {
    try {
      var _ = closing.await(millis, TimeUnit.MILLISECONDS); // the loop looks whether it is closed
    } catch (InterruptedException e) {
      closed = true;
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Under the lock, so that what is added meanwhile either finds this thread going or starts one.
   */
  private synchronized boolean finished(CountDownLatch done) {
    if (closed || pending.isEmpty()) {
      done.countDown();
      return true;
    }
    return false;
  }

  /** Stores the device now, if its hash is still to be made. Before any other change to it. */
  void finish(String id) {
    if (!pending.containsKey(id)) {
      return;
    }
    hashing.lock();
    try {
      Pending one = pending.get(id);
      if (one != null) {
        settle.accept(one, hasher.hash(one.password()));
        pending.remove(id, one);
      }
    } finally {
      hashing.unlock();
    }
  }

  /** By device whose hash is still to be made, the digest of its seed entry. */
  Map<String, String> digests() {
    Map<String, String> digests = new HashMap<>();
    pending.values().forEach(one -> digests.put(one.id(), one.digest()));
    return digests;
  }

  void await() throws InterruptedException {
    CountDownLatch latch;
    synchronized (this) {
      latch = idle;
    }
    latch.await();
  }

  void close() {
    Thread running;
    synchronized (this) {
      closed = true;
      running = thread;
    }
    closing.countDown();
    if (running == null) {
      return;
    }
    try {
      running.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
