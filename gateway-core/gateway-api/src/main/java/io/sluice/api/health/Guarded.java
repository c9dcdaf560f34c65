package io.sluice.api.health;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * The one guard of every thread and scheduled task. What it throws, errors too, is logged with the
 * task's name, once while it stays the same, and counted ({@code sluice_faults_total}). A task goes
 * on with its next turn, a loop begins anew, and a thread that cannot go on makes the gateway not
 * ready, with a reason. Executors drop a periodic task that throws, and a thread that throws ends,
 * without a word: neither may be started without this.
 */
public final class Guarded {
  private static final Logger LOG = System.getLogger(Guarded.class.getName());
  private static final long SAME_AGAIN_NANOS = TimeUnit.MINUTES.toNanos(10);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final String name;
  private final Health health;
  private final LongSupplier nanoTime;

  // What was logged last. Several threads may run one task; a line too many does no harm.
  private volatile String told = "";
  private volatile long toldNanos;

  Guarded(String name, Health health, LongSupplier nanoTime) {
    this.name = name;
    this.health = health;
    this.nanoTime = nanoTime;
  }

  private static Guarded ofProcess(String name) {
    return new Guarded(name, Health.ofProcess(), System::nanoTime);
  }

  /**
   * A scheduled task, or one that an executor runs: one turn may fail, the next is run all the
   * same.
   *
   * @param name of the task: a label of a metric, so of a bounded set
   */
  public static Runnable task(String name, Runnable turn) {
    return ofProcess(name).task(turn);
  }

  /** What a thread runs that does not begin anew: where it throws, the gateway is not ready. */
  public static Runnable thread(String name, Runnable work) {
    return ofProcess(name).thread(work);
  }

  /**
   * What a thread runs for as long as it is wanted. Where it throws, it is called again a second
   * later; what it was at is then lost, or done again, as its state says.
   *
   * @param isStopping whether it is wanted no more
   */
  public static Runnable loop(String name, Runnable work, BooleanSupplier isStopping) {
    return ofProcess(name).loop(work, isStopping, PAUSE);
  }

  /** One guard for many tasks of a name, or for faults that are caught where they come up. */
  public static Guarded of(String name) {
    return ofProcess(name);
  }

  /** For threads that nobody guarded, a library's for instance. Once, when the process begins. */
  public static void everyThread() {
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, fault) -> ofProcess(nameOf(thread)).ended(fault));
  }

  /** For a pool, which puts a new thread in the place of one that ended. */
  public static Thread.UncaughtExceptionHandler replaced(String name) {
    Guarded guard = ofProcess(name);
    return (thread, fault) -> guard.caught(fault);
  }

  /** Threads of a pool are one name. */
  static String nameOf(Thread thread) {
    String name = thread.getName().replaceAll("[0-9]+", "").replaceAll("[-#]+$", "");
    return name.isEmpty() ? "unnamed" : name;
  }

  /** As {@link #task(String, Runnable)}, with this guard. */
  public Runnable task(Runnable turn) {
    return () -> {
      try {
        turn.run();
      } catch (Throwable e) { // the task's top: what it throws must not end it
        caught(e);
      }
    };
  }

  Runnable thread(Runnable work) {
    return () -> {
      try {
        work.run();
      } catch (Throwable e) { // the thread's top: nobody else would tell
        ended(e);
      }
    };
  }

  Runnable loop(Runnable work, BooleanSupplier isStopping, Duration pause) {
    return () -> {
      boolean isDone = false;
      while (!isDone) {
        try {
          work.run();
          isDone = true;
        } catch (Throwable e) { // the thread's top: it begins anew
          caught(e);
          isDone = isStopping.getAsBoolean();
          if (!isDone) {
            LockSupport.parkNanos(pause.toNanos());
          }
        }
      }
    };
  }

  /** Logs and counts what was thrown; the task goes on. Any thread. */
  public void caught(Throwable fault) {
    health.fault(name);
    String kind = kindOf(fault);
    long now = nanoTime.getAsLong();
    if (!kind.equals(told) || now - toldNanos >= SAME_AGAIN_NANOS) {
      told = kind;
      toldNanos = now;
      LOG.log(Level.ERROR, "background task " + name + " failed and goes on: " + fault, fault);
    }
  }

  /** What and where: its words may be new each time. */
  private static String kindOf(Throwable fault) {
    StackTraceElement[] places = fault.getStackTrace();
    return fault.getClass().getName() + (places.length == 0 ? "" : places[0]);
  }

  /** What was thrown ended the thread: it is logged and counted, and the gateway is not ready. */
  public void ended(Throwable fault) {
    health.fault(name);
    LOG.log(Level.ERROR, "thread " + name + " ended; restart the gateway", fault);
    health.notReady(
        "thread " + name, "thread " + name + " ended: " + fault + "; restart the gateway");
  }
}
