package io.sluice.api.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationTextTest {
  @ParameterizedTest
  @CsvSource({
    "500ms,500,500ms",
    "10s,10000,10s",
    "90 s,90000,90s",
    "5m,300000,5m",
    "5min,300000,5m",
    "60 min,3600000,1h",
    "48h,172800000,2d",
    "2d,172800000,2d",
    "0s,0,0s",
    "2592000000ms,2592000000,30d",
    "1500ms,1500,1500ms"
  })
  void eachUnitIsReadAndTheLongestIsWritten(String text, long millis, String written) {
    Duration read = DurationText.parse(text);
    assertThat(read).isEqualTo(Duration.ofMillis(millis));
    assertThat(DurationText.format(read)).isEqualTo(written);
    assertThat(text).matches(DurationText.PATTERN);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "10", "s", "-1s", "1.5s", "5 minutes", "5  s", "PT10S", "1w", "１s"})
  void whatHasNoNumberOrNoUnitIsNone(String text) {
    assertThat(DurationText.parse(text)).isNull();
    assertThat(text).doesNotMatch(DurationText.PATTERN);
  }

  @Test
  void moreThanALongHoldsIsNone() {
    assertThat(DurationText.parse("999999999999999d")).isNull();
  }
}
