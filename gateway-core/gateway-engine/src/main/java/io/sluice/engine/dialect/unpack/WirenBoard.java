package io.sluice.engine.dialect.unpack;

import io.sluice.api.DeviceId;
import io.sluice.api.MessageClass;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.dialect.Part;
import io.sluice.api.dialect.Reading;
import io.sluice.api.dialect.Unpacker;
import io.sluice.engine.dialect.unpack.read.Json;
import io.sluice.engine.dialect.unpack.read.LearnedUnits;
import io.sluice.engine.dialect.unpack.read.Words;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Controls of Wiren Board (github.com/wirenboard/conventions): {@code
 * /devices/{device}/controls/{control}} has a value, and {@code meta} below it says of which kind
 * and unit it is. What went wrong with a control ({@code meta/error}) is a state. Thread-safe.
 */
final class WirenBoard implements Unpacker {
  private static final int CONTROL = 4;
  private static final int META = 5;
  private static final int KEY = 6;

  private static final Map<String, String> BY_TYPE =
      Map.ofEntries(
          Map.entry("temperature", "Cel"),
          Map.entry("rel_humidity", "%RH"),
          Map.entry("atmospheric_pressure", "mbar"),
          Map.entry("rainfall", "mm/h"),
          Map.entry("wind_speed", "m/s"),
          Map.entry("power", "W"),
          Map.entry("power_consumption", "kWh"),
          Map.entry("voltage", "V"),
          Map.entry("water_flow", "m3/h"),
          Map.entry("water_consumption", "m3"),
          Map.entry("resistance", "Ohm"),
          Map.entry("concentration", "ppm"),
          Map.entry("lux", "lx"),
          Map.entry("sound_level", "dB"));

  private static final Map<String, String> BY_UNITS =
      Map.of(
          "deg C", "Cel",
          "%, RH", "%RH",
          "m^3", "m3",
          "m^3/h", "m3/h",
          "m^3 / hour", "m3/h",
          "mm per hour", "mm/h");

  private final Supplier<LearnedUnits> units;

  /**
   * @param units takes what is told of units, and tells it
   */
  WirenBoard(Supplier<LearnedUnits> units) {
    this.units = units;
  }

  @Override
  public List<Part> unpack(String topic, byte[] payload, long receivedMicros)
      throws PayloadException {
    return unpack("", topic, payload);
  }

  @Override
  public List<Part> unpack(DeviceId session, String topic, byte[] payload, long receivedMicros)
      throws PayloadException {
    return unpack(session.value(), topic, payload);
  }

  private List<Part> unpack(String session, String topic, byte[] payload) throws PayloadException {
    String[] levels = topic.split("/", -1); // the first is empty
    if (levels.length <= CONTROL) {
      return List.of(); // of the device as a whole
    }
    String control = levels[CONTROL];
    String value = session + "/" + levels[2] + "/" + control;
    if (levels.length == META && payload.length == 0) {
      return List.of(); // the control is gone
    }
    if (levels.length == META) {
      Object read = Words.value(Words.text(payload));
      return List.of(Part.of(List.of(new Reading(control, units.get().of(value), read))));
    }
    if (!levels[META].equals("meta")) {
      return List.of(); // .../on: what somebody asks of it
    }
    String key = levels.length > KEY ? levels[KEY] : "";
    if (key.equals("error")) {
      String text = payload.length == 0 ? "" : Words.text(payload);
      return List.of(
          Part.of(List.of(new Reading(control + ".error", text.isEmpty() ? "none" : text)))
              .as(MessageClass.STATE));
    }
    learn(value, key, payload);
    return List.of();
  }

  private void learn(String value, String key, byte[] payload) throws PayloadException {
    if (payload.length == 0) {
      return;
    }
    switch (key) {
      case "units" -> units.get().learn(value, unit(Words.text(payload)));
      case "type" -> units.get().learn(value, BY_TYPE.get(Words.text(payload)));
      case "" -> {
        ObjectNode meta = Json.object(payload);
        String unit = Json.text(meta, "units");
        String type = Json.text(meta, "type");
        units.get().learn(value, unit == null ? byType(type) : unit(unit));
      }
      default -> {
        // its precision, bounds and title say nothing of the unit
      }
    }
  }

  private static String unit(String written) {
    return BY_UNITS.getOrDefault(written, written);
  }

  private static @Nullable String byType(@Nullable String type) {
    return type == null ? null : BY_TYPE.get(type);
  }
}
