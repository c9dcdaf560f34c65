package io.sluice.engine.dialect.unpack;

import io.sluice.api.ContentType;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.dialect.Part;
import io.sluice.api.dialect.Unpacker;
import io.sluice.engine.dialect.unpack.read.Json;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What Teltonika's trackers (wiki.teltonika-gps.com, "Codec JSON": {@code state.reported}, with a
 * place as one text) and routers ("Data to Server": arrays as text) send. Immutable, thread-safe.
 */
final class Teltonika implements Unpacker {
  private static final String PLACE = "latlng";

  @Override
  public List<Part> unpack(String topic, byte[] payload, long receivedMicros)
      throws PayloadException {
    ObjectNode message = Json.object(payload);
    JsonNode reported = message.path("state").path("reported");
    ObjectNode read = reported instanceof ObjectNode tracker ? tracker : message;
    for (Map.Entry<String, JsonNode> field : List.copyOf(read.properties())) {
      String text = field.getValue().isString() ? field.getValue().stringValue() : "";
      if (text.startsWith("[") && text.endsWith("]")) {
        read.set(field.getKey(), array(text, field.getValue()));
      } else if (field.getKey().equals(PLACE)) {
        place(text, read);
      }
    }
    return List.of(Part.of(ContentType.JSON, Json.bytes(read)));
  }

  private static void place(String text, ObjectNode read) {
    int comma = text.indexOf(',');
    String lat = comma < 0 ? "" : text.substring(0, comma).strip();
    String lon = comma < 0 ? "" : text.substring(comma + 1).strip();
    if (Json.isNumber(lat) && Json.isNumber(lon)) {
      read.remove(PLACE);
      read.put("lat", Double.parseDouble(lat));
      read.put("lon", Double.parseDouble(lon));
    }
  }

  private static JsonNode array(String text, JsonNode otherwise) {
    try {
      JsonNode read = Json.tree(Json.utf8(text));
      return read.isArray() ? read : otherwise;
    } catch (PayloadException e) {
      return otherwise; // a text that merely looks like an array stays one
    }
  }
}
