package io.sluice.engine.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CounterRingTest {
  private static final int SAMPLES = 16;

  private record Sample(long nanos, long value) {}

  @Test
  void ratesEqualAPlainModelOfAllSamples() {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    for (int run = 0; run < 200; run++) {
      CounterRing ring = new CounterRing(SAMPLES, 2);
      List<Sample> all = new ArrayList<>();
      long nanos = random.nextLong();
      long value = 0;
      for (int i = 0; i < 60; i++) {
        nanos += random.nextLong(1, 4_000_000_000L);
        value += random.nextLong(-500, 1_000);
        ring.add(nanos, new long[] {-1, value});
        all.add(new Sample(nanos, value));
        long window = random.nextLong(1, 40_000_000_000L);
        assertThat(ring.perSecond(1, window))
            .as("seed %d", seed)
            .isCloseTo(expected(all, window), within(1e-9));
        assertThat(ring.perSecond(0, window)).isZero();
      }
    }
  }

  private static double expected(List<Sample> all, long window) {
    List<Sample> kept = all.subList(Math.max(0, all.size() - SAMPLES), all.size());
    Sample newest = kept.getLast();
    Sample from = kept.getFirst();
    for (Sample sample : kept) {
      from = newest.nanos() - sample.nanos() >= window ? sample : from;
    }
    long nanos = newest.nanos() - from.nanos();
    return nanos == 0 ? 0 : (newest.value() - from.value()) / (nanos / 1e9);
  }
}
