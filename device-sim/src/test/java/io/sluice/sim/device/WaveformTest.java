package io.sluice.sim.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sluice.sim.device.Waveform.Moment;
import io.sluice.sim.device.Waveform.Shifts;
import io.sluice.sim.device.Waveform.Tide;
import io.sluice.sim.device.Waveform.Weather;
import java.time.Instant;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WaveformTest {
  private static final long SITE = 77;

  private static Moment at(String instant, long site) {
    long micros = Instant.parse(instant).toEpochMilli() * 1000;
    return new Moment(micros, 0, 1, site);
  }

  private static Moment hour(int hour, long site) {
    return new Moment(hour * 3_600_000_000L, 0, hour, site);
  }

  @Test
  void aMachineRestsOutsideItsShiftAndAtTheWeekend() {
    Shifts day = new Shifts(100, 5, 6, 14, 0);
    assertThat(day.at(1, at("2026-11-23T05:59:00Z", SITE))).isEqualTo(5d); // a Monday
    assertThat(day.at(1, at("2026-11-23T06:00:00Z", SITE))).isEqualTo(100d);
    assertThat(day.at(1, at("2026-11-23T14:00:00Z", SITE))).isEqualTo(5d);
    assertThat(day.at(1, at("2026-11-28T10:00:00Z", SITE))).isEqualTo(5d); // a Saturday
    assertThat(day.at(1, at("2026-11-29T10:00:00Z", SITE))).isEqualTo(5d);
    Shifts night = new Shifts(100, 5, 22, 6, 0);
    assertThat(night.at(1, at("2026-11-24T23:00:00Z", SITE))).isEqualTo(100d);
    assertThat(night.at(1, at("2026-11-24T03:00:00Z", SITE))).isEqualTo(100d);
    assertThat(night.at(1, at("2026-11-24T12:00:00Z", SITE))).isEqualTo(5d);
  }

  @Test
  void tidesAreHigherAtSpringThanAtNeap() {
    Tide tide = new Tide(2, 1, 0);
    double[] highs =
        IntStream.range(0, 30)
            .mapToDouble(day ->
                IntStream.range(0, 24)
                    .mapToDouble(hour -> (double) tide.at(1, hour(day * 24 + hour, SITE)))
                    .max()
                    .orElseThrow())
            .sorted()
            .toArray();
    assertThat(highs[0]).isCloseTo(2 + 1 - 0.46, within(0.15)); // neap
    assertThat(highs[29]).isCloseTo(2 + 1 + 0.46, within(0.05)); // spring
  }

  @Test
  void devicesOfASiteSeeTheSameWeatherAndOtherSitesAnother() {
    Weather pressure = new Weather(1013, 0, 0, -14, 0, 900);
    Weather humidity = new Weather(62, 0, 0, 18, 0, 5);
    double same = 0;
    double other = 0;
    for (int hour = 0; hour < 24 * 60; hour++) {
      double front = 1013 - (double) pressure.at(1, hour(hour, SITE));
      same += front * ((double) humidity.at(2, hour(hour, SITE)) - 62);
      other += front * ((double) humidity.at(2, hour(hour, SITE + 1)) - 62);
    }
    assertThat(same).isPositive();
    assertThat(Math.abs(other)).isLessThan(same / 4);
    assertThat((double) new Weather(-0.8, 0, 0, 3, 0.1, 0).at(1, hour(5, SITE)))
        .isGreaterThanOrEqualTo(0);
  }
}
