package io.sluice.adapter.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoRegistration;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class GatheringIoHandlerTest {
  private final Sockets sockets = new Sockets();
  private final Loop loop = new Loop();
  private final GatheringIoHandler handler = new GatheringIoHandler(sockets, () -> 7);

  /** Finds a few events at each look. */
  private static final class Sockets implements IoHandler {
    final AtomicInteger looks = new AtomicInteger();
    final AtomicInteger looksAtOnce = new AtomicInteger();
    final AtomicInteger wakeUps = new AtomicInteger();
    volatile int found = 3;

    @Override
    public int run(IoHandlerContext context) {
      looks.incrementAndGet();
      if (!context.canBlock()) {
        looksAtOnce.incrementAndGet();
      }
      return found;
    }

    @Override
    public void destroy() {
      // nothing is held
    }

    @Override
    public IoRegistration register(IoHandle handle) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void wakeup() {
      wakeUps.incrementAndGet();
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
      return true;
    }
  }

  /** An event loop that may have a task. */
  private static final class Loop implements IoHandlerContext {
    final AtomicBoolean hasTask = new AtomicBoolean();
    volatile long delayNanos = TimeUnit.SECONDS.toNanos(1);

    @Override
    public boolean canBlock() {
      return !hasTask.get();
    }

    @Override
    public long delayNanos(long currentTimeNanos) {
      return delayNanos;
    }

    @Override
    public long deadlineNanos() {
      return -1;
    }
  }

  /** Looks until it gathers: no time passes between them. */
  private void makeDense() {
    for (int i = 0; i < 6; i++) {
      handler.run(loop);
    }
  }

  @Test
  void aWatchedWaitLooksTwiceWithoutBlockingAndAnOrdinaryOneOnce() {
    makeDense();
    assertThat(sockets.looksAtOnce).hasValue(0);
    assertThat(handler.run(loop)).as("early and late").isEqualTo(6);
    assertThat(sockets.looksAtOnce).hasValue(2);
    int before = sockets.looks.get();
    assertThat(handler.run(loop)).isEqualTo(3);
    assertThat(sockets.looks.get() - before).isEqualTo(1);
  }

  @Test
  void aTaskIsNotWaitedWith() {
    makeDense();
    loop.hasTask.set(true);
    int before = sockets.looks.get();
    handler.run(loop);
    assertThat(sockets.looks.get() - before).isEqualTo(1);
    assertThat(sockets.looksAtOnce).hasValue(1);
  }

  @Test
  void aScheduledTaskEndsTheWaitWhenItIsDue() {
    makeDense();
    loop.delayNanos = 0;
    handler.run(loop);
    assertThat(sockets.looks).hasValueGreaterThan(6);
  }

  @Test
  void wakingEndsAWaitAndWakesTheSocketsToo() throws Exception {
    AtomicBoolean isDone = new AtomicBoolean();
    FutureTask<Integer> turns =
        new FutureTask<>(() -> {
          int count = 0;
          while (!isDone.get()) {
            handler.run(loop);
            loop.hasTask.set(false);
            count++;
          }
          return count;
        });
    Thread thread = Thread.ofPlatform().name("loop").start(turns);
    for (int i = 0; i < 1_000; i++) {
      loop.hasTask.set(true);
      handler.wakeup();
      await().pollInterval(1, TimeUnit.MILLISECONDS).until(() -> !loop.hasTask.get());
    }
    isDone.set(true);
    handler.wakeup();
    thread.join();
    assertThat(turns.get()).isPositive();
    assertThat(sockets.wakeUps).hasValue(1_001);
  }
}
