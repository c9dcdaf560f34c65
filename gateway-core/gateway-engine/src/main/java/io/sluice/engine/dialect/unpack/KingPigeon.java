package io.sluice.engine.dialect.unpack;

import io.sluice.api.ContentType;
import io.sluice.api.MessageClass;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.dialect.Part;
import io.sluice.api.dialect.Unpacker;
import io.sluice.engine.dialect.unpack.read.Json;
import io.sluice.engine.dialect.unpack.read.Words;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Data of King Pigeon's terminals (manuals of S175 and BL101, "MQTT"): a list of points, each with
 * a flag as its name and a value, a switch, a place or a text. What was sent late says {@code
 * retransmit}, and an alarm its {@code state}. Immutable, thread-safe.
 */
final class KingPigeon implements Unpacker {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss MM/dd/uuuu", Locale.ROOT);
  private static final String UTC = " UTC";

  @Override
  public List<Part> unpack(String topic, byte[] payload, long receivedMicros)
      throws PayloadException {
    ObjectNode message = Json.object(payload);
    JsonNode points = message.path("sensorDatas");
    if (!points.isArray()) {
      throw new PayloadException("the message has no list sensorDatas; send one");
    }
    ObjectNode read = Json.newObject();
    time(message, points, read);
    int index = 0;
    for (JsonNode point : points) {
      index++;
      String flag = Json.text(point, "flag");
      point(point, flag == null || flag.isEmpty() ? "point" + index : flag, read);
    }
    if ("enable".equals(Json.text(message, "retransmit"))) {
      read.put("hist", true);
    }
    String state = Json.text(message, "state");
    Part part =
        Part.of(ContentType.JSON, Json.bytes(state == null ? read : read.put("state", state)));
    return List.of("alarm".equals(state) ? part.as(MessageClass.ALARM) : part);
  }

  private static void point(JsonNode point, String name, ObjectNode read) {
    if (point.has("lat") && point.has("lng")) {
      read.set("lat", number(point.path("lat")));
      read.set("lon", number(point.path("lng")));
    }
    for (String field : List.of("value", "switcher", "str")) {
      if (point.has(field)) {
        JsonNode value = point.path(field);
        read.set(name, field.equals("str") ? value : number(value));
      }
    }
  }

  /** Numbers come as text, too. */
  private static JsonNode number(JsonNode value) {
    return switch (value.isString() ? Words.value(value.stringValue()) : value) {
      case Long number -> Json.newObject().numberNode(number);
      case Double number -> Json.newObject().numberNode(number);
      default -> value;
    };
  }

  private static void time(ObjectNode message, JsonNode points, ObjectNode read) {
    String at = utc(Json.text(message, "time"));
    String added = Json.text(points.path(0), "addTime");
    if (at != null || added != null) {
      read.put("time", at == null ? added : at);
    }
  }

  private static @Nullable String utc(@Nullable String text) {
    if (text == null || !text.endsWith(UTC)) {
      return text;
    }
    try {
      return LocalDateTime.parse(text.substring(0, text.length() - UTC.length()), TIME) + "Z";
    } catch (DateTimeException e) {
      return text; // it is kept as the text that it is
    }
  }
}
