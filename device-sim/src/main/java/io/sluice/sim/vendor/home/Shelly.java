package io.sluice.sim.vendor.home;

import io.sluice.sim.device.Sample;
import io.sluice.sim.scenario.DeviceSpec;
import io.sluice.sim.vendor.Fields;
import io.sluice.sim.vendor.Firmware;
import io.sluice.sim.vendor.Presence;
import io.sluice.sim.vendor.Publication;
import io.sluice.sim.vendor.Trees;
import java.util.List;

/**
 * A Shelly of the second generation with a metered switch (shelly-api-docs.shelly.cloud, Gen2+,
 * "MQTT", "Notifications", "Switch"). The topic's prefix is its id; {@code ts} is in seconds with
 * two digits behind the point, energy in Wh.
 */
public final class Shelly implements Firmware {
  private static final long TS_MICROS = 10_000;

  @Override
  public List<String> filters(DeviceSpec session) {
    return List.of(session.id() + "/rpc", session.id() + "/command/#", "shellies/command");
  }

  @Override
  public Presence presence(DeviceSpec spec) {
    return new Presence(
        Publication.text(spec.id() + "/online", "true").retained(), "false", "online", true);
  }

  @Override
  public boolean carriesTime() {
    return true;
  }

  @Override
  public Sample said(DeviceSpec spec, Sample sample, long index) {
    return Fields.cut(sample, TS_MICROS);
  }

  @Override
  public Publication publication(DeviceSpec spec, Sample said, long index) {
    return Publication.json(
        spec.id() + "/events/rpc",
        Trees.of(
            "src",
            spec.id(),
            "dst",
            spec.id() + "/events",
            "method",
            "NotifyStatus",
            "params",
            Trees.of(
                "ts",
                said.micros() / 1e6,
                "switch:0",
                Trees.of(
                    "id", 0,
                    "output", true,
                    "apower", Fields.value(said, "power"),
                    "voltage", Fields.value(said, "voltage"),
                    "pf", Fields.value(said, "powerFactor"),
                    "current", Fields.value(said, "current"),
                    "aenergy",
                        Trees.of(
                            "total", Fields.rounded(Fields.number(said, "energy") * 1000, 3),
                            "by_minute", List.of(31.2, 66.9, 66.4),
                            "minute_ts", said.micros() / 60_000_000 * 60)))));
  }
}
