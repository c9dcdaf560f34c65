package io.sluice.sim.vendor.home;

import io.sluice.sim.device.Sample;
import io.sluice.sim.device.Sample.Field;
import io.sluice.sim.scenario.DeviceSpec;
import io.sluice.sim.vendor.Fields;
import io.sluice.sim.vendor.Firmware;
import io.sluice.sim.vendor.Presence;
import io.sluice.sim.vendor.Publication;
import io.sluice.sim.vendor.SignIn;
import java.time.Instant;
import java.util.List;

/**
 * A node of ESPHome (esphome.io, "MQTT Client Component"): one topic for each sensor, by its object
 * id; values are bare and retained, and nothing tells their unit.
 */
public final class EspHome implements Firmware {
  @Override
  public SignIn signIn(DeviceSpec session, Instant now) {
    return new SignIn(
        "%s-%06x".formatted(session.id(), session.seed() & 0xFFFFFF),
        session.id(),
        session.password());
  }

  @Override
  public List<String> filters(DeviceSpec session) {
    return List.of(session.id() + "/switch/relay/command", "esphome/discover");
  }

  @Override
  public Presence presence(DeviceSpec spec) {
    return new Presence(
        Publication.text(spec.id() + "/status", "online").retained(),
        "offline",
        "status",
        "online");
  }

  @Override
  public boolean carriesTime() {
    return false;
  }

  /** Its sensors in turn. */
  @Override
  public Sample said(DeviceSpec spec, Sample sample, long index) {
    return Fields.only(sample, sample.fields().get((int) (index % sample.fields().size())));
  }

  @Override
  public Publication publication(DeviceSpec spec, Sample said, long index) {
    Field field = said.fields().getFirst();
    return Publication.text(
            "%s/sensor/%s/state".formatted(spec.id(), field.name()), field.value().toString())
        .retained();
  }
}
