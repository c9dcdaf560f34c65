package io.sluice.spool.writer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class PassedTimeTest {
  private long millis = Instant.parse("1970-01-01T00:05:00Z").toEpochMilli();
  private long nanos;

  private final PassedTime passed =
      new PassedTime(
          new Clock() {
            @Override
            public Instant instant() {
              return Instant.ofEpochMilli(millis);
            }

            @Override
            public ZoneId getZone() {
              return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
              return this;
            }
          },
          () -> nanos);

  private void pass(Duration time) {
    millis += time.toMillis();
    nanos += time.toNanos();
  }

  @Test
  void stepOfTheClockMakesNothingOlderAndTimeThatPassesDoes() {
    long before = millis;
    passed.look(100);
    pass(Duration.ofMinutes(2));
    passed.look(100);
    assertThat(passed.ageMillis(before, 100)).isEqualTo(120_000);

    millis = Instant.parse("2026-11-27T12:00:00Z").toEpochMilli();
    passed.look(100);
    assertThat(passed.ageMillis(before, 100)).isEqualTo(120_000);
    long after = millis;
    pass(Duration.ofHours(1));
    passed.look(200);
    assertThat(passed.ageMillis(before, 100)).isEqualTo(120_000 + 3_600_000);
    assertThat(passed.ageMillis(after, 200)).isEqualTo(3_600_000);

    millis -= Duration.ofHours(3).toMillis();
    passed.look(200);
    assertThat(passed.ageMillis(before, 100)).isEqualTo(120_000 + 3_600_000);
    assertThat(passed.ageMillis(after, 200)).isEqualTo(3_600_000);
  }

  @Test
  void manyStepsAreForgottenOnlyTogether() {
    long before = millis;
    for (int i = 0; i < 100; i++) {
      millis += (i % 2 == 0 ? 1 : -1) * Duration.ofDays(1).toMillis();
      passed.look(10);
      pass(Duration.ofSeconds(1));
    }
    passed.look(10);
    assertThat(passed.ageMillis(before, 10)).isEqualTo(100_000);
  }
}
