package io.sluice.engine.dialect.unpack;

import static io.sluice.api.dialect.Frame.IGNORE;
import static io.sluice.api.dialect.Frame.SAMPLES;
import static io.sluice.api.dialect.Frame.UNWRAP;

import io.sluice.api.ContentType;
import io.sluice.api.dialect.Frame;
import io.sluice.api.dialect.Part;
import io.sluice.api.dialect.Reading;
import io.sluice.engine.dialect.unpack.read.DeviceNames;
import io.sluice.engine.dialect.unpack.read.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The Things Stack's application messages (thethingsindustries.com, "Data formats"). What is 0,
 * false or empty is left out. {@code normalized_payload} is an array in an uplink, and an object in
 * {@code uplink_normalized}.
 */
final class TheThingsStack {
  private static final List<String> UPLINKS = List.of("uplink_message", "uplink_normalized");
  private static final List<String> OTHERS =
      List.of(
          "join_accept",
          "downlink_ack",
          "downlink_nack",
          "downlink_queued",
          "downlink_sent",
          "downlink_failed",
          "downlink_queue_invalidated",
          "location_solved",
          "service_data");
  private static final List<String> OF_UPLINK =
      List.of(
          "session_key_id",
          "f_port",
          "f_cnt",
          "frm_payload",
          "rx_metadata",
          "settings",
          "received_at",
          "app_s_key",
          "last_a_f_cnt_down",
          "confirmed",
          "consumed_airtime",
          "packet_error_rate",
          "locations",
          "version_ids",
          "network_ids",
          "attributes",
          "last_battery_percentage",
          "decoded_payload_warnings",
          "normalized_payload_warnings");

  private static final Map<String, Frame> FRAME = frame();

  private TheThingsStack() {}

  private static Map<String, Frame> frame() {
    Map<String, Frame> frame = new HashMap<>();
    List.of("end_device_ids", "correlation_ids", "received_at", "simulated", "session_key_id")
        .forEach(name -> frame.put(name, IGNORE));
    for (String uplink : UPLINKS) {
      OF_UPLINK.forEach(name -> frame.put(uplink + "." + name, IGNORE));
      frame.put(uplink + ".decoded_payload", UNWRAP);
      frame.put(uplink + ".normalized_payload", SAMPLES);
    }
    OTHERS.forEach(name -> frame.put(name, UNWRAP));
    frame.put("location", UNWRAP);
    return frame;
  }

  static Part part(ObjectNode message, byte[] payload) {
    Part part = Part.of(ContentType.JSON, payload).in(FRAME).ofDevice(names(message));
    for (String name : UPLINKS) {
      if (message.path(name) instanceof ObjectNode uplink) {
        return uplink(part, message, uplink, name);
      }
    }
    String event = "message";
    for (String name : OTHERS) {
      event = message.has(name) ? name : event;
    }
    return part.with(List.of(new Reading("event", event)))
        .at(Lorawan.micros(Json.text(message, "received_at")));
  }

  private static Part uplink(Part plain, ObjectNode message, ObjectNode uplink, String kind) {
    JsonNode gateways = uplink.path("rx_metadata");
    List<Reading> readings =
        new ArrayList<>(Lorawan.link(gateways, "snr", "gateway_ids", "gateway_id"));
    readings.add(Lorawan.count("fCnt", uplink, "f_cnt"));
    readings.add(Lorawan.count("fPort", uplink, "f_port"));
    JsonNode battery = uplink.path("last_battery_percentage").path("value");
    if (battery.isNumber()) {
      readings.add(new Reading("batteryLevel", "%", battery.doubleValue()));
    }
    String text = Json.text(uplink, "frm_payload");
    byte[] bytes = Lorawan.base64(text);
    Part part = plain;
    if (bytes != null && bytes.length > 0) {
      part = part.withBytes(bytes, Lorawan.port(uplink.path("f_port")));
    }
    String session = Json.text(uplink, "session_key_id");
    long frame = uplink.path("f_cnt").asLong(0);
    long time = Lorawan.micros(Json.text(uplink, "received_at"));
    return part.with(readings)
        .onceBy(kind + "/" + session + "/" + frame + "/" + text)
        .at(time == Part.NO_TIME ? Lorawan.micros(Json.text(message, "received_at")) : time);
  }

  /** The EUI, then the id that the device has there. */
  private static List<String> names(ObjectNode message) {
    Set<String> names = new LinkedHashSet<>();
    for (String field : List.of("dev_eui", "device_id")) {
      String name = Json.text(message, "end_device_ids", field);
      if (name != null) {
        names.addAll(DeviceNames.of(name));
      }
    }
    return List.copyOf(names);
  }
}
