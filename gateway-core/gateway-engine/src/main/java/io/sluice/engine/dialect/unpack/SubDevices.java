package io.sluice.engine.dialect.unpack;

import io.sluice.api.ContentType;
import io.sluice.api.MessageClass;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.dialect.Part;
import io.sluice.api.dialect.Unpacker;
import io.sluice.engine.dialect.unpack.read.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reports of a gateway for itself and its sub-devices. Immutable, thread-safe.
 *
 * <ul>
 *   <li>Alink (89301): {@code pack/post} has {@code params: {properties, events, subDevices:
 *       [{identity: {deviceName}, properties, events}]}}, {@code history/post} has {@code params:
 *       [{identity, properties: [..], events: [..]}]}.
 *   <li>OneNET: {@code pack/post} and {@code history/post} have {@code params: [{identity,
 *       properties, events}]}, in the history each name an array of {@code {value, time}}.
 *   <li>IoTDA (iot_06_v5_3006): {@code devices: [{device_id, services: [..]}]}.
 * </ul>
 *
 * Each set of values becomes a part in the form of the device's own report.
 */
final class SubDevices implements Unpacker {
  private static final int MAX = Children.MAX;

  @Override
  public List<Part> unpack(String topic, byte[] payload, long receivedMicros)
      throws PayloadException {
    ObjectNode message = Json.object(payload);
    List<Part> parts = new ArrayList<>();
    if (message.path("devices") instanceof ArrayNode devices) {
      for (JsonNode device : devices) {
        services(device, parts);
      }
      return parts;
    }
    switch (message.path("params")) {
      case ArrayNode list -> {
        for (JsonNode each : list) {
          values(each, parts);
        }
      }
      case ObjectNode own -> {
        values(own, parts);
        for (JsonNode each : own.path("subDevices")) {
          values(each, parts);
        }
      }
      default ->
          throw new PayloadException(
              "the message has neither params nor devices; send what each device reports below one"
                  + " of them");
    }
    return parts;
  }

  private static void services(JsonNode device, List<Part> parts) throws PayloadException {
    ObjectNode report = Json.newObject();
    report.set("services", device.path("services"));
    ObjectNode alone = Json.newObject();
    alone.putArray("devices").add(device);
    add(parts, part(Json.text(device, "device_id"), report, alone));
  }

  private static void values(JsonNode each, List<Part> parts) throws PayloadException {
    String device = Json.text(each, "identity", "deviceName");
    ObjectNode alone = Json.newObject();
    alone.putArray("params").add(each);
    for (JsonNode set : sets(each.path("properties"))) {
      for (ObjectNode moment : moments(set)) {
        ObjectNode report = Json.newObject();
        report.set("params", moment);
        add(parts, part(device, report, alone));
      }
    }
    for (JsonNode set : sets(each.path("events"))) {
      for (Map.Entry<String, JsonNode> event : set.properties()) {
        for (JsonNode one : sets(event.getValue())) {
          ObjectNode report = Json.newObject();
          report.set("params", one);
          add(parts, part(device, report, alone).as(MessageClass.EVENT));
        }
      }
    }
  }

  /** The elements of an array, or the one that there is. */
  private static List<JsonNode> sets(JsonNode node) {
    if (node instanceof ArrayNode list) {
      List<JsonNode> all = new ArrayList<>();
      list.forEach(all::add);
      return all;
    }
    return node.isObject() ? List.of(node) : List.of();
  }

  /** Of names that have several values with times each, one set for each place. */
  private static List<ObjectNode> moments(JsonNode set) throws PayloadException {
    List<ObjectNode> moments = new ArrayList<>();
    for (Map.Entry<String, JsonNode> each : set.properties()) {
      boolean isHistory =
          each.getValue() instanceof ArrayNode list && !list.isEmpty() && list.get(0).has("value");
      int count = isHistory ? each.getValue().size() : 1;
      if (count > MAX) {
        throw tooMany();
      }
      for (int i = 0; i < count; i++) {
        if (moments.size() <= i) {
          moments.add(Json.newObject());
        }
        JsonNode value = isHistory ? each.getValue().get(i) : each.getValue();
        moments.get(i).set(each.getKey(), value);
      }
    }
    return moments;
  }

  private static Part part(@Nullable String device, ObjectNode report, ObjectNode alone) {
    Part part = Part.of(ContentType.JSON, Json.bytes(report)).keptAs(Json.bytes(alone));
    return device == null ? part : part.ofDevice(device);
  }

  private static void add(List<Part> parts, Part part) throws PayloadException {
    if (parts.size() >= MAX) {
      throw tooMany();
    }
    parts.add(part);
  }

  private static PayloadException tooMany() {
    return new PayloadException(
        "the message has more than " + MAX + " sets of values; send fewer at once");
  }
}
