package io.sluice.sim.device;

import io.sluice.sim.device.Waveform.Constant;
import io.sluice.sim.device.Waveform.Counter;
import io.sluice.sim.device.Waveform.Daily;
import io.sluice.sim.device.Waveform.Drift;
import io.sluice.sim.device.Waveform.Flag;
import io.sluice.sim.device.Waveform.Steps;
import io.sluice.sim.device.Waveform.Walk;
import io.sluice.sim.device.Waveform.Weather;
import io.sluice.sim.device.Waveform.Words;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The built-in device profiles: what each reports, how it moves, how often, in which form. */
public final class SimProfiles {
  private static final Map<String, Duration> SUPERVISION =
      Map.of("fire-panel", Duration.ofMinutes(5), "gas-detector", Duration.ofMinutes(3));
  private static final Map<String, Profile> ALL = new LinkedHashMap<>();

  /**
   * @param interval how often it reports unless the scenario says otherwise
   * @param alarmCause what an alarm of such a device is about
   */
  public record Profile(
      String id, Duration interval, PayloadForm form, String alarmCause, List<SimMetric> metrics) {
    /**
     * After how long a silence the gateway raises an alarm, by its documentation of the profile;
     * null: never.
     */
    public @Nullable Duration supervision() {
      return SUPERVISION.get(id);
    }
  }

  /** Those that devices of a dialect alone have. */
  private static final Map<String, Profile> OF_DIALECTS = new LinkedHashMap<>();

  static {
    ofDialects();
    factory();
    farm();
    publicService();
    emergency();
  }

  private SimProfiles() {}

  /** Every profile by its id, in the order of the documentation. */
  public static Map<String, Profile> all() {
    return ALL;
  }

  /** The same, and those that devices of a dialect alone have. */
  public static Map<String, Profile> named() {
    Map<String, Profile> named = new LinkedHashMap<>(ALL);
    named.putAll(OF_DIALECTS);
    return named;
  }

  private static void ofDialects() {
    Profile lht65 =
        new Profile(
            "dragino-lht65",
            Duration.ofMinutes(20),
            PayloadForm.DIALECT,
            "frost",
            List.of(
                metric("temperature", "Cel", 2, new Daily(17, 7, 15, 0.3)),
                metric("humidity", "%RH", 1, new Walk(35, 80, 7200))));
    OF_DIALECTS.put(lht65.id(), lht65);
    Profile em300 =
        new Profile(
            "milesight-em300",
            Duration.ofMinutes(10),
            PayloadForm.DIALECT,
            "frost",
            List.of(
                metric("temperature", "Cel", 1, new Daily(17, 7, 15, 0.3)),
                metric("humidity", "%RH", 1, new Walk(35, 80, 7200))));
    OF_DIALECTS.put(em300.id(), em300);
  }

  private static void factory() {
    add(
        "cnc",
        Duration.ofSeconds(1),
        PayloadForm.JSON,
        "spindle-overload",
        metric("spindleSpeed", "1/min", 0, new Steps(List.of(0d, 6000d, 8000d, 12000d), 45)),
        metric("load", "%", 1, new Walk(5, 95, 20)),
        metric("state", null, 0, new Words(List.of("running", "idle", "setup"), 45)),
        metric("partCount", null, 0, new Counter(5000, 60)));
    add(
        "plc",
        Duration.ofSeconds(1),
        PayloadForm.JSON,
        "line-stopped",
        metric("lineSpeed", null, 2, new Walk(0.8, 1.4, 30)),
        metric("tankLevel", null, 1, new Walk(20, 90, 120)),
        metric("motorTemperature", null, 1, new Daily(55, 8, 15, 1)),
        metric("running", null, 0, new Flag(0.9, 60)),
        metric("batch", null, 0, new Counter(300, 4)));
    add(
        "vibration-sensor",
        Duration.ofMinutes(10),
        PayloadForm.SENML_JSON,
        "vibration-high",
        metric("velocityRms", "mm/s", 2, new Walk(0.8, 6.5, 90)),
        metric("temperature", "Cel", 1, new Daily(42, 6, 15, 0.4)));
    add(
        "energy-meter",
        Duration.ofMinutes(1),
        PayloadForm.JSON,
        "over-current",
        metric("voltage", "V", 1, new Walk(224, 236, 60)),
        metric("current", "A", 2, new Daily(18, 9, 13, 1.5)),
        metric("power", "W", 0, new Daily(4100, 2000, 13, 350)),
        metric("energy", "kWh", 3, new Counter(12000, 4.1)),
        metric("powerFactor", null, 2, new Walk(0.82, 0.99, 60)));
  }

