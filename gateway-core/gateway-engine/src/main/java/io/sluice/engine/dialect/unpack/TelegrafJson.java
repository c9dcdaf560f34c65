package io.sluice.engine.dialect.unpack;

import io.sluice.api.ContentType;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.dialect.Part;
import io.sluice.api.dialect.Unpacker;
import io.sluice.engine.dialect.unpack.read.Json;
import io.sluice.engine.dialect.unpack.read.Words;
import io.sluice.engine.normalize.codec.influx.LinePoints;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What Telegraf publishes: line protocol, or its JSON (github.com/influxdata/telegraf,
 * plugins/outputs/mqtt, plugins/serializers/json), of one metric or {@code metrics} of several,
 * each with its own time. A field is {@code {name}.{tags}.{field}}: values of tags in the order of
 * their names, without that of the host. Immutable, thread-safe.
 */
final class TelegrafJson implements Unpacker {
  @Override
  public List<Part> unpack(String topic, byte[] payload, long receivedMicros)
      throws PayloadException {
    String text = Words.text(payload);
    if (text.charAt(0) != '{') {
      return List.of(Part.of(ContentType.JSON, Json.bytes(lines(text))));
    }
    ObjectNode message = Json.object(payload);
    ArrayNode rows = Json.newObject().arrayNode();
    if (message.path("metrics") instanceof ArrayNode metrics) {
      for (JsonNode metric : metrics) {
        rows.add(row(metric));
      }
    } else {
      rows.add(row(message));
    }
    return List.of(Part.of(ContentType.JSON, Json.bytes(rows)));
  }

  /** Of line protocol, which is what Telegraf writes where nobody says otherwise. */
  private static ArrayNode lines(String text) throws PayloadException {
    ArrayNode rows = Json.newObject().arrayNode();
    for (LinePoints.LinePoint point : LinePoints.read(Json.utf8(text))) {
      ObjectNode row = Json.newObject();
      String time = point.timestamp();
      if (time != null) {
        row.put("t", new BigInteger(time));
      }
      String prefix = prefix(point.measurement(), new TreeMap<>(point.tags()));
      point.fields().forEach((key, value) -> row.putPOJO(prefix + key, value));
      rows.add(row);
    }
    return rows;
  }

  private static String prefix(String name, Map<String, String> tags) {
    StringBuilder prefix = new StringBuilder(name).append('.');
    tags.remove("host");
    tags.values().forEach(value -> prefix.append(value).append('.'));
    return prefix.toString();
  }

  private static ObjectNode row(JsonNode metric) throws PayloadException {
    String name = Json.text(metric, "name");
    if (name == null || !metric.path("fields").isObject()) {
      throw new PayloadException("a metric has no name or no fields; send Telegraf's JSON");
    }
    Map<String, String> tags = new TreeMap<>();
    metric
        .path("tags")
        .properties()
        .forEach(tag -> tags.put(tag.getKey(), tag.getValue().asString()));
    String prefix = prefix(name, tags);
    ObjectNode row = Json.newObject();
    if (!metric.path("timestamp").isMissingNode()) {
      row.set("t", metric.path("timestamp"));
    }
    metric
        .path("fields")
        .properties()
        .forEach(field -> row.set(prefix + field.getKey(), field.getValue()));
    return row;
  }
}
