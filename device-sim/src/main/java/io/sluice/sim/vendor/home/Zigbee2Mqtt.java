package io.sluice.sim.vendor.home;

import io.sluice.sim.device.Sample;
import io.sluice.sim.scenario.DeviceSpec;
import io.sluice.sim.vendor.Firmware;
import io.sluice.sim.vendor.Presence;
import io.sluice.sim.vendor.Publication;
import io.sluice.sim.vendor.SignIn;
import io.sluice.sim.vendor.Trees;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

/**
 * Zigbee2MQTT (zigbee2mqtt.io, "MQTT Topics and Messages", "MQTT", "Device availability"): one
 * bridge, many devices, {@code last_seen: ISO_8601}. A device whose id has dots has a friendly name
 * with slashes.
 */
public final class Zigbee2Mqtt implements Firmware {
  private static final String BASE = "zigbee2mqtt/";

  /** What a metered plug exposes (zigbee2mqtt.io, devices, TS011F_plug_1), by our names. */
  private static final Map<String, String> EXPOSED = Map.of("powerFactor", "power_factor");

  @Override
  public SignIn signIn(DeviceSpec session, Instant now) {
    return new SignIn(
        "mqttjs_%08x".formatted(session.seed() & 0xFFFFFFFFL), session.id(), session.password());
  }

  @Override
  public List<String> filters(DeviceSpec session) {
    return List.of(BASE + "#");
  }

  private static String friendlyName(DeviceSpec spec) {
    return spec.id().replace('.', '/');
  }

  @Override
  public Presence presence(DeviceSpec spec) {
    boolean isBridge = spec.isConcentrator();
    String topic = isBridge ? BASE + "bridge/state" : BASE + friendlyName(spec) + "/availability";
    return new Presence(
        Publication.json(topic, Trees.of("state", "online")).retained(),
        "{\"state\":\"offline\"}",
        isBridge ? "bridge" : "availability",
        "online");
  }

  @Override
  public boolean carriesTime() {
    return true;
  }

  @Override
  public Sample said(DeviceSpec spec, Sample sample, long index) {
    return sample;
  }

  @Override
  public Publication publication(DeviceSpec spec, Sample said, long index) {
    Map<String, Object> state = Trees.of("linkquality", 40 + index % 200, "state", "ON");
    said.fields()
        .forEach(
            field -> state.put(EXPOSED.getOrDefault(field.name(), field.name()), field.value()));
    Instant seen = Instant.EPOCH.plus(said.micros(), ChronoUnit.MICROS);
    state.put("last_seen", seen.truncatedTo(ChronoUnit.MILLIS).toString());
    return Publication.json(BASE + friendlyName(spec), state);
  }
}
