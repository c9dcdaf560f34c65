package io.sluice.api.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GuardedTest {
  private final Health health = new Health();
  private final AtomicLong nanos = new AtomicLong(1);
  private final Guarded guard = new Guarded("sweep", health, nanos::get);
  private final List<String> lines = new ArrayList<>();
  private final Logger logger = Logger.getLogger(Guarded.class.getName());
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord line) {
          lines.add(line.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void listen() {
    logger.setUseParentHandlers(false);
    logger.addHandler(handler);
  }

  @AfterEach
  void leave() {
    logger.removeHandler(handler);
    logger.setUseParentHandlers(true);
  }

  @Test
  void periodicTaskThatThrowsIsRunAgainByItsExecutor() throws InterruptedException {
    CountDownLatch thrice = new CountDownLatch(3);
    try (ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor()) {
      var _ =
          executor.scheduleWithFixedDelay(
              guard.task(() -> {
                thrice.countDown();
                throw new OutOfMemoryError("Cannot reserve 1 bytes of direct buffer memory");
              }),
              0,
              1,
              TimeUnit.MILLISECONDS);

      assertThat(thrice.await(45, TimeUnit.SECONDS)).isTrue();
      executor.shutdownNow();
    }
    assertThat(health.faults().get("sweep")).isGreaterThanOrEqualTo(3);
    assertThat(health.reasons()).isEmpty();
  }

  @Test
  void sameFaultIsLoggedOnceAndAgainAfterTenMinutes() {
    AtomicInteger turn = new AtomicInteger();
    Runnable task =
        guard.task(() -> {
          throw new IllegalStateException("same, in turn " + turn.incrementAndGet());
        });
    task.run();
    task.run();
    assertThat(lines).hasSize(1);
    assertThat(lines.getFirst()).contains("sweep", "same");

    nanos.addAndGet(TimeUnit.MINUTES.toNanos(10));
    task.run();
    assertThat(lines).hasSize(2);
  }

  @Test
  void anotherFaultIsLoggedAtOnce() {
    AtomicInteger turn = new AtomicInteger();
    Runnable task =
        guard.task(() -> {
          if (turn.incrementAndGet() == 1) {
            throw new IllegalStateException("first");
          }
          throw new IllegalArgumentException("second");
        });
    task.run();
    task.run();
    assertThat(lines).hasSize(2);
  }

  @Test
  void checkedExceptionThatIsThrownUndeclaredIsCaughtToo() {
    assertThatCode(
            () -> guard.task(() -> GuardedTest.<RuntimeException>sneak(new Exception("x"))).run())
        .doesNotThrowAnyException();
    assertThat(health.faults()).containsEntry("sweep", 1L);
  }

  @SuppressWarnings("unchecked")
  private static <E extends Throwable> void sneak(Throwable fault) throws E {
    throw (E) fault;
  }

  @Test
  void threadThatEndsMakesTheGatewayNotReady() {
    guard
        .thread(() -> {
          throw new StackOverflowError();
        })
        .run();
    assertThat(health.reasons()).singleElement().asString().contains("sweep", "restart");
    assertThat(health.faults()).containsEntry("sweep", 1L);
  }

  @Test
  void threadThatReturnsIsNoFault() {
    guard.thread(() -> {}).run();
    assertThat(health.reasons()).isEmpty();
    assertThat(health.faults()).isEmpty();
  }

  @Test
  void loopBeginsAnewUntilItReturns() {
    AtomicInteger begun = new AtomicInteger();
    guard
        .loop(
            () -> {
              if (begun.incrementAndGet() < 3) {
                throw new IllegalStateException("again");
              }
            },
            () -> false,
            Duration.ofNanos(1))
        .run();
    assertThat(begun).hasValue(3);
    assertThat(health.reasons()).isEmpty();
  }

  @Test
  void loopThatIsWantedNoMoreDoesNotBeginAnew() {
    AtomicInteger begun = new AtomicInteger();
    guard
        .loop(
            () -> {
              begun.incrementAndGet();
              throw new IllegalStateException("at the end");
            },
            () -> true,
            Duration.ofHours(1))
        .run();
    assertThat(begun).hasValue(1);
  }

  @Test
  void threadsOfAPoolAreOneName() {
    assertThat(Guarded.nameOf(Thread.ofPlatform().name("coap-udp-1-12").unstarted(() -> {})))
        .isEqualTo("coap-udp");
    assertThat(Guarded.nameOf(Thread.ofVirtual().unstarted(() -> {}))).isEqualTo("unnamed");
  }

  @Test
  void reasonStandsUntilItIsTakenBack() {
    health.notReady("b", "second");
    health.notReady("a", "first");
    health.notReady("b", "second, changed");
    assertThat(health.reasons()).containsExactly("first", "second, changed");
    health.ready("a");
    health.ready("none");
    assertThat(health.reasons()).containsExactly("second, changed");
  }

  @Test
  void namesAreBounded() {
    for (int i = 0; i < 10_000; i++) {
      health.notReady("n" + i, "r" + i);
      health.fault("f" + i);
    }
    assertThat(health.reasons()).hasSizeLessThanOrEqualTo(257).contains("r9999");
    assertThat(health.faults()).hasSizeLessThanOrEqualTo(257);
    assertThat(health.faults().values().stream().mapToLong(Long::longValue).sum())
        .isEqualTo(10_000);
  }
}
