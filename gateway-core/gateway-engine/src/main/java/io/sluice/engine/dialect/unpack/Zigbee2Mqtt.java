package io.sluice.engine.dialect.unpack;

import static io.sluice.api.dialect.Frame.IGNORE;
import static io.sluice.api.dialect.Frame.TIME;

import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import io.sluice.api.MessageClass;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.dialect.Frame;
import io.sluice.api.dialect.Part;
import io.sluice.api.dialect.Reading;
import io.sluice.api.dialect.Unpacker;
import io.sluice.engine.dialect.unpack.read.DeviceNames;
import io.sluice.engine.dialect.unpack.read.Json;
import io.sluice.engine.dialect.unpack.read.LearnedUnits;
import io.sluice.engine.dialect.unpack.read.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What Zigbee2MQTT publishes (zigbee2mqtt.io, "MQTT Topics and Messages"). A device's friendly name
 * may have slashes: its id has dots for them. With {@code output: attribute} each value has a topic
 * of its own. Units are those of {@code bridge/devices} ("Exposes"). Thread-safe.
 */
final class Zigbee2Mqtt implements Unpacker {
  private static final Map<String, Frame> FRAME =
      Map.of("last_seen", TIME, "device", IGNORE, "update", IGNORE);

  private static final int MAX_UNIT = 32;

  /** Of the bridge itself: what it knows and does, of which nothing is measured. */
  private static final Set<String> OF_BRIDGE =
      Set.of("groups", "definitions", "info", "extensions", "logging", "converters");

  private final Supplier<LearnedUnits> units;

  /**
   * @param units takes what is told of units, and tells it
   */
  Zigbee2Mqtt(Supplier<LearnedUnits> units) {
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
    String name = Words.behind(topic, 1);
    if (name.equals("bridge/devices")) {
      learn(session, payload);
      return List.of();
    }
    if (name.startsWith("bridge/")) {
      return bridge(name.substring("bridge/".length()), payload);
    }
    String last = Words.last(name);
    if (last.equals("set") || last.equals("get") || name.contains("/set/")) {
      return List.of(); // what somebody asks of a device
    }
    if (payload.length == 0) {
      return List.of(); // null with output: attribute, or the device is gone
    }
    String text = Words.text(payload);
    if (last.equals("availability") && name.length() > last.length()) {
      return List.of(state("availability", text, payload).ofDevice(before(name, last)));
    }
    if (text.charAt(0) == '{') {
      return List.of(values(session, name, payload));
    }
    if (name.length() == last.length()) {
      throw new PayloadException("a value stands alone; send the device's values as an object");
    }
    String device = name.substring(0, name.length() - last.length() - 1);
    String unit = units.get().of(key(session, device, last));
    return List.of(
        Part.of(List.of(new Reading(last, unit, Words.value(text)))).ofDevice(before(name, last)));
  }

  private static String key(String session, String device, String property) {
    return session + "/" + device + "/" + property;
  }

  /** Values as they come, and beside them those whose unit the bridge has told. */
  private Part values(String session, String name, byte[] payload) throws PayloadException {
    ObjectNode message = Json.object(payload);
    List<String> names = names(name, message);
    List<Reading> readings = new ArrayList<>();
    for (Map.Entry<String, JsonNode> each : List.copyOf(message.properties())) {
      String unit =
          each.getValue().isNumber() ? units.get().of(key(session, name, each.getKey())) : null;
      if (unit != null) {
        readings.add(new Reading(each.getKey(), unit, Words.value(each.getValue())));
        message.remove(each.getKey());
      }
    }
    byte[] rest = readings.isEmpty() ? payload : Json.bytes(message);
    return Part.of(ContentType.JSON, rest).in(FRAME).ofDevice(names).with(readings);
  }

  /** Takes the units of the bridge's list of devices: {@code definition.exposes[].unit}. */
  private void learn(String session, byte[] payload) throws PayloadException {
    for (JsonNode device : Json.tree(payload)) {
      String name = Json.text(device, "friendly_name");
      if (name != null) {
        exposed(key(session, name, ""), device.path("definition").path("exposes"));
      }
    }
  }

  private void exposed(String device, JsonNode exposes) {
    for (JsonNode each : exposes) {
      String property = Json.text(each, "property");
      String unit = Json.text(each, "unit");
      if (property != null && unit != null && unit.length() <= MAX_UNIT) {
        boolean isHumidity = unit.equals("%") && property.equals("humidity");
        units.get().learn(device + property, isHumidity ? "%RH" : unit);
      }
      exposed(device, each.path("features"));
    }
  }

  private static List<Part> bridge(String name, byte[] payload) throws PayloadException {
    if (name.equals("state")) {
      return List.of(state("bridge", Words.text(payload), payload));
    }
    boolean isAsked = name.startsWith("request/");
    return isAsked || OF_BRIDGE.contains(name)
        ? List.of()
        : List.of(Part.of(payload).as(MessageClass.EVENT));
  }

  /** A word, or in newer versions an object with one. */
  private static Part state(String name, String text, byte[] payload) throws PayloadException {
    String word = text;
    if (text.charAt(0) == '{') {
      String said = Json.text(Json.object(payload), "state");
      word = said == null ? text : said;
    }
    return Part.of(List.of(new Reading(name, word))).as(MessageClass.STATE);
  }

  private static List<String> before(String name, String last) {
    return DeviceNames.of(name.substring(0, name.length() - last.length() - 1));
  }

  /** The friendly name, then the address, where the message has it. */
  private static List<String> names(String name, ObjectNode message) {
    List<String> names = new ArrayList<>(DeviceNames.of(name));
    String address = Json.text(message, "device", "ieeeAddr");
    if (address != null) {
      names.add(address);
    }
    return names;
  }
}
