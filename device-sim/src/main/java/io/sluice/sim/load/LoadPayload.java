package io.sluice.sim.load;

import io.sluice.sim.device.Hash;
import io.sluice.sim.device.Kind;
import io.sluice.sim.device.PayloadForm;
import io.sluice.sim.device.SimDevice;
import io.sluice.sim.device.SimProfiles;
import io.sluice.sim.scenario.DeviceGroup;
import io.sluice.sim.scenario.DeviceSpec;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;

/** One device's JSON payload, made once; only the digits of its counter change from then on. */
final class LoadPayload {
  private static final int COUNTER_DIGITS = 13;
  private static final int NO_COUNTER = -1;

  private LoadPayload() {}

  /**
   * The payload with a counter of thirteen digits, filled up with spaces to the size asked for; or
   * the one that was given, which has no counter.
   */
  static byte[] of(LoadPlan plan, int index) {
    String given = plan.payload();
    if (given != null) {
      return plan.isHex()
          ? HexFormat.of().parseHex(given)
          : given.replace("{id}", plan.userOf(index)).getBytes(StandardCharsets.UTF_8);
    }
    SimProfiles.Profile profile = Objects.requireNonNull(SimProfiles.all().get(plan.profile()));
    DeviceGroup group =
        new DeviceGroup(
            profile,
            1,
            "load-{n}",
            "factory",
            "load",
            profile.interval(),
            0,
            DeviceGroup.Transport.MQTT_3_1_1,
            1,
            PayloadForm.JSON,
            new DeviceGroup.Login(null, null),
            Map.of(),
            false,
            null,
            null);
    long now = System.currentTimeMillis();
    DeviceSpec spec = new DeviceSpec("load", group, Hash.mix(1, index), 1);
    byte[] json =
        PayloadForm.JSON.encode(
            new SimDevice(spec, now * 1000).sample(now, now * 1000, Kind.TELEMETRY));
    if (json.length >= plan.sizeBytes()) {
      return json;
    }
    String padding =
        ",\"model\":\"" + "x".repeat(Math.max(0, plan.sizeBytes() - json.length - 11)) + "\"}";
    String text = new String(json, StandardCharsets.UTF_8);
    return (text.substring(0, text.length() - 1) + padding).getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Where the last digit of the counter stands in a frame that ends with the payload, or {@link
   * #NO_COUNTER}.
   */
  static int counterEnd(LoadPlan plan, byte[] frame, byte[] payload) {
    return plan.payload() != null
        ? NO_COUNTER
        : frame.length - payload.length + "{\"n\":".length() + COUNTER_DIGITS - 1;
  }

  /** Adds one to the counter, where there is one. */
  static void count(byte[] frame, int counterEnd) {
    if (counterEnd == NO_COUNTER) {
      return;
    }
    int at = counterEnd;
    while (frame[at] == '9') {
      frame[at--] = '0';
    }
    frame[at]++;
  }
}
