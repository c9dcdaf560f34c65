package io.sluice.engine.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenBucketTest {
  private static final long SECOND = 1_000_000_000L;

  /** Beside a bucket that is simply counted, to a token's thousandth. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void takesWhatACountedBucketWouldGive(long seed) {
    Random random = new Random(seed);
    double rate = 1 + random.nextInt(1000);
    double burst = 1 + random.nextInt(100);
    long now = random.nextLong();
    TokenBucket bucket = new TokenBucket(rate, burst, now);
    double tokens = burst;
    for (int i = 0; i < 10_000; i++) {
      long step = (long) (random.nextDouble() * random.nextDouble() * 2 * SECOND / rate);
      now += step;
      tokens = Math.min(burst, tokens + step * rate / SECOND);
      double wanted = 1 + random.nextInt((int) Math.ceil(burst));
      double needed = Math.min(wanted, burst);
      if (Math.abs(tokens - needed) < 1e-3) {
        continue; // a rounding apart
      }
      long wait = bucket.take(wanted, now);
      assertThat(wait == 0).as("step %d: %f of %f", i, wanted, tokens).isEqualTo(tokens >= needed);
      if (wait == 0) {
        tokens -= wanted;
      } else {
        assertThat(wait / (double) SECOND * rate)
            .isBetween(needed - tokens - 0.01, needed - tokens + 0.01);
      }
    }
  }

  @Test
  void moreThanTheBurstPassesOnceAndIsOwed() {
    TokenBucket bucket = new TokenBucket(10, 20, 0);
    assertThat(bucket.take(100, 0)).isZero();
    assertThat(bucket.take(1, 0)).isPositive();
    assertThat(bucket.take(1, 9 * SECOND)).isZero(); // 80 owed, 90 come in, 1 taken
    assertThat(bucket.isFull(9 * SECOND)).isFalse();
    assertThat(bucket.isFull(20 * SECOND)).isTrue();
  }

  @Test
  void whatIsGivenBackCanBeTaken() {
    TokenBucket bucket = new TokenBucket(1, 1, 0);
    assertThat(bucket.take(1, 0)).isZero();
    bucket.giveBack(1);
    assertThat(bucket.take(1, 0)).isZero();
    assertThat(bucket.take(1, 0)).isEqualTo(SECOND);
  }
}