  private static void farm() {
    add(
        "soil-probe",
        Duration.ofMinutes(20),
        PayloadForm.JSON_STRINGS,
        "soil-dry",
        metric("moisture", "%", 1, new Walk(18, 42, 7200)),
        metric("temperature", "Cel", 1, new Daily(16, 4, 16, 0.2)),
        metric("conductivity", "uS/cm", 0, new Walk(250, 900, 7200)));
    add(
        "weather-station",
        Duration.ofMinutes(5),
        PayloadForm.SENML_JSON,
        "frost",
        metric("temperature", "Cel", 1, new Weather(17, 7, 15, -5, 0.3, -50)),
        metric("humidity", "%RH", 0, new Weather(62, -15, 15, 18, 2, 5)),
        metric("windSpeed", "m/s", 1, new Walk(0.2, 11, 120)),
        metric("windDirection", "deg", 0, new Walk(10, 350, 600)),
        metric("pressure", "hPa", 1, new Weather(1013, 0.8, 10, -14, 0.1, 900)),
        metric("rain", "mm", 1, new Weather(-0.8, 0, 0, 3, 0.1, 0)));
    add(
        "irrigation-valve",
        Duration.ofMinutes(10),
        PayloadForm.JSON,
        "no-flow",
        metric("valve", null, 0, new Words(List.of("closed", "open"), 120)),
        metric("pulses", null, 0, new Counter(800, 240)),
        metric("pressure", "kPa", 0, new Walk(180, 320, 120)));
    add(
        "livestock-tag",
        Duration.ofMinutes(15),
        PayloadForm.JSON,
        "fever",
        metric("lat", "lat", 6, new Walk(46.90, 46.92, 1800)),
        metric("lon", "lon", 6, new Walk(7.40, 7.43, 1800)),
        metric("bodyTemperature", "Cel", 1, new Daily(38.6, 0.3, 18, 0.1)),
        metric("activity", null, 0, new Walk(0, 100, 300)));
  }

  private static void publicService() {
    add(
        "water-meter",
        Duration.ofHours(1),
        PayloadForm.SENML_CBOR,
        "leak",
        metric("volume", "m3", 3, new Counter(420, 0.02)),
        metric("flow", "m3/h", 3, new Walk(0, 0.9, 600)),
        metric("battery", "%", 0, new Drift(92, -0.05, 0)));
    add(
        "air-quality",
        Duration.ofMinutes(1),
        PayloadForm.JSON,
        "pm25-high",
        metric("pm25", "ug/m3", 1, new Walk(6, 70, 1800)),
        metric("pm10", "ug/m3", 1, new Walk(12, 120, 1800)),
        metric("so2", "ug/m3", 1, new Walk(2, 20, 1800)),
        metric("no2", "ug/m3", 1, new Walk(10, 80, 1800)),
        metric("o3", "ug/m3", 1, new Daily(60, 30, 15, 4)),
        metric("co", "mg/m3", 2, new Walk(0.2, 1.8, 1800)));
    add(
        "street-light",
        Duration.ofMinutes(15),
        PayloadForm.CBOR,
        "lamp-fault",
        metric("on", null, 0, new Flag(0.5, 900)),
        metric("dim", "%", 0, new Steps(List.of(30d, 60d, 100d), 900)),
        metric("power", "W", 1, new Walk(18, 74, 900)),
        metric("fault", null, 0, new Flag(0, 900)));
    add(
        "smart-bin",
        Duration.ofHours(1),
        PayloadForm.SENML_CBOR,
        "fire-suspected",
        metric("fill", "%", 0, new Walk(2, 98, 14400)),
        metric("tilt", "deg", 0, new Steps(List.of(0d, 1d, 2d), 3600)),
        metric("temperature", "Cel", 1, new Daily(17, 7, 15, 0.3)));
  }

  private static void emergency() {
    add(
        "fire-panel",
        Duration.ofSeconds(60),
        PayloadForm.JSON,
        "smoke",
        metric("point", null, 0, new Words(List.of("1-001", "1-017", "2-003", "2-024"), 300)),
        metric("state", null, 0, new Words(List.of("normal"), 300)),
        metric("panelFault", null, 0, new Flag(0, 300)),
        metric("mainsPower", null, 0, new Flag(1, 300)));
    add(
        "flood-gauge",
        Duration.ofMinutes(5),
        PayloadForm.JSON,
        "water-rising",
        metric("depth", "m", 2, new Walk(0.6, 3.4, 3600)),
        metric("rain", "mm", 1, new Weather(-0.8, 0, 0, 3, 0.1, 0)));
    add(
        "slope-sensor",
        Duration.ofMinutes(10),
        PayloadForm.JSON,
        "displacement",
        metric("angleX", "deg", 2, new Drift(1.2, 0.02, 0.03)),
        metric("angleY", "deg", 2, new Drift(-0.6, 0.01, 0.03)),
        metric("displacement", "mm", 1, new Drift(3, 0.4, 0.2)));
    add(
        "gas-detector",
        Duration.ofSeconds(60),
        PayloadForm.JSON,
        "gas-leak",
        metric("gas", "%LEL", 1, new Walk(0, 6, 300)),
        metric("sos", null, 0, new Flag(0, 300)),
        metric("siren", null, 0, new Flag(0, 300)));
  }

  private static SimMetric metric(
      String name, @Nullable String unit, int decimals, Waveform waveform) {
    return new SimMetric(name, unit, decimals, waveform);
  }

  private static void add(
      String id, Duration interval, PayloadForm form, String alarmCause, SimMetric... metrics) {
    ALL.put(id, new Profile(id, interval, form, alarmCause, List.of(metrics)));
  }

  /** A metric that only a scenario knows. */
  public static SimMetric extra(String name) {
    return metric(name, null, 2, new Constant(0));
  }
}
