package io.sluice.sim.vendor.home;

import io.sluice.sim.device.Sample;
import io.sluice.sim.device.Sample.Field;
import io.sluice.sim.scenario.DeviceSpec;
import io.sluice.sim.vendor.Fields;
import io.sluice.sim.vendor.Firmware;
import io.sluice.sim.vendor.Presence;
import io.sluice.sim.vendor.Publication;
import java.util.List;

/**
 * A Shelly plug of the first generation (shelly-api-docs.shelly.cloud, Gen1, "Shelly Plug: MQTT"):
 * each value has a topic of its own and stands there bare; energy counts watt minutes.
 */
public final class ShellyGen1 implements Firmware {
  private static final double WATT_MINUTES_OF_KWH = 60_000;

  @Override
  public List<String> filters(DeviceSpec session) {
    return List.of(
        "shellies/command",
        "shellies/" + session.id() + "/command",
        "shellies/" + session.id() + "/relay/0/command");
  }

  @Override
  public Presence presence(DeviceSpec spec) {
    return new Presence(
        Publication.text("shellies/" + spec.id() + "/online", "true").retained(),
        "false",
        "online",
        true);
  }

  @Override
  public boolean carriesTime() {
    return false;
  }

  /** Power and energy in turn. */
  @Override
  public Sample said(DeviceSpec spec, Sample sample, long index) {
    return Fields.only(
        sample,
        index % 2 == 0
            ? new Field("relay.0.power", "W", Fields.value(sample, "power"))
            : new Field("relay.0.energy", "kWh", Fields.value(sample, "energy")));
  }

  @Override
  public Publication publication(DeviceSpec spec, Sample said, long index) {
    Field field = said.fields().getFirst();
    boolean isEnergy = field.name().equals("relay.0.energy");
    String value =
        isEnergy
            ? "" + Math.round(Fields.number(said, field.name()) * WATT_MINUTES_OF_KWH)
            : field.value().toString();
    return Publication.text(
        "shellies/%s/relay/0/%s".formatted(spec.id(), isEnergy ? "energy" : "power"), value);
  }
}
