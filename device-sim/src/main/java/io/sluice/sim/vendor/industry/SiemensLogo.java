package io.sluice.sim.vendor.industry;

import io.sluice.sim.device.Sample;
import io.sluice.sim.device.Sample.Field;
import io.sluice.sim.scenario.DeviceSpec;
import io.sluice.sim.vendor.Fields;
import io.sluice.sim.vendor.Firmware;
import io.sluice.sim.vendor.Publication;
import io.sluice.sim.vendor.Trees;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

/**
 * A Siemens LOGO! 8.3 (LOGO! manual, "Cloud connection"; industrialmonitordirect.com, "LOGO! 8.3
 * MQTT JSON format"): a shadow with each variable in an array of one, and its own clock, which
 * shows the local time, in seconds.
 */
public final class SiemensLogo implements Firmware {
  private static final long SECOND = 1_000_000;

  @Override
  public List<String> filters(DeviceSpec session) {
    return List.of("logo/" + session.id() + "/delta");
  }

  @Override
  public boolean carriesTime() {
    return true;
  }

  @Override
  public Sample said(DeviceSpec spec, Sample sample, long index) {
    Sample cut = Fields.cut(sample, SECOND);
    return new Sample(
        cut.n(),
        cut.micros(),
        cut.kind(),
        List.of(
            new Field("AM1", null, Math.round(Fields.number(sample, "velocityRms") * 100)),
            new Field("AM2", null, Math.round(Fields.number(sample, "temperature") * 10))));
  }

  @Override
  public Publication publication(DeviceSpec spec, Sample said, long index) {
    Instant at = Instant.EPOCH.plus(said.micros(), ChronoUnit.MICROS);
    long offset = spec.group().zone().getRules().getOffset(at).getTotalSeconds();
    return Publication.json(
        "logo/" + spec.id(),
        Trees.of(
            "state",
            Trees.of(
                "reported",
                Trees.of(
                    "$logotime", at.getEpochSecond() + offset,
                    "AM1", variable("AM1-Analog Mem", said),
                    "AM2", variable("AM2-Analog Mem", said)))));
  }

  private static Map<String, Object> variable(String description, Sample said) {
    String name = description.substring(0, description.indexOf('-'));
    return Trees.of("desc", description + "-1", "value", List.of(Fields.value(said, name)));
  }
}
