package io.sluice.engine.dialect.unpack;

import io.sluice.api.ContentType;
import io.sluice.api.MessageClass;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.dialect.Part;
import io.sluice.api.dialect.Reading;
import io.sluice.api.dialect.Unpacker;
import io.sluice.engine.dialect.unpack.read.DeviceNames;
import io.sluice.engine.dialect.unpack.read.Json;
import io.sluice.engine.dialect.unpack.read.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What EMQX Neuron uploads (docs.emqx.com, Neuron, "MQTT": data and status upstream): the tags of a
 * group of one node, as values or as a list of tags; or the state of all nodes. A tag that could
 * not be read has the number of its error as {@code {tag}.error}. Immutable, thread-safe.
 */
final class Neuron implements Unpacker {
  @Override
  public List<Part> unpack(String topic, byte[] payload, long receivedMicros)
      throws PayloadException {
    ObjectNode message = Json.object(payload);
    if (message.path("states").isArray()) {
      return states(message);
    }
    ObjectNode read = Json.newObject();
    List<Reading> errors = new ArrayList<>();
    JsonNode time = message.path("timestamp");
    if (time.isNumber()) {
      read.set("t", time);
    }
    if (message.path("tags").isArray()) {
      for (JsonNode tag : message.path("tags")) {
        tag(
            String.valueOf(Json.text(tag, "name")),
            tag.path("value"),
            tag.path("error"),
            read,
            errors);
      }
    } else {
      message
          .path("values")
          .properties()
          .forEach(value -> read.set(value.getKey(), value.getValue()));
      message
          .path("errors")
          .properties()
          .forEach(error -> errors.add(error(error.getKey(), error.getValue())));
    }
    String node = Json.text(message, "node");
    if (node == null) {
      throw new PayloadException("the message names no node; send what Neuron uploads");
    }
    Part part = Part.of(ContentType.JSON, Json.bytes(read)).with(errors);
    return List.of(part.ofDevice(DeviceNames.of(node)));
  }

  private static void tag(
      String name, JsonNode value, JsonNode error, ObjectNode read, List<Reading> errors) {
    if (error.isNumber()) {
      errors.add(error(name, error));
    } else if (!value.isMissingNode()) {
      read.set(name, value);
    }
  }

  private static Reading error(String name, JsonNode code) {
    return new Reading(name + ".error", Words.value(code));
  }

  private static List<Part> states(ObjectNode message) {
    List<Part> parts = new ArrayList<>();
    for (JsonNode state : message.path("states")) {
      List<Reading> readings = new ArrayList<>();
      for (Map.Entry<String, JsonNode> field : state.properties()) {
        if (!field.getKey().equals("node")) {
          readings.add(new Reading(field.getKey(), Words.value(field.getValue())));
        }
      }
      ObjectNode alone = Json.newObject();
      alone.set("states", Json.newObject().arrayNode().add(state));
      parts.add(
          Part.of(readings)
              .as(MessageClass.STATE)
              .ofDevice(DeviceNames.of(String.valueOf(Json.text(state, "node"))))
              .keptAs(Json.bytes(alone)));
    }
    return parts;
  }
}
