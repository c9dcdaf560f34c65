package io.sluice.sim.vendor.home;

import io.sluice.sim.device.Sample;
import io.sluice.sim.scenario.DeviceSpec;
import io.sluice.sim.vendor.Fields;
import io.sluice.sim.vendor.Firmware;
import io.sluice.sim.vendor.Presence;
import io.sluice.sim.vendor.Publication;
import io.sluice.sim.vendor.SignIn;
import io.sluice.sim.vendor.Trees;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;

/**
 * Tasmota with power metering (tasmota.github.io/docs, "MQTT", "Commands", "Power Monitoring
 * Calibration"), FullTopic {@code %prefix%/%topic%/} as it leaves the factory. {@code Time} is
 * local and has neither zone nor fraction.
 */
public final class Tasmota implements Firmware {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss", Locale.ROOT);
  private static final long SECOND = 1_000_000;

  @Override
  public SignIn signIn(DeviceSpec session, Instant now) {
    return new SignIn("DVES_" + chip(session), session.id(), session.password());
  }

  /** The last half of the MAC address. */
  private static String chip(DeviceSpec spec) {
    return String.format("%06X", spec.seed() & 0xFFFFFF);
  }

  @Override
  public List<String> filters(DeviceSpec session) {
    return List.of(
        "cmnd/" + session.id() + "/#", "cmnd/tasmotas/#", "cmnd/DVES_" + chip(session) + "_fb/#");
  }

  @Override
  public Presence presence(DeviceSpec spec) {
    return new Presence(
        Publication.text("tele/" + spec.id() + "/LWT", "Online").retained(),
        "Offline",
        "LWT",
        "Online");
  }

  @Override
  public boolean carriesTime() {
    return true;
  }

  @Override
  public Sample said(DeviceSpec spec, Sample sample, long index) {
    return Fields.with(
        Fields.cut(sample, SECOND), Fields.field("apparentPower", "VA", apparentPower(sample)));
  }

  private static long apparentPower(Sample sample) {
    return Math.round(Fields.number(sample, "power") / Fields.number(sample, "powerFactor"));
  }

  @Override
  public Publication publication(DeviceSpec spec, Sample said, long index) {
    ZoneId zone = spec.group().zone();
    Instant at = Instant.EPOCH.plus(said.micros(), ChronoUnit.MICROS);
    return Publication.json(
        "tele/" + spec.id() + "/SENSOR",
        Trees.of(
            "Time",
            LocalDateTime.ofInstant(at, zone).format(TIME),
            "ENERGY",
            Trees.of(
                "TotalStartTime", "2026-01-01T00:00:00",
                "Total", Fields.value(said, "energy"),
                "Yesterday", 11.52,
                "Today", 4.407,
                "Period", 2,
                "Power", Fields.value(said, "power"),
                "ApparentPower", Fields.value(said, "apparentPower"),
                "Factor", Fields.value(said, "powerFactor"),
                "Voltage", Fields.value(said, "voltage"),
                "Current", Fields.value(said, "current"))));
  }
}
