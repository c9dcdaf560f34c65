package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ClosingTest {
  @Test
  void partsWaitForEachOtherOnlyWhereTheyAreClosedSideBySide() {
    CyclicBarrier all = new CyclicBarrier(3);
    AtomicInteger closed = new AtomicInteger();
    AutoCloseable part =
        () -> {
          all.await(30, TimeUnit.SECONDS);
          closed.incrementAndGet();
        };
    Closing.sideBySide(List.of(part, part, part), Duration.ofSeconds(50));
    assertThat(closed).hasValue(3);
  }

  @Test
  void partThatFailsOrNeverEndsKeepsNoOtherOpen() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    AutoCloseable failing =
        () -> {
          throw new IllegalStateException("fails, as told");
        };
    Closing.sideBySide(List.of(never::await, failing, closed::countDown), Duration.ofSeconds(2));
    assertThat(closed.await(45, TimeUnit.SECONDS)).isTrue();
    assertThat(never.getCount()).as("it was left behind").isEqualTo(1);
    never.countDown();
  }
}
