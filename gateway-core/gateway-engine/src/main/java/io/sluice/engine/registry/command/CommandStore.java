package io.sluice.engine.registry.command;

import io.sluice.api.health.Guarded;
import io.sluice.api.store.RegistryStore;
import io.sluice.api.store.StoreUnavailableException;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps commands in the registry's store. New ones are written by the caller, who waits for the
 * disk; changes of state by one background thread, which writes the latest state of all that
 * changed in one transaction. What waits to be written is therefore bounded by the number of
 * commands kept.
 *
 * <p>While the disk fails, states live in memory and are tried again each second; new commands are
 * refused.
 */
final class CommandStore implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CommandStore.class);
  private static final long TICK_MILLIS = 1_000;

  private final RegistryStore store;
  private final ConcurrentMap<Long, CommandEntry> changed = new ConcurrentHashMap<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition wake = lock.newCondition();
  private volatile boolean closed; // written under the lock
  private boolean failing;
  private final Thread writer;

  /**
   * @param tick run by the writer each second: the sweep
   */
  CommandStore(RegistryStore store, Runnable tick) {
    this.store = store;
    this.writer =
        Thread.ofPlatform()
            .name("registry-commands")
            .daemon()
            .unstarted(Guarded.loop("registry-commands", () -> run(tick), () -> closed));
  }

  /** Begins to tick and to write. */
  void start() {
    writer.start();
  }

  /**
   * Returns when the command is on disk.
   *
   * @throws StoreUnavailableException where it cannot be written
   */
  void insert(CommandEntry entry) {
    store.apply(entry.step());
  }

  /** Has its state written soon. Never blocks on the disk. */
  void changed(CommandEntry entry) {
    changed.put(entry.sequence(), entry);
    lock.lock();
    try {
      wake.signal();
    } finally {
      lock.unlock();
    }
  }

  private void run(Runnable tick) {
    Runnable sweep = Guarded.task("registry-commands", tick);
    long nextTick = System.nanoTime();
    while (pause()) {
      if (System.nanoTime() - nextTick >= 0) {
        nextTick = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS);
        sweep.run();
      }
      failing = !flush();
    }
    flush();
  }

  /** Waits until there is something to do, a second at the most; false when closed. */
  private boolean pause() {
    lock.lock();
    try {
      long left = TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS);
      while (!closed && (failing || changed.isEmpty()) && left > 0) {
        left = wake.awaitNanos(left);
      }
      return !closed;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  private boolean flush() {
    List<CommandEntry> batch = List.copyOf(changed.values());
    if (batch.isEmpty()) {
      return true;
    }
    // removed first: a change that comes while this batch is written is a new one
    batch.forEach(entry -> changed.remove(entry.sequence(), entry));
    try {
      store.apply(batch.stream().map(CommandEntry::step).toList());
      return true;
    } catch (StoreUnavailableException e) {
      batch.forEach(entry -> changed.putIfAbsent(entry.sequence(), entry));
      if (!failing) {
        LOG.warn("states of commands are kept in memory until this is mended: {}", e.getMessage());
      }
      return false;
    }
  }

  /** Writes what is left. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      wake.signal();
    } finally {
      lock.unlock();
    }
    try {
      writer.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
