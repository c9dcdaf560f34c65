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

/**
 * An SN50V3-CB of Dragino on LTE-M (github.com/dragino/NBSN95, SN50V3-CB, nb_payload.c), in mode 1:
 * its IMEI in the message, times in UTC to the second, a place of 0, 0 where it has none, battery
 * in volts.
 */
public final class Dragino implements Firmware {
  private static final long SECOND = 1_000_000;
  private static final double BATTERY = 3.21;
  private static final double HUMIDITY = 51.8;
  private static final long SIGNAL = 20;

  @Override
  public List<String> filters(DeviceSpec session) {
    return List.of("dragino/" + session.id() + "/down");
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
            new Field("temperature", "Cel", Fields.value(sample, "temperature")),
            new Field("batteryVoltage", "V", BATTERY),
            new Field("humidity", null, HUMIDITY),
            new Field("mod", null, 1L),
            new Field("signal", null, SIGNAL),
            new Field("adc1", null, 0L),
            new Field("digital_in", null, index % 2)));
  }

  @Override
  public Publication publication(DeviceSpec spec, Sample said, long index) {
    return Publication.json(
        "dragino/" + spec.id() + "/up",
        Trees.of(
            "IMEI",
            spec.id(),
            "IMSI",
            "460240210507481",
            "Model",
            "SN50V3-CB",
            "mod",
            1,
            "battery",
            BATTERY,
            "signal",
            SIGNAL,
            "time",
            Instant.EPOCH.plus(said.micros(), ChronoUnit.MICROS).toString(),
            "latitude",
            0.0,
            "longitude",
            0.0,
            "gps_time",
            "1970-01-01T00:00:00Z",
            "digital_in",
            index % 2,
            "adc1",
            0,
            "temperature",
            Fields.value(said, "temperature"),
            "humidity",
            HUMIDITY));
  }
}
