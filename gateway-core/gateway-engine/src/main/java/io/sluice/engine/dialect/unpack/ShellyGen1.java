package io.sluice.engine.dialect.unpack;

import io.sluice.api.ContentType;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.dialect.Part;
import io.sluice.api.dialect.Reading;
import io.sluice.api.dialect.Unpacker;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * What Shelly's devices of the first generation publish below {@code shellies/{id}/}
 * (shelly-api-docs, "Gen1 MQTT"): one value a topic, whose unit the topic tells. Counters of watt
 * minutes and watt hours become kWh. Immutable, thread-safe.
 */
final class ShellyGen1 implements Unpacker {
  private static final double KWH_OF_WATT_MINUTE = 1.0 / 60_000;
  private static final double KWH_OF_WH = 1.0 / 1_000;

  private static final Map<String, String> UNITS =
      Map.of(
          "power", "W",
          "reactive_power", "var",
          "voltage", "V",
          "current", "A",
          "humidity", "%RH",
          "battery", "%",
          "lux", "lx");

  @Override
  public List<Part> unpack(String topic, byte[] payload, long receivedMicros)
      throws PayloadException {
    String text = NamedValue.text(payload);
    String name = Words.behind(topic, 2).replace('/', '.');
    if (text.charAt(0) == '{') {
      ObjectNode named = Json.newObject();
      named.set(name.isEmpty() ? "value" : name, Json.object(payload));
      return List.of(Part.of(ContentType.JSON, Json.bytes(named)));
    }
    return List.of(Part.of(List.of(reading(name, Words.value(text)))));
  }

  private static Reading reading(String name, Object value) {
    return switch (name.substring(name.lastIndexOf('.') + 1)) {
      case "energy", "returned_energy" ->
          new Reading(name, "kWh", Words.times(value, KWH_OF_WATT_MINUTE));
      case "total", "total_returned" -> new Reading(name, "kWh", Words.times(value, KWH_OF_WH));
      case "temperature" -> new Reading(name, isInternal(name) ? "Cel" : null, value);
      default -> new Reading(name, unit(name), value);
    };
  }

  private static @Nullable String unit(String name) {
    return UNITS.get(name.substring(name.lastIndexOf('.') + 1));
  }

  /** That of a sensor is in the unit of the device's settings. */
  private static boolean isInternal(String name) {
    return !name.contains("sensor");
  }
}
