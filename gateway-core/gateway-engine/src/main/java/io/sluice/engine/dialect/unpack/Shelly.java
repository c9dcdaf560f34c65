package io.sluice.engine.dialect.unpack;

import io.sluice.api.ContentType;
import io.sluice.api.MessageClass;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.dialect.Frame;
import io.sluice.api.dialect.Part;
import io.sluice.api.dialect.Unpacker;
import io.sluice.engine.dialect.unpack.read.Json;
import io.sluice.engine.dialect.unpack.read.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
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
  private static final Map<String, Frame> FRAME = Map.of("ts", Frame.IGNORE);

  @Override
  public List<Part> unpack(String topic, byte[] payload, long receivedMicros)
      throws PayloadException {
    if (payload.length == 0 || Json.tree(payload).isNull()) {
      return List.of(); // the component is gone
    }
    ObjectNode message = Json.object(payload);
    if (!(message.path("params") instanceof ObjectNode params)) {
      ObjectNode named = Json.newObject();
      named.set(Words.last(topic), message);
      return List.of(status(named, Part.NO_TIME));
    }
    JsonNode ts = params.remove("ts");
    long time = micros(ts, Part.NO_TIME);
    return params.path("events") instanceof ArrayNode events
        ? events(events, time)
        : List.of(status(params, time));
  }

  private static long micros(@Nullable JsonNode seconds, long otherwise) {
    return seconds != null && seconds.isNumber()
        ? Math.round(seconds.doubleValue() * MICROS)
        : otherwise;
  }

  /** Each of them is one of its own, at its own time. */
  private static List<Part> events(ArrayNode events, long time) throws PayloadException {
    if (events.size() > Children.MAX) {
      throw new PayloadException(
          "the message has more than " + Children.MAX + " events; send fewer at once");
    }
    List<Part> parts = new ArrayList<>(events.size());
    for (JsonNode event : events) {
      ObjectNode alone = Json.newObject();
      alone.putObject("params").putArray("events").add(event);
      long own = micros(event.get("ts"), time);
      parts.add(
          Part.of(ContentType.JSON, Json.bytes(event))
              .as(MessageClass.EVENT)
              .in(FRAME)
              .at(own)
              .keptAs(Json.bytes(alone)));
    }
    return parts;
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
