package io.sluice.sim.vendor.industry;

import io.sluice.sim.device.Sample;
import io.sluice.sim.device.Sample.Field;
import io.sluice.sim.scenario.DeviceSpec;
import io.sluice.sim.vendor.Fields;
import io.sluice.sim.vendor.Firmware;
import io.sluice.sim.vendor.Publication;
import io.sluice.sim.vendor.Trees;
import java.util.List;

/**
 * A tracker of Teltonika (wiki.teltonika-gps.com, "Codec JSON"): a shadow update below its IMEI,
 * parameters by their AVL numbers, a place as one text, the time in milliseconds.
 */
public final class Teltonika implements Firmware {
  private static final long MILLISECOND = 1_000;

  /** AVL 66, external voltage in mV, and 21, strength of the signal. */
  private static final long VOLTAGE = 12_089;

  private static final long SIGNAL = 4;

  @Override
  public List<String> filters(DeviceSpec session) {
    return List.of(session.id() + "/commands");
  }

  @Override
  public boolean carriesTime() {
    return true;
  }

  @Override
  public Sample said(DeviceSpec spec, Sample sample, long index) {
    Sample cut = Fields.cut(sample, MILLISECOND);
    return new Sample(
        cut.n(),
        cut.micros(),
        cut.kind(),
        List.of(
            new Field("lat", "lat", Fields.value(sample, "lat")),
            new Field("lon", "lon", Fields.value(sample, "lon")),
            new Field("21", null, SIGNAL),
            new Field("66", null, VOLTAGE),
            new Field("sp", null, index % 90)));
  }

  @Override
  public Publication publication(DeviceSpec spec, Sample said, long index) {
    return Publication.json(
        spec.id() + "/data",
        Trees.of(
            "state",
            Trees.of(
                "reported",
                Trees.of(
                    "21",
                    SIGNAL,
                    "66",
                    VOLTAGE,
                    "ts",
                    said.micros() / MILLISECOND,
                    "latlng",
                    Fields.value(said, "lat") + "," + Fields.value(said, "lon"),
                    "sp",
                    Fields.value(said, "sp")))));
  }
}
