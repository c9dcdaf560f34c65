package io.sluice.sim.vendor.industry;

import io.sluice.sim.device.Sample;
import io.sluice.sim.device.Sample.Field;
import io.sluice.sim.scenario.DeviceSpec;
import io.sluice.sim.vendor.Fields;
import io.sluice.sim.vendor.Firmware;
import io.sluice.sim.vendor.Presence;
import io.sluice.sim.vendor.Publication;
import io.sluice.sim.vendor.Trees;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

/**
 * A WISE module of Advantech with two analogue inputs (WISE-4000 user manual, "MQTT"): the id is
 * its MAC address, {@code t} is UTC in seconds, {@code q} 192 means good.
 */
public final class AdvantechWise implements Firmware {
  private static final long SECOND = 1_000_000;
  private static final int GOOD = 192;

  @Override
  public List<String> filters(DeviceSpec session) {
    return List.of("Advantech/" + session.id() + "/ctl/#");
  }

  @Override
  public Presence presence(DeviceSpec spec) {
    return new Presence(
        Publication.json("Advantech/" + spec.id() + "/Device_Status", status(spec, "connect"))
            .retained(),
        new String(Trees.bytes(status(spec, "disconnect")), StandardCharsets.UTF_8),
        "status",
        "connect");
  }

  private static Map<String, Object> status(DeviceSpec spec, String status) {
    return Trees.of(
        "status", status, "name", "WISE-4012", "macid", spec.id(), "ipaddr", "10.1.1.11");
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
            new Field("ai1", null, Fields.value(sample, "velocityRms")),
            new Field("ai2", null, Fields.value(sample, "temperature")),
            new Field("di1", null, true)));
  }

  @Override
  public Publication publication(DeviceSpec spec, Sample said, long index) {
    return Publication.json(
        "Advantech/" + spec.id() + "/data",
        Trees.of(
            "s",
            index + 1,
            "t",
            Instant.EPOCH.plus(said.micros(), ChronoUnit.MICROS).toString(),
            "q",
            GOOD,
            "c",
            1,
            "di1",
            true,
            "ai1",
            Fields.value(said, "ai1"),
            "ai2",
            Fields.value(said, "ai2")));
  }
}
