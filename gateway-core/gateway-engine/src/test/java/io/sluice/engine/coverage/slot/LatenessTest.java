package io.sluice.engine.coverage.slot;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LatenessTest {
  @Test
  void binsAreThoseOfTheirBounds() {
    SplittableRandom random = new SplittableRandom();
    for (int i = 0; i < 200_000; i++) {
      long late = random.nextLong() >> random.nextInt(64);
      assertThat(Lateness.bin(late)).as("%d", late).isEqualTo(Lateness.binByBound(late));
    }
    for (int bin = 0; bin < Lateness.BINS; bin++) {
      long bound = Math.round(1_000 * Math.pow(2, bin / 2.0));
      for (long late = bound - 3; late <= bound + 3; late++) {
        assertThat(Lateness.bin(late)).as("%d", late).isEqualTo(Lateness.binByBound(late));
      }
    }
  }
}
