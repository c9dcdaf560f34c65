package io.sluice.adapter.coap.server;

import io.sluice.api.health.Guarded;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads of Californium's protocol stage. A task that a protocol thread hands out is run by
 * the same thread right after the present one: Californium hands each message on twice, and each
 * change of thread costs more than the work. Bounded: what does not fit is refused, and a datagram
 * refused is a datagram lost, which the device sends again. Timers are another executor's.
 */
final class ProtocolThreads extends ThreadPoolExecutor implements ScheduledExecutorService {
  private static final Logger log = LoggerFactory.getLogger(ProtocolThreads.class);
  private static final int MAX_WAITING_TASKS = 65_536;
  private static final Thread.UncaughtExceptionHandler FAULTS = Guarded.replaced("coap");
  private static final AtomicInteger NUMBER = new AtomicInteger();

  private final ScheduledExecutorService timers;

  ProtocolThreads(int threads, ScheduledExecutorService timers) {
    super(
        threads,
        threads,
        0,
        TimeUnit.SECONDS,
        new ArrayBlockingQueue<>(MAX_WAITING_TASKS),
        ProtocolThread::new);
    this.timers = timers;
  }

  /** One of our threads with what it has to do after the present task: at most a few tasks. */
  private static final class ProtocolThread extends Thread {
    private final Queue<Runnable> next = new ArrayDeque<>();

    ProtocolThread(Runnable work) {
      super(work, "coap-" + NUMBER.incrementAndGet());
      setDaemon(true);
      setUncaughtExceptionHandler(FAULTS);
    }
  }

  @Override
  public void execute(Runnable task) {
    if (Thread.currentThread() instanceof ProtocolThread thread && !isShutdown()) {
      thread.next.add(task);
    } else {
      super.execute(task);
    }
  }

  /** Runs the task on whichever thread is free. */
  void share(Runnable task) {
    super.execute(task);
  }

  @Override
  protected void afterExecute(Runnable task, @Nullable Throwable fault) {
    super.afterExecute(task, fault);
    Queue<Runnable> next = ((ProtocolThread) Thread.currentThread()).next;
    Runnable following;
    while ((following = next.poll()) != null) {
      try {
        following.run();
      } catch (RuntimeException unexpected) {
        // Top of the thread: one message's fault must not cost the others their answer.
        log.error("coap: a message failed", unexpected);
      }
    }
  }

  private void executeOrDrop(Runnable task) {
    try {
      super.execute(task);
    } catch (RejectedExecutionException full) {
      log.debug("coap: a timer's task was refused", full);
    }
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
    return timers.schedule(() -> executeOrDrop(task), delay, unit);
  }

  @Override
  public <V> ScheduledFuture<V> schedule(Callable<V> task, long delay, TimeUnit unit) {
    return timers.schedule(task, delay, unit);
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(
      Runnable task, long initialDelay, long period, TimeUnit unit) {
    return timers.scheduleAtFixedRate(
        Guarded.task("coap-timer", () -> executeOrDrop(task)), initialDelay, period, unit);
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable task, long initialDelay, long delay, TimeUnit unit) {
    return timers.scheduleWithFixedDelay(
        Guarded.task("coap-timer", () -> executeOrDrop(task)), initialDelay, delay, unit);
  }
}
