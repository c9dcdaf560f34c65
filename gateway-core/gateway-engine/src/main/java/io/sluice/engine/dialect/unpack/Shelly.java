package io.sluice.engine.dialect.unpack;

import io.sluice.api.ContentType;
import io.sluice.api.MessageClass;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.dialect.Part;
import io.sluice.api.dialect.Unpacker;
import io.sluice.engine.dialect.unpack.read.Json;
import io.sluice.engine.dialect.unpack.read.Words;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Notifications of Shelly's devices from the second generation on (shelly-api-docs, "Gen2+
 * Notifications", "MQTT"): changed components of every channel, with the time in seconds; and the
 * status of one component by its topic. Immutable, thread-safe.
 */
final class Shelly implements Unpacker {
  private static final double MICROS = 1e6;

  @Override
  public List<Part> unpack(String topic, byte[] payload, long receivedMicros)
      throws PayloadException {
    ObjectNode message = Json.object(payload);
    if (!(message.path("params") instanceof ObjectNode params)) {
      ObjectNode named = Json.newObject();
      named.set(Words.last(topic), message);
      return List.of(status(named, Part.NO_TIME));
    }
    JsonNode ts = params.remove("ts");
    long time = ts == null || !ts.isNumber() ? Part.NO_TIME : Math.round(ts.doubleValue() * MICROS);
    return List.of(
        params.path("events") instanceof ArrayNode events
            ? Part.of(ContentType.JSON, Json.bytes(events)).as(MessageClass.EVENT).at(time)
            : status(params, time));
  }

  private static Part status(ObjectNode components, long time) {
    for (Map.Entry<String, JsonNode> each : components.properties()) {
      if (each.getValue() instanceof ObjectNode component) {
        component.remove("id");
        for (String energy : List.of("aenergy", "ret_aenergy")) {
          if (component.path(energy) instanceof ObjectNode counter) {
            counter.remove(List.of("by_minute", "minute_ts"));
          }
        }
      }
    }
    return Part.of(ContentType.JSON, Json.bytes(components)).at(time);
  }
}
