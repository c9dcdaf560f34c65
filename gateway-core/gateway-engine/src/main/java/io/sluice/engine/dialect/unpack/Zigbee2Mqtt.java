package io.sluice.engine.dialect.unpack;

import static io.sluice.api.dialect.Frame.IGNORE;
import static io.sluice.api.dialect.Frame.TIME;

import io.sluice.api.ContentType;
import io.sluice.api.MessageClass;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.dialect.Frame;
import io.sluice.api.dialect.Part;
import io.sluice.api.dialect.Reading;
import io.sluice.api.dialect.Unpacker;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/**
 * What Zigbee2MQTT publishes (zigbee2mqtt.io, "MQTT Topics and Messages"). A device's friendly name
 * may have slashes: its id has dots for them. With {@code output: attribute} each value has a topic
 * of its own. Immutable, thread-safe.
 */
final class Zigbee2Mqtt implements Unpacker {
  private static final Map<String, Frame> FRAME =
      Map.of("last_seen", TIME, "device", IGNORE, "update", IGNORE);

  /** Of the bridge itself: what it knows and does, of which nothing is measured. */
  private static final Set<String> OF_BRIDGE =
      Set.of("devices", "groups", "definitions", "info", "extensions", "logging", "converters");

  @Override
  public List<Part> unpack(String topic, byte[] payload, long receivedMicros)
      throws PayloadException {
    String name = Words.behind(topic, 1);
    if (name.startsWith("bridge/")) {
      return bridge(name.substring("bridge/".length()), payload);
    }
    String last = Words.last(name);
    if (last.equals("set") || last.equals("get") || name.contains("/set/")) {
      return List.of(); // what somebody asks of a device
    }
    String text = NamedValue.text(payload);
    if (last.equals("availability") && name.length() > last.length()) {
      return List.of(state("availability", text, payload).ofDevice(before(name, last)));
    }
    if (text.charAt(0) == '{') {
      return List.of(
          Part.of(ContentType.JSON, payload).in(FRAME).ofDevice(names(name, Json.object(payload))));
    }
    if (name.length() == last.length()) {
      throw new PayloadException("a value stands alone; send the device's values as an object");
    }
    return List.of(
        Part.of(List.of(new Reading(last, Words.value(text)))).ofDevice(before(name, last)));
  }

  private static List<Part> bridge(String name, byte[] payload) throws PayloadException {
    if (name.equals("state")) {
      return List.of(state("bridge", NamedValue.text(payload), payload));
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
