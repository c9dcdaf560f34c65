package io.sluice.engine.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.ContentType;
import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.Lane;
import io.sluice.api.MessageClass;
import io.sluice.engine.normalize.Normalizer;
import io.sluice.engine.normalize.SessionCodecs;
import io.sluice.engine.normalize.TimeSettings;
import io.sluice.engine.normalize.profile.Profiles;
import io.sluice.engine.normalize.sample.ClockFloor;
import io.sluice.spool.TermDictionary;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What a record takes on disk, with the 24 bytes before its body: by names at most 0.7 of what
 * version 1 took. Prints the figures; docs/performance.md has them.
 */
class RecordBytesTest {
  private static final int FRAME_BYTES = 24;
  private static final long NOW = 1_767_225_600_000_000L;
  private static final Path PROFILES = Path.of("../../config/profiles");

  private final TermDictionary dictionary = new TermDictionary(128 << 10);
  private final Normalizer normalizer =
      new Normalizer(
          "edge-01",
          Profiles.load(List.of(PROFILES)).profiles(),
          any -> false,
          ClockFloor.NONE,
          TimeSettings.DEFAULTS,
          SessionCodecs.NONE,
          dictionary);

  @Test
  void aRecordTakesAtMostSevenTenths() throws Exception {
    String eleven =
        "{\"a\":230.12,\"b\":4.213,\"c\":968.7,\"d\":48213.551,\"e\":0.981,\"f\":49.98,"
            + "\"state\":\"running\",\"on\":true,\"count\":1234567,\"temperature\":21.5,"
            + "\"humidity\":48.25,\"ts\":1767225599}";
    ratio("eleven fields, no profile", "none", eleven);
    ratio(
        "energy-meter",
        "energy-meter",
        "{\"ts\":1767225599123,\"voltage\":230.12,\"current\":4.213,\"power\":968.7,"
            + "\"energy\":48213.551,\"powerFactor\":0.981,\"frequency\":49.98,"
            + "\"serial\":\"SN-0012345678\",\"seq\":1234567890}");
    ratio(
        "weather-station",
        "weather-station",
        "{\"temperature\":21.5,\"humidity\":48,\"pressure\":1013.2,\"windSpeed\":3.4,"
            + "\"windDirection\":270,\"rain\":0.2}");
    ratio(
        "soil-probe",
        "soil-probe",
        "{\"moisture\":31.5,\"temperature\":18.25,\"ec\":1.2,\"battery\":87}");
    ratio("a door's state", "none", "{\"open\":true}");
  }

  private void ratio(String what, String profile, String json) throws Exception {
    Device device =
        new Device(
            new DeviceId("device-0001"),
            profile,
            "factory",
            "plant-a",
            null,
            null,
            true,
            true,
            false);
    byte[] body =
        normalizer
            .normalize(
                device,
                MessageClass.TELEMETRY,
                ContentType.UNSPECIFIED,
                "mqtt",
                "telemetry",
                json.getBytes(StandardCharsets.UTF_8),
                NOW)
            .body();
    EncodedRecord view =
        new EncodedRecord().wrap(body, 0, body.length, Lane.TELEMETRY, 1, "e", dictionary.terms());
    int before = FRAME_BYTES + FirstFormatWriter.write(view.toRecord(), view.isRuled()).length;
    int alone = FRAME_BYTES + RecordWriter.alone(view).length;
    int now = FRAME_BYTES + body.length;
    System.out.printf(
        "%-28s JSON %4d   version 1 %4d   version 2 alone %4d   by number %4d   ratio %.2f%n",
        what, json.length(), before, alone, now, (double) now / before);
    assertThat((double) now / before).as(what).isLessThanOrEqualTo(0.7);
  }
}
