package io.sluice.sim.device;

import io.sluice.sim.device.Sample.Field;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Payloads as manufacturers and their network servers make them: own names, nested, or bytes. */
final class VendorPayload {
  private static final Map<String, String> SHELLY =
      Map.of(
          "voltage", "switch:0.voltage",
          "current", "switch:0.current",
          "power", "switch:0.apower",
          "energy", "switch:0.aenergy.total",
          "powerFactor", "switch:0.pf");
  private static final Map<String, String> MILESIGHT =
      Map.of(
          "moisture", "soil_moisture",
          "temperature", "soil_temperature",
          "conductivity", "ec",
          "angleX", "angle_x",
          "angleY", "angle_y",
          "valve", "valve_1",
          "pulses", "valve_1_pulse");
  private static final Map<String, String> TTN =
      Map.of(
          "temperature", "air.temperature",
          "humidity", "air.relativeHumidity",
          "pressure", "air.pressure",
          "windSpeed", "wind.speed",
          "windDirection", "wind.direction",
          "rain", "rain.cumulative");
  private static final Map<String, String> DRAGINO =
      Map.of("moisture", "water_SOIL", "temperature", "temp_SOIL", "conductivity", "conduct_SOIL");

  private VendorPayload() {}

  /** The profiles whose devices send the form; empty: all. */
  static Set<String> profiles(PayloadForm form) {
    return switch (form) {
      case SHELLY -> Set.of("energy-meter");
      case MILESIGHT -> Set.of("soil-probe", "slope-sensor", "irrigation-valve");
      case TTN -> Set.of("weather-station");
      case DRAGINO -> Set.of("soil-probe");
      case BINARY -> Set.of("water-meter", "slope-sensor");
      default -> Set.of();
    };
  }

  /** Shelly Gen2, NotifyStatus: seconds, and energy in Wh. */
  static Map<String, Object> shelly(Sample sample) {
    long millis = sample.micros() / 1000;
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("src", "shellypro1pm");
    tree.put("dst", "sluice/events");
    tree.put("method", "NotifyStatus");
    put(tree, "params.ts", millis / 1e3);
    put(tree, "params.n", sample.n());
    put(tree, "params.switch:0.id", 0L);
    for (Field field : sample.fields()) {
      Object value =
          field.name().equals("energy") && field.value() instanceof Number energy
              ? Math.round(energy.doubleValue() * 1000)
              : field.value();
      put(tree, "params." + SHELLY.getOrDefault(field.name(), field.name()), value);
    }
    return tree;
  }

  /** A Milesight device behind ChirpStack: what its codec decoded is the {@code object}. */
  static Map<String, Object> milesight(Sample sample) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("time", time(sample));
    tree.put("fPort", 85L);
    put(tree, "object.n", sample.n());
    for (Field field : sample.fields()) {
      Object value = "closed".equals(field.value()) ? "close" : field.value();
      put(tree, "object." + MILESIGHT.getOrDefault(field.name(), field.name()), value);
    }
    return tree;
  }

  /** The Things Stack's normalized payload, which leaves out nothing but what is not measured. */
  static Map<String, Object> ttn(Sample sample) {
    String at = "uplink_message.normalized_payload.";
    Map<String, Object> tree = new LinkedHashMap<>();
    put(tree, "uplink_message.f_port", 1L);
    put(tree, at + "time", time(sample));
    put(tree, at + "n", sample.n());
    for (Field field : sample.fields()) {
      put(tree, at + TTN.getOrDefault(field.name(), field.name()), field.value());
    }
    return tree;
  }

  /** Dragino LSE01 and the like: one flat object of strings. */
  static Map<String, Object> dragino(Sample sample) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("n", sample.n());
    tree.put("ts", sample.micros() / 1000);
    for (Field field : sample.fields()) {
      tree.put(
          DRAGINO.getOrDefault(field.name(), field.name()),
          field.value() instanceof Number ? field.value().toString() : field.value());
    }
    return tree;
  }

  /**
   * Bytes, little-endian, as the {@code layout} of the gateway's profiles {@code water-meter} and
   * {@code slope-sensor} has them: neither counter nor time.
   */
  static byte[] binary(Sample sample) {
    Map<String, Number> values = new LinkedHashMap<>();
    for (Field field : sample.fields()) {
      if (field.value() instanceof Number number) {
        values.put(field.name(), number);
      }
    }
    ByteBuffer out = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    if (values.containsKey("volume")) {
      out.putInt((int) scaled(values, "volume", 1000)); // m3 in litres
      out.putShort((short) scaled(values, "flow", 1000)); // m3/h in l/h
      out.put((byte) scaled(values, "battery", 1));
    } else {
      out.putShort((short) scaled(values, "angleX", 100));
      out.putShort((short) scaled(values, "angleY", 100));
      out.putShort((short) scaled(values, "displacement", 10));
    }
    byte[] bytes = new byte[out.position()];
    out.flip().get(bytes);
    return bytes;
  }

  private static long scaled(Map<String, Number> values, String metric, int scale) {
    Number value = values.get(metric);
    return value == null ? 0 : Math.round(value.doubleValue() * scale);
  }

  private static String time(Sample sample) {
    return Instant.ofEpochMilli(sample.micros() / 1000).toString();
  }

  /** Puts a value at a path of names with dots. */
  @SuppressWarnings("unchecked") // what lies on the way is what was put there
  private static void put(Map<String, Object> tree, String path, Object value) {
    Map<String, Object> at = tree;
    int from = 0;
    for (int dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', from)) {
      at =
          (Map<String, Object>)
              at.computeIfAbsent(path.substring(from, dot), name -> new LinkedHashMap<>());
      from = dot + 1;
    }
    at.put(path.substring(from), value);
  }
}
