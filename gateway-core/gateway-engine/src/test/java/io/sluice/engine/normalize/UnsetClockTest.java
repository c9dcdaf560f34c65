package io.sluice.engine.normalize;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.ContentType;
import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.Lane;
import io.sluice.api.MessageClass;
import io.sluice.api.Quality;
import io.sluice.api.TimeSource;
import io.sluice.engine.normalize.profile.Profiles;
import io.sluice.engine.normalize.sample.ClockFloor;
import io.sluice.engine.record.EncodedRecord;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** A gateway whose clock shows 1970: its own times are doubted, those of devices are not. */
class UnsetClockTest {
  private static final long SET = micros("2026-11-01T00:00:00Z");
  private static final long UNSET = micros("1970-01-01T00:03:00Z");

  private final Normalizer normalizer =
      new Normalizer(
          "gw",
          Profiles.NONE,
          any -> false,
          new ClockFloor(SET),
          TimeSettings.DEFAULTS,
          SessionCodecs.NONE);

  private static long micros(String time) {
    return Instant.parse(time).toEpochMilli() * 1_000;
  }

  private EncodedRecord record(String json, long received) throws Exception {
    Device device = new Device(new DeviceId("d"), "x", "farm", "s", null, null, true, true, false);
    byte[] body =
        normalizer
            .normalize(
                device,
                MessageClass.TELEMETRY,
                ContentType.JSON,
                "mqtt",
                "telemetry",
                json.getBytes(StandardCharsets.UTF_8),
                received)
            .body();
    EncodedRecord view = new EncodedRecord();
    view.wrap(body, 0, body.length, Lane.TELEMETRY, 1, "epoch");
    assertThat(view.next()).isTrue();
    return view;
  }

  @Test
  void ownTimeIsUncertainAndTheDevicesRightTimeIsGood() throws Exception {
    EncodedRecord untimed = record("{\"temperature\": 1}", UNSET);
    assertThat(untimed.timeSource()).isEqualTo(TimeSource.SERVER);
    assertThat(untimed.measurementQuality()).isEqualTo(Quality.UNCERTAIN);
    EncodedRecord timed = record("{\"ts\": \"2026-11-27T12:00:00Z\", \"temperature\": 1}", UNSET);
    assertThat(timed.timeMicros()).isEqualTo(micros("2026-11-27T12:00:00Z"));
    assertThat(timed.measurementQuality()).isEqualTo(Quality.GOOD);
    EncodedRecord wrong = record("{\"ts\": \"2016-01-01T00:00:00Z\", \"temperature\": 1}", UNSET);
    assertThat(wrong.measurementQuality()).isEqualTo(Quality.UNCERTAIN);
  }

  @Test
  void clockThatIsSetJudgesAsEver() throws Exception {
    long now = micros("2026-11-27T12:00:00Z");
    assertThat(record("{\"temperature\": 1}", now).measurementQuality()).isEqualTo(Quality.GOOD);
    assertThat(
            record("{\"ts\": \"2026-11-27T13:00:00Z\", \"temperature\": 1}", now)
                .measurementQuality())
        .isEqualTo(Quality.UNCERTAIN);
  }
}
