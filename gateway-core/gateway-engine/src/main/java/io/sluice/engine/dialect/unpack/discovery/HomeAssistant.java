package io.sluice.engine.dialect.unpack.discovery;

import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import io.sluice.api.MessageClass;
import io.sluice.api.RejectReason;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.dialect.Part;
import io.sluice.api.dialect.Reading;
import io.sluice.api.dialect.Unpacker;
import io.sluice.engine.dialect.unpack.discovery.Entity.Kind;
import io.sluice.engine.dialect.unpack.read.Json;
import io.sluice.engine.dialect.unpack.read.Words;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Messages of devices that said by Home Assistant's discovery what their topics mean. A value is
 * named by its field in the message, or, where the message is the value, by the entity. Fields of
 * which nothing was said are kept as they come. Thread-safe.
 */
public final class HomeAssistant implements Unpacker {
  private final Supplier<Announced> announced;

  /**
   * @param announced takes what is said, and tells it
   */
  public HomeAssistant(Supplier<Announced> announced) {
    this.announced = announced;
  }

  @Override
  public List<Part> unpack(String topic, byte[] payload, long receivedMicros)
      throws PayloadException {
    return unpack("", topic, payload);
  }

  @Override
  public List<Part> unpack(DeviceId session, String topic, byte[] payload, long receivedMicros)
      throws PayloadException {
    return unpack(session.value(), topic, payload);
  }

  private List<Part> unpack(String session, String topic, byte[] payload) throws PayloadException {
    if (Discovery.isConfig(topic)) {
      announced.get().tell(session, topic, payload);
      return List.of();
    }
    List<Entity> entities = announced.get().at(session, topic);
    if (entities.isEmpty()) {
      throw new PayloadException(
          RejectReason.UNMAPPED_TOPIC,
          "topic is not mapped, and no discovery message has named it; send"
              + " homeassistant/{component}/{object}/config with this state_topic first");
    }
    if (payload.length == 0) {
      return List.of(); // what was retained is gone
    }
    return parts(entities, Words.text(payload), payload);
  }

  private static List<Part> parts(List<Entity> entities, String text, byte[] payload)
      throws PayloadException {
    ObjectNode message = text.charAt(0) == '{' ? Json.object(payload) : null;
    Map<List<String>, List<Entity>> byDevice = new LinkedHashMap<>();
    entities.forEach(
        each -> byDevice.computeIfAbsent(each.devices(), _ -> new ArrayList<>()).add(each));
    Map<List<String>, List<Reading>> readings = new LinkedHashMap<>();
    for (Map.Entry<List<String>, List<Entity>> each : byDevice.entrySet()) {
      readings.put(each.getKey(), readings(each.getValue(), text, message));
    }
    if (message != null) {
      entities.forEach(each -> take(message, each));
    }
    List<Part> parts = new ArrayList<>();
    ObjectNode rest = message == null || message.isEmpty() ? null : named(message, entities);
    for (Map.Entry<List<String>, List<Entity>> each : byDevice.entrySet()) {
      Part part = part(each.getValue(), readings.getOrDefault(each.getKey(), List.of()), rest);
      if (part != null) {
        parts.add(each.getKey().isEmpty() ? part : part.ofDevice(each.getKey()));
        rest = null; // what nobody spoke of is of the first
      }
    }
    return parts;
  }

  /** Below the name of the entity whose state the whole message is, where there is one. */
  private static ObjectNode named(ObjectNode message, List<Entity> entities) {
    for (Entity each : entities) {
      if (each.kind() == Kind.VALUE && each.field() != null && each.field().isEmpty()) {
        ObjectNode named = Json.newObject();
        named.set(each.name(), message);
        return named;
      }
    }
    return message;
  }

  private static @Nullable Part part(
      List<Entity> entities, List<Reading> readings, @Nullable ObjectNode rest) {
    if (rest == null && readings.isEmpty()) {
      return null;
    }
    Part part =
        rest == null
            ? Part.of(readings)
            : Part.of(ContentType.JSON, Json.bytes(rest)).with(readings);
    MessageClass messageClass = entities.getFirst().messageClass();
    for (Entity each : entities) {
      messageClass =
          each.messageClass() == MessageClass.TELEMETRY ? each.messageClass() : messageClass;
    }
    return part.as(messageClass);
  }

  private static List<Reading> readings(
      List<Entity> entities, String text, @Nullable ObjectNode message) {
    Map<String, Reading> readings = new LinkedHashMap<>();
    for (Entity each : entities) {
      Reading reading = message == null ? bare(each, text) : of(each, message);
      if (reading != null) {
        readings.putIfAbsent(reading.name(), reading);
      }
    }
    return List.copyOf(readings.values());
  }

  /** Of a message that is one value. */
  private static @Nullable Reading bare(Entity entity, String text) {
    List<String> field = entity.field();
    if (entity.kind() == Kind.ATTRIBUTES || (field != null && !field.isEmpty())) {
      return null;
    }
    return new Reading(entity.name(), field == null ? null : entity.unit(), Words.value(text));
  }

  /** Of a message with fields. */
  private static @Nullable Reading of(Entity entity, ObjectNode message) {
    List<String> field = entity.field();
    if (entity.kind() == Kind.ATTRIBUTES || field == null || field.isEmpty()) {
      return null;
    }
    JsonNode value = at(message, field);
    if (!value.isValueNode() || value.isNull()) {
      return null;
    }
    String name = entity.kind() == Kind.AVAILABILITY ? entity.name() : String.join(".", field);
    return new Reading(name, entity.unit(), Words.value(value));
  }

  private static JsonNode at(JsonNode message, List<String> field) {
    JsonNode node = message;
    for (String name : field) {
      node = node.isArray() && isIndex(name) ? node.path(Integer.parseInt(name)) : node.path(name);
    }
    return node;
  }

  private static boolean isIndex(String name) {
    return name.length() < 6 && name.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  /** What is a reading is no field any more; of a list it stays where it is. */
  private static void take(ObjectNode message, Entity entity) {
    List<String> field = entity.field();
    if (entity.kind() == Kind.ATTRIBUTES || field == null || field.isEmpty()) {
      return;
    }
    JsonNode holder = at(message, field.subList(0, field.size() - 1));
    if (holder instanceof ObjectNode object && object.path(field.getLast()).isValueNode()) {
      object.remove(field.getLast());
    }
  }
}
