package io.sluice.engine.dialect.unpack;

import io.sluice.api.ContentType;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.dialect.Part;
import io.sluice.api.dialect.Reading;
import io.sluice.api.dialect.Unpacker;
import io.sluice.engine.dialect.unpack.read.Json;
import io.sluice.engine.dialect.unpack.read.Words;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/**
 * What Shelly's devices of the first generation publish below {@code shellies/{id}/}
 * (shelly-api-docs, "Gen1 MQTT"): one value a topic, whose unit the topic tells. Counters of watt
 * minutes and watt hours become kWh. Immutable, thread-safe.
 */
final class ShellyGen1 implements Unpacker {
  private static final double KWH_OF_WATT_MINUTE = 1.0 / 60_000;
  private static final double INVALID = 999;
  private static final double KWH_OF_WH = 1.0 / 1_000;

  private static final Map<String, String> UNITS =
      Map.ofEntries(
          Map.entry("power", "W"),
          Map.entry("reactive_power", "var"),
          Map.entry("voltage", "V"),
          Map.entry("current", "A"),
          Map.entry("humidity", "%RH"),
          Map.entry("battery", "%"),
          Map.entry("lux", "lx"),
          Map.entry("temperature_f", "degF"),
          Map.entry("ext_temperature", "Cel"),
          Map.entry("ext_temperature_f", "degF"),
          Map.entry("ext_humidity", "%RH"));

  @Override
  public List<Part> unpack(String topic, byte[] payload, long receivedMicros)
      throws PayloadException {
    if (payload.length == 0) {
      return List.of(); // what was retained is deleted
    }
    String text = Words.text(payload);
    String name = Words.behind(topic, 2).replace('/', '.');
    if (text.charAt(0) == '{') {
      ObjectNode named = Json.newObject();
      named.set(name.isEmpty() ? "value" : name, Json.object(payload));
      return List.of(Part.of(ContentType.JSON, Json.bytes(named)));
    }
    return List.of(Part.of(List.of(reading(name, Words.value(text)))));
  }

  private static Reading reading(String name, Object value) {
    return switch (kind(name)) {
      case "energy", "returned_energy" ->
          new Reading(name, "kWh", Words.times(value, KWH_OF_WATT_MINUTE));
      case "total", "total_returned" -> new Reading(name, "kWh", Words.times(value, KWH_OF_WH));
      case "ext_temperature", "ext_temperature_f", "ext_humidity" ->
          new Reading(name, UNITS.get(kind(name)), isInvalid(value) ? "nan" : value);
      case "temperature" -> new Reading(name, isInternal(name) ? "Cel" : null, value);
      default -> new Reading(name, UNITS.get(kind(name)), value);
    };
  }

  /** What a probe that does not answer says. */
  private static boolean isInvalid(Object value) {
    return value instanceof Number number && number.doubleValue() == INVALID;
  }

  /** Its last word, without the number of a channel behind it. */
  private static String kind(String name) {
    int dot = name.lastIndexOf('.');
    String last = name.substring(dot + 1);
    boolean isChannel = dot > 0 && last.chars().allMatch(c -> c >= '0' && c <= '9');
    return isChannel ? name.substring(name.lastIndexOf('.', dot - 1) + 1, dot) : last;
  }

  /** That of a sensor is in the unit of the device's settings. */
  private static boolean isInternal(String name) {
    return !name.contains("sensor");
  }
}
