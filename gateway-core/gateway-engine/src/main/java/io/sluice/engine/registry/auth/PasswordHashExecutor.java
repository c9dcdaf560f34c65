package io.sluice.engine.registry.auth;

import io.sluice.api.AddressKey;
import io.sluice.api.health.Guarded;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The threads that make slow hashes, behind three bounded lanes. Of four turns three are of those
 * whose password was right before at the same address, and all that the others do not need: after a
 * restart they come in though unknown names are tried by the thousand. Work of addresses that
 * failed often of late is taken only while nobody else waits. Within a lane each address has its
 * turn ({@link FairLane}). Thread-safe; offering never blocks.
 */
final class PasswordHashExecutor implements AutoCloseable {
  private static final int SUSPECT_LIMIT = 64;
  private static final int TURNS = 4;

  /** Who waits. */
  enum Standing {
    /** Was right before, at the same address. */
    KNOWN,
    TRUSTED,
    /** Of an address that failed often of late. */
    SUSPECT
  }

  private final FairLane known;
  private final FairLane trusted;
  private final FairLane suspect = new FairLane(SUSPECT_LIMIT);
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition offered = lock.newCondition();
  private final Guarded fault = Guarded.of("registry-hash");
  private final List<Thread> threads = new ArrayList<>();
  private int turn; // guarded by the lock
  private volatile boolean closed; // written under the lock

  /**
   * @param limit most that may wait in the lane of the known, and in that of the trusted
   */
  PasswordHashExecutor(int threadCount, int limit) {
    this.known = new FairLane(limit);
    this.trusted = new FairLane(limit);
    for (int i = 0; i < threadCount; i++) {
      threads.add(
          Thread.ofPlatform()
              .name("registry-hash-" + i)
              .daemon()
              .start(Guarded.loop("registry-hash", this::run, () -> closed)));
    }
  }

  /** Takes the work in, or has it or another given up; where the pool is closed, this one. */
  void offer(Standing standing, AddressKey from, FairLane.Work work) {
    FairLane.Work givenUp;
    lock.lock();
    try {
      givenUp = closed ? work : lane(standing).offer(from, work);
      offered.signal();
    } finally {
      lock.unlock();
    }
    if (givenUp != null) {
      givenUp.givenUp();
    }
  }

  private FairLane lane(Standing standing) {
    return switch (standing) {
      case KNOWN -> known;
      case TRUSTED -> trusted;
      case SUSPECT -> suspect;
    };
  }

  int waiting() {
    lock.lock();
    try {
      return known.size() + trusted.size() + suspect.size();
    } finally {
      lock.unlock();
    }
  }

  int threadCount() {
    return threads.size();
  }

  private void run() {
    for (Runnable work = take(); work != null; work = take()) {
      try {
        work.run();
      } catch (RuntimeException | Error e) {
        // the work completes its own stage; what still comes here must not end the thread
        fault.caught(e);
      }
    }
  }

  private @Nullable Runnable take() {
    lock.lock();
    try {
      while (!closed && known.isEmpty() && trusted.isEmpty() && suspect.isEmpty()) {
        offered.awaitUninterruptibly();
      }
      return next();
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Runnable next() {
    if (trusted.isEmpty() && known.isEmpty()) {
      return suspect.take();
    }
    turn = (turn + 1) % TURNS;
    boolean isOfTheKnown = trusted.isEmpty() || (turn != 0 && !known.isEmpty());
    return isOfTheKnown ? known.take() : trusted.take();
  }

  /** Takes no more; what waits is still done by the daemon threads while the process lives. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      offered.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
