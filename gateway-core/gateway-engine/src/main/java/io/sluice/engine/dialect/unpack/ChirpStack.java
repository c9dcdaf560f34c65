package io.sluice.engine.dialect.unpack;

import static io.sluice.api.dialect.Frame.IGNORE;
import static io.sluice.api.dialect.Frame.UNWRAP;

import io.sluice.api.ContentType;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.dialect.Frame;
import io.sluice.api.dialect.Part;
import io.sluice.api.dialect.Reading;
import io.sluice.engine.dialect.unpack.read.DeviceNames;
import io.sluice.engine.dialect.unpack.read.Json;
import io.sluice.engine.dialect.unpack.read.Words;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * ChirpStack's events (chirpstack.io, "Event types"), of version 4 and, by its older names, 3, as
 * RAK's and Milesight's gateways write them too. Proto3's JSON leaves out what is 0, false or
 * empty.
 */
final class ChirpStack {
  private static final Map<String, Frame> FRAME =
      Map.ofEntries(
          Map.entry("deduplicationId", IGNORE),
          Map.entry("deviceInfo", IGNORE),
          Map.entry("rxInfo", IGNORE),
          Map.entry("txInfo", IGNORE),
          Map.entry("relayRxInfo", IGNORE),
          Map.entry("joinServerContext", IGNORE), // has a key
          Map.entry("regionConfigId", IGNORE),
          Map.entry("devAddr", IGNORE),
          Map.entry("adr", IGNORE),
          Map.entry("dr", IGNORE),
          Map.entry("fCnt", IGNORE),
          Map.entry("fPort", IGNORE),
          Map.entry("confirmed", IGNORE),
          Map.entry("confirmedUplink", IGNORE),
          Map.entry("data", IGNORE),
          Map.entry("data_encode", IGNORE),
          Map.entry("time", IGNORE),
          Map.entry("timestamp", IGNORE),
          Map.entry("applicationID", IGNORE),
          Map.entry("applicationName", IGNORE),
          Map.entry("deviceName", IGNORE),
          Map.entry("deviceProfileName", IGNORE),
          Map.entry("deviceProfileID", IGNORE),
          Map.entry("devEUI", IGNORE),
          Map.entry("devEui", IGNORE),
          Map.entry("tags", IGNORE),
          Map.entry("publishedAt", IGNORE),
          Map.entry("gatewaySN", IGNORE),
          Map.entry("gatewayTime", IGNORE),
          Map.entry("objectJSON", IGNORE),
          Map.entry("object", UNWRAP),
          Map.entry("location", UNWRAP));

  /** Those whose content alone does not say what happened. */
  private static final Set<String> EVENTS =
      Set.of("join", "ack", "txack", "log", "error", "integration");

  private ChirpStack() {}

  static Part part(ObjectNode message, String topic, byte[] payload) throws PayloadException {
    List<String> names = names(message, topic);
    if (names.isEmpty()) {
      throw new PayloadException(
          "the message names no device; send what a LoRaWAN network server does, with"
              + " deviceInfo.devEui, devEUI or end_device_ids");
    }
    JsonNode gateways = message.path("rxInfo");
    List<Reading> readings =
        new ArrayList<>(
            Lorawan.link(
                gateways, gateways.path(0).has("loRaSNR") ? "loRaSNR" : "snr", id(gateways)));
    Part part = Part.of(ContentType.JSON, payload).ofDevice(names);
    if (isUplink(message)) {
      readings.add(Lorawan.count("fCnt", message, "fCnt"));
      readings.add(Lorawan.count("fPort", message, "fPort"));
      if (message.has("devAddr") || message.has("dr")) {
        readings.add(Lorawan.count("dr", message, "dr"));
      }
      part = uplink(part, message);
    } else if (EVENTS.contains(Words.last(topic))) {
      readings.add(new Reading("event", Words.last(topic)));
    }
    return part.in(FRAME).with(readings).at(time(message, gateways));
  }

  /** An uplink has a frame's content or its counter; all other events have neither. */
  private static boolean isUplink(ObjectNode message) {
    return message.has("fPort") || message.has("data") || message.has("fCnt");
  }

  private static Part uplink(Part plain, ObjectNode message) throws PayloadException {
    String text = Json.text(message, "data");
    boolean isHex = "hexstring".equals(Json.text(message, "data_encode"));
    byte[] bytes = isHex ? Lorawan.hex(text) : Lorawan.base64(text);
    Part part = plain;
    String decoded = Json.text(message, "objectJSON");
    if (decoded != null && !decoded.isBlank()) {
      ObjectNode wrapped = Json.newObject();
      wrapped.set("object", Json.tree(Json.utf8(decoded)));
      Part of = Part.of(ContentType.JSON, Json.bytes(wrapped));
      part = of.ofDevice(plain.devices());
    }
    if (bytes != null && bytes.length > 0) {
      part = part.withBytes(bytes, Lorawan.port(message.path("fPort")));
    }
    String address = Json.text(message, "devAddr");
    long frame = message.path("fCnt").asLong(0);
    return part.onceBy(address + "/" + frame + "/" + text);
  }

  /** The EUI by the topic, whose text is the same in all forms, then by the message. */
  private static List<String> names(ObjectNode message, String topic) {
    Set<String> names = new LinkedHashSet<>();
    String[] levels = topic.split("/", -1);
    for (int i = 0; i + 1 < levels.length; i++) {
      if (levels[i].equals("device") && DeviceNames.isEui(levels[i + 1])) {
        names.addAll(DeviceNames.of(levels[i + 1]));
      }
    }
    add(names, Json.text(message, "deviceInfo", "devEui"));
    add(names, Json.text(message, "devEui"));
    add(names, Json.text(message, "devEUI"));
    return List.copyOf(names);
  }

  /** Version 3 may write an EUI in base64. */
  private static void add(Set<String> names, @Nullable String eui) {
    byte[] bytes = eui == null || DeviceNames.isEui(eui) ? null : Lorawan.base64(eui);
    if (bytes != null && bytes.length == 8) {
      names.addAll(DeviceNames.of(HexFormat.of().formatHex(bytes)));
    } else if (eui != null && !eui.isEmpty()) {
      names.addAll(DeviceNames.of(eui));
    }
  }

  private static String id(JsonNode gateways) {
    JsonNode first = gateways.path(0);
    if (first.has("gatewayId")) {
      return "gatewayId";
    }
    return first.has("mac") ? "mac" : "gatewayID";
  }

  /** Version 3 has the time with each gateway alone, where that has a clock. */
  private static long time(ObjectNode message, JsonNode gateways) {
    long time = Lorawan.micros(Json.text(message, "time"));
    for (JsonNode gateway : gateways) {
      if (time == Part.NO_TIME) {
        time = Lorawan.micros(Json.text(gateway, "time"));
      }
    }
    return time;
  }
}
