package io.sluice.engine.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RangePatternTest {
  @Test
  void everyNumberOfSmallRangesAndNoOther() {
    Random random = new Random(7);
    for (int round = 0; round < 300; round++) {
      int least = random.nextInt(1_200);
      int most = least + random.nextInt(1_200);
      Pattern pattern = Pattern.compile(RangePattern.of(least, most));
      for (int n = 0; n < 2_600; n++) {
        assertThat(pattern.matcher(Integer.toString(n)).matches())
            .as("%d of %d to %d by %s", n, least, most, pattern)
            .isEqualTo(n >= least && n <= most);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "0, 9",
    "1, 999999999999999999",
    "0, 999999999999999999",
    "100, 100",
    "16777216, 1099511627776",
    "999, 1000",
    "9007199254740991, 9007199254740993"
  })
  void theEndsAreInAndTheirNeighboursAreNot(long least, long most) {
    Pattern pattern = Pattern.compile(RangePattern.of(least, most));
    assertThat(pattern.matcher(Long.toString(least)).matches()).isTrue();
    assertThat(pattern.matcher(Long.toString(most)).matches()).isTrue();
    assertThat(pattern.matcher("00" + most).matches()).isTrue();
    assertThat(pattern.matcher(Long.toString(most + 1)).matches()).isFalse();
    assertThat(least > 0 && pattern.matcher(Long.toString(least - 1)).matches()).isFalse();
  }
}
