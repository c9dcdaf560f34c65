package io.sluice.engine.dialect.unpack;

import static io.sluice.api.dialect.Frame.IGNORE;
import static io.sluice.api.dialect.Frame.TIME;
import static io.sluice.api.dialect.Frame.UNWRAP;

import io.sluice.api.ContentType;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.dialect.Frame;
import io.sluice.api.dialect.Part;
import io.sluice.api.dialect.Reading;
import io.sluice.api.dialect.Unpacker;
import io.sluice.engine.dialect.unpack.read.Json;
import io.sluice.engine.dialect.unpack.read.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Tasmota's messages (tasmota.github.io, "MQTT" and "Commands"): objects with a local time, or one
 * word. Temperatures in {@code TempUnit} F become degrees Celsius, pressures in mmHg or inHg
 * hectopascal, so that a setting of the device changes no record; speeds have their unit (
 * xsns_35_tx20.ino). Immutable, thread-safe.
 */
final class Tasmota implements Unpacker {
  private static final Map<String, Frame> LOCAL = frame(TIME, IGNORE);

  /** Where the device says the epoch too, its local time is of no use. */
  private static final Map<String, Frame> EPOCH = frame(IGNORE, TIME);

  /**
   * Of several probes of one kind, a number stands behind the word (xsns_02_analog.ino); a
   * thermocouple has two ends (xsns_39_max31855.ino).
   */
  private static final Pattern TEMPERATURES =
      Pattern.compile("(Probe|Reference)?Temperature[0-9]?|DewPoint");

  private static final Pattern SPEEDS = Pattern.compile("Speed(Avg|Min|Max)?");

  private static final Set<String> PRESSURES = Set.of("Pressure", "SeaPressure");
  private static final double HPA_OF_MMHG = 1.33322387415;
  private static final double HPA_OF_INHG = 33.8638866667;
  private static final double M_OF_FOOT = 0.3048;

  private static Map<String, Frame> frame(Frame local, Frame epoch) {
    return Map.of(
        "Time", local,
        "Epoch", epoch,
        "TempUnit", IGNORE,
        "PressureUnit", IGNORE,
        "SpeedUnit", IGNORE,
        "ENERGY.TotalStartTime", IGNORE,
        "StatusSNS", UNWRAP,
        "StatusSTS", UNWRAP);
  }

  @Override
  public List<Part> unpack(String topic, byte[] payload, long receivedMicros)
      throws PayloadException {
    if (payload.length == 0) {
      return List.of(); // what was retained is deleted
    }
    String text = Words.text(payload);
    if (text.charAt(0) != '{') {
      return List.of(Part.of(List.of(new Reading(Words.last(topic), Words.value(text)))));
    }
    ObjectNode message = Json.object(payload);
    JsonNode inner = message.has("StatusSNS") ? message.path("StatusSNS") : message;
    boolean isFahrenheit = "F".equals(Json.text(inner, "TempUnit"));
    double pressure = pressureFactor(Json.text(inner, "PressureUnit"));
    byte[] read = payload;
    List<Reading> speeds = new ArrayList<>();
    String unit = Json.text(inner, "SpeedUnit");
    if (unit != null) {
      speeds(message, "", unit, speeds);
    }
    if (isFahrenheit || pressure != 1) {
      convert(message, isFahrenheit, pressure);
    }
    if (isFahrenheit || pressure != 1 || !speeds.isEmpty()) {
      read = Json.bytes(message);
    }
    return List.of(
        Part.of(ContentType.JSON, read).in(inner.has("Epoch") ? EPOCH : LOCAL).with(speeds));
  }

  /** Takes out what is in the unit of speeds: of numbers by that name, or below it. */
  private static void speeds(ObjectNode in, String prefix, String unit, List<Reading> taken) {
    for (Map.Entry<String, JsonNode> field : List.copyOf(in.properties())) {
      String name = prefix + field.getKey();
      JsonNode value = field.getValue();
      boolean isSpeed = SPEEDS.matcher(field.getKey()).matches() || prefix.endsWith(".Speed.");
      if (value instanceof ObjectNode below) {
        speeds(below, name + ".", unit, taken);
      } else if (isSpeed && value.isNumber()) {
        taken.add(speed(name, unit, value));
        in.remove(field.getKey());
      }
    }
  }

  private static Reading speed(String name, String unit, JsonNode value) {
    return switch (unit) {
      case "ft/s" -> new Reading(name, "m/s", Words.times(Words.value(value), M_OF_FOOT));
      case "yd/s" -> new Reading(name, "m/s", Words.times(Words.value(value), 3 * M_OF_FOOT));
      default -> new Reading(name, unit, Words.value(value));
    };
  }

  private static double pressureFactor(@Nullable String unit) {
    return switch (unit) {
      case "mmHg" -> HPA_OF_MMHG;
      case "inHg" -> HPA_OF_INHG;
      case null, default -> 1;
    };
  }

  private static void convert(ObjectNode in, boolean isFahrenheit, double pressure) {
    for (Map.Entry<String, JsonNode> field : List.copyOf(in.properties())) {
      String name = field.getKey();
      JsonNode value = field.getValue();
      if (value instanceof ObjectNode below) {
        convert(below, isFahrenheit, pressure);
      } else if (value.isNumber() && isFahrenheit && TEMPERATURES.matcher(name).matches()) {
        in.put(name, Math.round((value.doubleValue() - 32) / 1.8 * 100) / 100.0);
      } else if (value.isNumber() && PRESSURES.contains(name)) {
        in.put(name, Math.round(value.doubleValue() * pressure * 100) / 100.0);
      }
    }
  }
}
