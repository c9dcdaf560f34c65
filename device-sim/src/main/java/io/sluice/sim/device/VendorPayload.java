package io.sluice.sim.device;

import io.sluice.sim.device.Sample.Field;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Payloads as manufacturers and their network servers make them, after the vendors' own pages: own
 * names and units, nested, or bytes. What those pages do not have is the counter {@code n}, by
 * which the audit knows a message, and the fields of a simulated alarm.
 */
final class VendorPayload {
  /**
   * A Shelly's switch with metering: shelly-api-docs.shelly.cloud, Gen2, Switch, status. Energy is
   * in Wh.
   */
  private static final Map<String, String> SHELLY =
      Map.of(
          "voltage", "voltage",
          "current", "current",
          "power", "apower",
          "energy", "aenergy.total",
          "powerFactor", "pf");

  /**
   * Milesight's decoders of EM500-SMTC, EM310-TILT and UC511:
   * github.com/Milesight-IoT/SensorDecoders.
   */
  private static final Map<String, String> MILESIGHT =
      Map.of(
          "conductivity", "electricity",
          "angleX", "angle_x",
          "angleY", "angle_y",
          "valve", "valve_1",
          "pulses", "valve_1_pulse");

  /**
   * The Things Stack's schema of normalized payloads: github.com/TheThingsNetwork/lorawan-devices,
   * lib/payload.json.
   */
  private static final Map<String, String> TTN =
      Map.of(
          "temperature", "air.temperature",
          "humidity", "air.relativeHumidity",
          "pressure", "air.pressure",
          "windSpeed", "wind.speed",
          "windDirection", "wind.direction",
          "rain", "rain.cumulative");

  /** Dragino's decoder of LSE01: lorawan-devices, vendor/dragino/lse01-codec.yaml. */
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

  /** Shelly Gen2 and later, topic events/rpc, NotifyStatus: seconds with a fraction, Wh. */
  static Map<String, Object> shelly(Sample sample) {
    long millis = sample.micros() / 1000;
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("src", "shellyplus1pm-3c61057263dc");
    tree.put("dst", "shellyplus1pm-3c61057263dc/events");
    tree.put("method", "NotifyStatus");
    put(tree, "params.ts", millis / 1e3);
    put(tree, "params.n", sample.n());
    put(tree, "params.switch:0.id", 0L);
    for (Field field : sample.fields()) {
      String own = SHELLY.get(field.name());
      Object value =
          field.name().equals("energy") && field.value() instanceof Number energy
              ? Math.rint(energy.doubleValue() * 1e6) / 1e3
              : field.value();
      put(tree, own == null ? "params." + field.name() : "params.switch:0." + own, value);
      if (field.name().equals("energy")) {
        put(tree, "params.switch:0.aenergy.by_minute", List.of(0.0, 0.0, 0.0));
        put(tree, "params.switch:0.aenergy.minute_ts", millis / 60_000 * 60);
      }
    }
    return tree;
  }

  /**
   * A Milesight device behind ChirpStack 4: its uplink event, in which what the device's codec
   * decoded is the {@code object}.
   */
  static Map<String, Object> milesight(Sample sample) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("time", time(sample));
    put(tree, "deviceInfo.applicationName", "plant");
    tree.put("dr", 5L);
    tree.put("fCnt", sample.n());
    tree.put("fPort", 85L);
    tree.put("confirmed", false);
    put(tree, "object.n", sample.n());
    for (Field field : sample.fields()) {
      Object value = "closed".equals(field.value()) ? "close" : field.value();
      put(tree, "object." + MILESIGHT.getOrDefault(field.name(), field.name()), value);
    }
    put(tree, "object.battery", 100L);
    tree.put("rxInfo", List.of(Map.of("rssi", -57L)));
    return tree;
  }

  /**
   * The Things Stack's uplink message: the normalized payload is an array of measurements, here of
   * one. It has no time of its own, as with most devices: the message's is when it was received.
   */
  static Map<String, Object> ttn(Sample sample) {
    Map<String, Object> measurement = new LinkedHashMap<>();
    measurement.put("n", sample.n());
    for (Field field : sample.fields()) {
      put(measurement, TTN.getOrDefault(field.name(), field.name()), field.value());
    }
    Map<String, Object> tree = new LinkedHashMap<>();
    put(tree, "end_device_ids.application_ids.application_id", "app1");
    put(tree, "uplink_message.f_port", 1L);
    put(tree, "uplink_message.f_cnt", sample.n());
    put(tree, "uplink_message.normalized_payload", List.of(measurement));
    put(tree, "uplink_message.received_at", time(sample));
    return tree;
  }

  /** Dragino LSE01 behind The Things Stack: its decoder gives two of the numbers as strings. */
  static Map<String, Object> dragino(Sample sample) {
    String at = "uplink_message.decoded_payload.";
    Map<String, Object> tree = new LinkedHashMap<>();
    put(tree, "uplink_message.f_port", 2L);
    put(tree, at + "n", sample.n());
    put(tree, at + "Bat", 3.625);
    for (Field field : sample.fields()) {
      put(
          tree,
          at + DRAGINO.getOrDefault(field.name(), field.name()),
          field.value() instanceof Double number
              ? String.format(Locale.ROOT, "%.2f", number)
              : field.value());
    }
    put(tree, "uplink_message.received_at", time(sample));
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
