package io.sluice.sim.time;

import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tasks for later whose failures are seen. */
public final class Timers {
  private static final Logger LOG = LoggerFactory.getLogger(Timers.class);

  private Timers() {}

  /** Runs the task on the loop after a while; does nothing once the loop shuts down. */
  public static void after(EventExecutor loop, Runnable task, long delayMillis) {
    afterNanos(loop, task, TimeUnit.MILLISECONDS.toNanos(delayMillis));
  }

  /** The same, where a millisecond is a long time. */
  @SuppressWarnings("FutureReturnValueIgnored") // the listener is what looks at it
  public static void afterNanos(EventExecutor loop, Runnable task, long delayNanos) {
    if (loop.isShuttingDown()) {
      return;
    }
    loop.schedule(task, delayNanos, TimeUnit.NANOSECONDS)
        .addListener(done -> {
          if (!done.isSuccess() && !done.isCancelled()) {
            LOG.error("a simulator task failed", done.cause());
          }
        });
  }
}
