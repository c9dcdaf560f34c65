package io.sluice.engine.dialect.unpack;

import io.sluice.api.ContentType;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.dialect.Part;
import io.sluice.api.dialect.Unpacker;
import io.sluice.engine.dialect.unpack.read.Json;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Telegraf's JSON (github.com/influxdata/telegraf, plugins/serializers/json): one metric, or {@code
 * metrics} of several, each with its own time. A field is {@code {name}.{tags}.{field}}: values of
 * tags in the order of their names, without that of the host. Immutable, thread-safe.
 */
final class TelegrafJson implements Unpacker {
  @Override
  public List<Part> unpack(String topic, byte[] payload, long receivedMicros)
      throws PayloadException {
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

  private static ObjectNode row(JsonNode metric) throws PayloadException {
    String name = Json.text(metric, "name");
    if (name == null || !metric.path("fields").isObject()) {
      throw new PayloadException("a metric has no name or no fields; send Telegraf's JSON");
    }
    StringBuilder prefix = new StringBuilder(name).append('.');
    Map<String, String> tags = new TreeMap<>();
    metric
        .path("tags")
        .properties()
        .forEach(tag -> tags.put(tag.getKey(), tag.getValue().asString()));
    tags.remove("host");
    tags.values().forEach(value -> prefix.append(value).append('.'));
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
