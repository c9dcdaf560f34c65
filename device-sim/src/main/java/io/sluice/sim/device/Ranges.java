package io.sluice.sim.device;

import java.util.Map;

/**
 * The ranges that profiles declare for their metrics, by profile and name; a value beyond is bad.
 */
public final class Ranges {
  private static final Map<String, Range> ALL =
      Map.ofEntries(
          Map.entry("cnc.spindleSpeed", new Range(0, 40_000)),
          Map.entry("cnc.load", new Range(0, 200)),
          Map.entry("cnc.partCount", least(0)),
          Map.entry("vibration-sensor.velocityRms", new Range(0, 50)),
          Map.entry("vibration-sensor.temperature", new Range(-40, 125)),
          Map.entry("energy-meter.voltage", new Range(0, 500)),
          Map.entry("energy-meter.current", least(0)),
          Map.entry("energy-meter.energy", least(0)),
          Map.entry("energy-meter.powerFactor", new Range(-1, 1)),
          Map.entry("soil-probe.moisture", new Range(0, 100)),
          Map.entry("soil-probe.temperature", new Range(-40, 85)),
          Map.entry("soil-probe.conductivity", least(0)),
          Map.entry("weather-station.temperature", new Range(-60, 70)),
          Map.entry("weather-station.humidity", new Range(0, 100)),
          Map.entry("weather-station.windSpeed", new Range(0, 90)),
          Map.entry("weather-station.windDirection", new Range(0, Math.nextDown(360d))),
          Map.entry("weather-station.pressure", new Range(900, 1100)),
          Map.entry("weather-station.rain", least(0)),
          Map.entry("irrigation-valve.pulses", least(0)),
          Map.entry("irrigation-valve.pressure", new Range(0, 1600)),
          Map.entry("livestock-tag.lat", new Range(-90, 90)),
          Map.entry("livestock-tag.lon", new Range(-180, 180)),
          Map.entry("livestock-tag.bodyTemperature", new Range(35, 43)),
          Map.entry("livestock-tag.activity", least(0)),
          Map.entry("water-meter.volume", least(0)),
          Map.entry("water-meter.battery", new Range(0, 100)),
          Map.entry("air-quality.pm25", new Range(0, 1000)),
          Map.entry("air-quality.pm10", new Range(0, 1000)),
          Map.entry("air-quality.so2", new Range(0, 2620)),
          Map.entry("air-quality.no2", new Range(0, 3840)),
          Map.entry("air-quality.o3", new Range(0, 1200)),
          Map.entry("air-quality.co", new Range(0, 150)),
          Map.entry("street-light.dim", new Range(0, 100)),
          Map.entry("street-light.power", new Range(0, 2000)),
          Map.entry("smart-bin.fill", new Range(0, 100)),
          Map.entry("smart-bin.tilt", new Range(0, 180)),
          Map.entry("smart-bin.temperature", new Range(-40, 125)),
          Map.entry("flood-gauge.depth", new Range(0, 40)),
          Map.entry("flood-gauge.rain", least(0)),
          Map.entry("slope-sensor.angleX", new Range(-90, 90)),
          Map.entry("slope-sensor.angleY", new Range(-90, 90)),
          Map.entry("gas-detector.gas", new Range(0, 100)));

  private record Range(double low, double high) {}

  private Ranges() {}

  private static Range least(double low) {
    return new Range(low, Double.POSITIVE_INFINITY);
  }

  /** Whether a profile takes a value of a metric for good; so does one that declares no range. */
  public static boolean hold(String profile, String metric, double value) {
    Range range = ALL.get(profile + "." + metric);
    return range == null || (value >= range.low && value <= range.high);
  }
}
