package io.sluice.engine.dialect.unpack;

import io.sluice.api.ContentType;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.dialect.Part;
import io.sluice.api.dialect.Unpacker;
import io.sluice.engine.dialect.unpack.read.Json;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The shadow that a Siemens LOGO! 8.3 publishes (industrialmonitordirect.com on LOGO! and MQTT):
 * each variable an object with a description and a value, or an array of one. {@code $logotime} is
 * the device's local time in seconds, without its zone: it is read in the device's. Immutable,
 * thread-safe.
 */
final class SiemensLogo implements Unpacker {
  @Override
  public List<Part> unpack(String topic, byte[] payload, long receivedMicros)
      throws PayloadException {
    JsonNode state = Json.object(payload).path("state");
    JsonNode shadow = state.has("reported") ? state.path("reported") : state.path("desired");
    if (!(shadow instanceof ObjectNode reported)) {
      throw new PayloadException("the message has no state.reported; send LOGO!'s shadow");
    }
    ObjectNode read = Json.newObject();
    for (Map.Entry<String, JsonNode> each : reported.properties()) {
      JsonNode value = each.getValue();
      if (each.getKey().equals("$logotime")) {
        if (value.canConvertToLong()) {
          read.put(
              "time", LocalDateTime.ofEpochSecond(value.longValue(), 0, ZoneOffset.UTC).toString());
        }
      } else {
        JsonNode own = value.has("value") ? value.path("value") : value;
        read.set(each.getKey(), own.isArray() && own.size() == 1 ? own.path(0) : own);
      }
    }
    return List.of(Part.of(ContentType.JSON, Json.bytes(read)));
  }
}
