package io.sluice.engine.forward;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class BackoffTest {
  @Test
  void delaysAreDrawnBelowABoundThatDoublesUpToTheMaximum() {
    long seed = 11;
    for (int run = 0; run < 200; run++) {
      Backoff backoff = new Backoff(new SplittableRandom(seed + run), 200, 30_000);
      long bound = 200;
      for (int i = 0; i < 12; i++) {
        assertThat(backoff.nextMillis()).as("seed " + (seed + run)).isBetween(0L, bound);
        bound = Math.min(30_000, bound * 2);
      }
    }
  }

  @Test
  void progressBringsTheFirstBoundBack() {
    Backoff backoff = new Backoff(new SplittableRandom(3), 200, 30_000);
    for (int i = 0; i < 12; i++) {
      backoff.nextMillis();
    }
    backoff.reset();
    assertThat(backoff.nextMillis()).isBetween(0L, 200L);
  }

  @Test
  void rateIsThatOfTheLastTenSeconds() {
    AtomicLong nanos = new AtomicLong();
    RateMeter rate = new RateMeter(nanos::get);
    for (int second = 0; second < 20; second++) {
      rate.add(second < 10 ? 1_000 : 100);
      nanos.addAndGet(Duration.ofSeconds(1).toNanos());
    }
    assertThat(rate.perSecond()).isEqualTo(100);
    nanos.addAndGet(Duration.ofMinutes(1).toNanos());
    assertThat(rate.perSecond()).isZero();
  }

  @Test
  void batchesShrinkWhileVerdictsAreLateAndGrowAgain() {
    BatchSize size = new BatchSize(2_000);
    for (int i = 0; i < 5; i++) {
      size.observe(size.records(), Duration.ofMillis(50).toNanos());
    }
    assertThat(size.records()).isEqualTo(2_000);
    for (int i = 0; i < 3; i++) {
      size.observe(size.records(), Duration.ofSeconds(2).toNanos());
    }
    assertThat(size.records()).isEqualTo(250);
    size.observe(250, Duration.ofMillis(80).toNanos());
    assertThat(size.records()).isEqualTo(500);
  }

  @Test
  void farEndThatIsFarAwayDoesNotShrinkBatches() {
    BatchSize size = new BatchSize(2_000);
    for (int i = 0; i < 5; i++) {
      size.observe(size.records(), Duration.ofMillis(700).toNanos());
    }
    assertThat(size.records()).isEqualTo(2_000);
  }
}
