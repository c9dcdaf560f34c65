package io.sluice.engine.normalize;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.ContentType;
import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.MessageClass;
import io.sluice.api.config.Checked.Problem;
import io.sluice.engine.normalize.TimeSettings.Site;
import io.sluice.engine.normalize.profile.Profiles;
import io.sluice.engine.normalize.sample.ClockFloor;
import io.sluice.engine.normalize.sample.ObservedTimes;
import io.sluice.engine.record.EncodedRecord;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Times without zone: the device's goes before the site's, that before the profile's. */
class TimeZonesTest {
  private static final TimeSettings SITES =
      new TimeSettings(List.of(new Site("pune", "Asia/Kolkata"), new Site("lab", "+01:00")));

  private final Profiles profiles =
      Bench.load(
              "id: local",
              "timezone: Asia/Shanghai",
              "time-format: dd/MM/yyyy HH:mm:ss",
              "text: { columns: [time, a], separator: ';' }",
              "metrics: { a: }")
          .profiles();
  private final Normalizer normalizer =
      new Normalizer("gw", profiles, any -> false, ClockFloor.NONE, SITES, SessionCodecs.NONE);

  private static Device device(String site, @Nullable String zone) {
    return new Device(
        new DeviceId("d"),
        "local",
        "farm",
        site,
        null,
        null,
        true,
        true,
        false,
        zone == null ? null : ZoneId.of(zone));
  }

  private Instant observed(Device device, String payload, String received) throws Exception {
    Instant now = Instant.parse(received);
    byte[] body =
        normalizer
            .normalize(
                device,
                MessageClass.TELEMETRY,
                ContentType.UNSPECIFIED,
                "mqtt",
                "telemetry",
                payload.getBytes(StandardCharsets.UTF_8),
                ObservedTimes.micros(now))
            .body();
    long micros =
        new EncodedRecord()
            .wrap(body, 0, body.length, MessageClass.TELEMETRY.lane(), 1, "e")
            .toRecord()
            .timeMicros();
    return Instant.ofEpochSecond(micros / 1_000_000);
  }

  @ParameterizedTest
  @CsvSource({
    "elsewhere, , 2026-01-01T04:00:00Z",
    "pune, , 2026-01-01T06:30:00Z",
    "pune, America/New_York, 2026-01-01T17:00:00Z",
    "elsewhere, +05:45, 2026-01-01T06:15:00Z",
    "lab, , 2026-01-01T11:00:00Z"
  })
  void deviceThenSiteThenProfile(String site, @Nullable String own, String expected)
      throws Exception {
    Device device = device(site, own);
    for (String payload :
        new String[] {
          "{\"time\":\"2026-01-01 12:00:00\",\"a\":1}",
          "{\"time\":\"01/01/2026 12:00:00\",\"a\":1}",
          "{\"time\":20260101120000,\"a\":1}",
          "2026-01-01T12:00:00;1"
        }) {
      assertThat(observed(device, payload, expected)).as(payload).isEqualTo(expected);
    }
    assertThat(observed(device, "{\"time\":\"2026-01-01T12:00:00+02:00\",\"a\":1}", expected))
        .isEqualTo("2026-01-01T10:00:00Z");
  }

  @ParameterizedTest
  @CsvSource({
    "2026-10-25T00:31:00Z, 2026-10-25T00:30:00Z",
    "2026-10-25T01:31:00Z, 2026-10-25T01:30:00Z",
    "2026-10-25T00:59:00Z, 2026-10-25T00:30:00Z",
    "2026-10-25T04:00:00Z, 2026-10-25T01:30:00Z"
  })
  void timeThatComesTwiceInAutumnIsTheOneNearerToReceipt(String received, String expected)
      throws Exception {
    assertThat(
            observed(
                device("x", "Europe/Berlin"),
                "{\"time\":\"2026-10-25T02:30:00\",\"a\":1}",
                received))
        .isEqualTo(expected);
  }

  @Test
  void zonesThatAreNoneAreSaidByName() {
    assertThat(
            new TimeSettings(
                    List.of(new Site("a", "Mars/Base"), new Site("b", "UTC"), new Site("b", "Z")))
                .problems())
        .containsExactly(
            new Problem(
                "sites", "\"Mars/Base\" is no time zone; write one such as Asia/Kolkata or +05:30"),
            new Problem("sites", "\"b\" comes twice; keep one"));
  }
}
