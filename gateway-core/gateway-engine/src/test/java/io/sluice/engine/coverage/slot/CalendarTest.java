package io.sluice.engine.coverage.slot;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.engine.coverage.CoverageSettings;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CalendarTest {
  private static long micros(Instant instant) {
    return instant.getEpochSecond() * 1_000_000;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Z",
        "+05:30",
        "-03:30",
        "+12:45",
        "Asia/Kolkata",
        "Asia/Kathmandu",
        "Asia/Shanghai",
        "Europe/Berlin",
        "America/New_York",
        "Africa/Cairo",
        "America/Santiago",
        "Pacific/Apia"
      })
  void daysAndHoursAreThoseOfThePlacesClocks(String name) {
    ZoneId zone = ZoneId.of(name);
    assertThat(Calendar.problem(zone)).isNull();
    Calendar calendar = new Calendar(zone);
    ZonedDateTime from = LocalDate.of(2026, 1, 1).atStartOfDay(zone);
    for (int step = 0; step < 2 * 366 * 48; step += 7) {
      ZonedDateTime at = from.plusMinutes(30L * step);
      long micros = micros(at.toInstant());
      long day = at.toLocalDate().toEpochDay();
      assertThat(calendar.day(micros)).as("%s", at).isEqualTo(day);
      assertThat(calendar.dayStart(day))
          .as("%s", at)
          .isEqualTo(micros(at.toLocalDate().atStartOfDay(zone).toInstant()));
      long hour = calendar.hour(micros);
      assertThat(calendar.hourStart(hour))
          .as("%s", at)
          .isEqualTo(micros - at.getMinute() * Calendar.MINUTE_MICROS);
      assertThat(calendar.hour(calendar.dayStart(day) - 1))
          .isEqualTo(calendar.hour(calendar.dayStart(day)) - 1);
    }
  }

  @Test
  void aDayOnWhichTheClocksAreSetHasAnHourMoreOrLess() {
    Calendar berlin = new Calendar(ZoneId.of("Europe/Berlin"));
    long october = LocalDate.of(2026, 10, 25).toEpochDay();
    long march = LocalDate.of(2027, 3, 28).toEpochDay();
    assertThat(berlin.dayStart(october + 1) - berlin.dayStart(october))
        .isEqualTo(25 * Calendar.HOUR_MICROS);
    assertThat(berlin.dayStart(march + 1) - berlin.dayStart(march))
        .isEqualTo(23 * Calendar.HOUR_MICROS);
  }

  @Test
  void hoursOfUtcAndOfFullHoursAreAsTheyWereSaved() {
    long micros = micros(Instant.parse("2026-10-05T12:34:56Z"));
    assertThat(Calendar.UTC.hour(micros)).isEqualTo(Calendar.utcHour(micros));
    assertThat(new Calendar(ZoneId.of("+08:00")).hour(micros)).isEqualTo(Calendar.utcHour(micros));
  }

  @Test
  void whatCannotBePutTogetherFromHoursIsRefused() {
    assertThat(Calendar.problem(ZoneId.of("Australia/Lord_Howe")))
        .isEqualTo("sets its clocks by a part of an hour");
    assertThat(Calendar.problem(ZoneId.of("+05:30:15")))
        .isEqualTo("is not at full minutes from UTC");
  }

  @Test
  void settingsNameTheirFault() {
    assertThat(settings(0, "Asia/Kolkata").problems()).isEmpty();
    assertThat(settings(0, "Asia/Kolkata").calendar()).hasToString("Asia/Kolkata");
    assertThat(settings(8, null).calendar()).hasToString("+08:00");
    assertThat(settings(0, "Asia/Calcuta").problems().getFirst().message())
        .contains("is no time zone", "+05:30");
    assertThat(settings(2, "+02:00").problems().getFirst().message())
        .contains("beside utc-offset-hours");
    assertThat(settings(0, "Australia/Lord_Howe").problems().getFirst().message())
        .contains("part of an hour", "+10:30");
  }

  private static CoverageSettings settings(int hours, String place) {
    return new CoverageSettings(CoverageSettings.DEFAULTS.snapshot(), hours, place);
  }
}
