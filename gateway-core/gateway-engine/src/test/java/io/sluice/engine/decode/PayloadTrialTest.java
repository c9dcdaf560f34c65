package io.sluice.engine.decode;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.ContentType;
import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.RejectReason;
import io.sluice.api.codec.PayloadCodec;
import io.sluice.api.operator.DecodeService.Decoded;
import io.sluice.engine.dialect.ShippedDialects;
import io.sluice.engine.ingest.Vocabulary;
import io.sluice.engine.normalize.Normalizer;
import io.sluice.engine.normalize.profile.Profiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a payload would become. */
class PayloadTrialTest {
  private static final String PROFILE =
      """
      id: tank
      interval: 10s
      metrics:
        level: { unit: m, from: [lvl] }
        pressure: { unit: Pa }
        ph: { optional: true }
      """;

  @TempDir Path directory;

  private final Map<String, Device> devices = new HashMap<>();

  private static Device device(String id, @Nullable String parent) {
    DeviceId above = parent == null ? null : new DeviceId(parent);
    return new Device(new DeviceId(id), "tank", "factory", "site", null, above, true, true, false);
  }

  private Decoded decode(String profile, boolean isRegistered, String topic, String payload)
      throws IOException {
    Path file = Files.writeString(directory.resolve("tank.yaml"), profile);
    Profiles profiles = Profiles.load(List.of(file)).profiles();
    PayloadTrial trial = new PayloadTrial(new Normalizer("gw", profiles), devices::get);
    return trial.decode(
        new Vocabulary(ShippedDialects.usual(), profiles),
        new PayloadTrial.Payload(
            device("tank-1", null),
            isRegistered,
            topic,
            ContentType.UNSPECIFIED,
            PayloadCodec.NO_PORT,
            payload.getBytes(UTF_8),
            1_764_000_000_000_000L));
  }

  @Test
  void theRecordIsShownWithWhatIsUnmappedAndWhatIsMissing() throws IOException {
    Decoded decoded = decode(PROFILE, true, "telemetry", "{\"lvl\":2,\"odd\":3}");
    assertThat(decoded.ok()).isTrue();
    assertThat(decoded.dialect()).isEqualTo("sluice");
    assertThat(decoded.rule()).contains("sluice.yaml:");
    assertThat(decoded.outcomes())
        .singleElement()
        .satisfies(outcome -> {
          assertThat(outcome.record()).contains("\"level\"", "\"odd\"");
          assertThat(outcome.unmapped()).containsExactly("odd");
          assertThat(outcome.missing()).as("ph is optional").containsExactly("pressure");
          assertThat(outcome.faulty()).isNull();
        });
  }

  @Test
  void aFieldThatTheProfileDropsIsToldToo() throws IOException {
    Decoded decoded =
        decode(PROFILE + "unknown: drop\n", true, "telemetry", "{\"lvl\":2,\"odd\":3}");
    assertThat(decoded.outcomes())
        .singleElement()
        .satisfies(outcome -> {
          assertThat(outcome.record()).doesNotContain("odd");
          assertThat(outcome.unmapped()).containsExactly("odd");
        });
  }

  @Test
  void aRefusalHasTheReasonThatTheDeviceWouldGet() throws IOException {
    Decoded broken = decode(PROFILE, true, "telemetry", "{\"lvl\":");
    assertThat(broken.ok()).isFalse();
    assertThat(broken.reason()).isEqualTo(RejectReason.PAYLOAD_INVALID);
    assertThat(broken.rule()).contains("sluice.yaml:");
    Decoded unmapped = decode(PROFILE, true, "no/such/topic/here", "{}");
    assertThat(unmapped.reason()).isEqualTo(RejectReason.UNMAPPED_TOPIC);
    assertThat(unmapped.detail()).contains("telemetry");
    assertThat(unmapped.dialect()).isNull();
  }

  @Test
  void aChildIsOfTheRegistryOrMadeUpWithItsConcentrator() throws IOException {
    Decoded unknown = decode(PROFILE, true, "telemetry/probe-1", "{\"lvl\":2}");
    assertThat(unknown.reason()).isEqualTo(RejectReason.UNKNOWN_CHILD);
    devices.put("probe-1", device("probe-1", null));
    assertThat(decode(PROFILE, true, "telemetry/probe-1", "{\"lvl\":2}").reason())
        .isEqualTo(RejectReason.NOT_AUTHORIZED);
    devices.put("probe-1", device("probe-1", "tank-1"));
    assertThat(decode(PROFILE, true, "telemetry/probe-1", "{\"lvl\":2}").ok()).isTrue();
    devices.clear();
    assertThat(decode(PROFILE, false, "telemetry/probe-1", "{\"lvl\":2}").outcomes())
        .singleElement()
        .satisfies(outcome -> assertThat(outcome.device()).isEqualTo("probe-1"));
  }
}
