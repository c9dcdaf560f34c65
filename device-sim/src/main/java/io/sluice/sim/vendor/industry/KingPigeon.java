package io.sluice.sim.vendor.industry;

import io.sluice.sim.device.Sample;
import io.sluice.sim.device.Sample.Field;
import io.sluice.sim.scenario.DeviceSpec;
import io.sluice.sim.vendor.Fields;
import io.sluice.sim.vendor.Firmware;
import io.sluice.sim.vendor.Publication;
import io.sluice.sim.vendor.Trees;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;

/**
 * A terminal of King Pigeon (S275 and BL101 user manuals, "MQTT data format"): its topic is its
 * serial number; points have flags for names, switches come as text, and the time has its own
 * order.
 */
public final class KingPigeon implements Firmware {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss MM/dd/yyyy 'UTC'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);
  private static final long SECOND = 1_000_000;

  @Override
  public List<String> filters(DeviceSpec session) {
    return List.of(session.id() + "/+");
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
            new Field("AIN1", null, Fields.value(sample, "velocityRms")),
            new Field("TEMP1", null, Fields.value(sample, "temperature")),
            new Field("DI1", null, index % 2)));
  }

  @Override
  public Publication publication(DeviceSpec spec, Sample said, long index) {
    return Publication.json(
        spec.id(),
        Trees.of(
            "sensorDatas",
            List.of(
                Trees.of("flag", "AIN1", "value", Fields.value(said, "AIN1")),
                Trees.of("flag", "TEMP1", "value", Fields.value(said, "TEMP1")),
                Trees.of("flag", "DI1", "switcher", Fields.value(said, "DI1").toString())),
            "time",
            TIME.format(Instant.EPOCH.plus(said.micros(), ChronoUnit.MICROS))));
  }
}
