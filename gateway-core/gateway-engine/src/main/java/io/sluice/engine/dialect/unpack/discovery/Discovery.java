package io.sluice.engine.dialect.unpack.discovery;

import io.sluice.api.MessageClass;
import io.sluice.api.codec.PayloadException;
import io.sluice.engine.dialect.unpack.discovery.Entity.Kind;
import io.sluice.engine.dialect.unpack.read.DeviceNames;
import io.sluice.engine.dialect.unpack.read.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads one discovery message (home-assistant.io, "MQTT", "MQTT Discovery"): {@code
 * {prefix}/{component}/[{node}/]{object}/config} of one entity, or {@code
 * {prefix}/device/[{node}/]{object}/config} with {@code components}. Keys come in full or
 * abbreviated (homeassistant/components/mqtt/abbreviations.py); {@code ~} at the beginning or end
 * of a topic is the message's base topic.
 */
final class Discovery {
  private static final int MAX_CHARS = 1_024;
  private static final int MAX_NAMES = 16;
  private static final int MAX_COMPONENTS = 1_000;

  /** Abbreviations of the keys that are read here. */
  private static final Map<String, String> FULL =
      Map.ofEntries(
          Map.entry("avty", "availability"),
          Map.entry("avty_t", "availability_topic"),
          Map.entry("avty_tpl", "availability_template"),
          Map.entry("cmps", "components"),
          Map.entry("curr_temp_t", "current_temperature_topic"),
          Map.entry("curr_temp_tpl", "current_temperature_template"),
          Map.entry("dev", "device"),
          Map.entry("dev_cla", "device_class"),
          Map.entry("ids", "identifiers"),
          Map.entry("json_attr_t", "json_attributes_topic"),
          Map.entry("mode_stat_t", "mode_state_topic"),
          Map.entry("mode_stat_tpl", "mode_state_template"),
          Map.entry("p", "platform"),
          Map.entry("pos_t", "position_topic"),
          Map.entry("pos_tpl", "position_template"),
          Map.entry("stat_t", "state_topic"),
          Map.entry("stat_val_tpl", "state_value_template"),
          Map.entry("t", "topic"),
          Map.entry("temp_stat_t", "temperature_state_topic"),
          Map.entry("temp_stat_tpl", "temperature_state_template"),
          Map.entry("temp_unit", "temperature_unit"),
          Map.entry("unit_of_meas", "unit_of_measurement"),
          Map.entry("val_tpl", "value_template"));

  /**
   * A key with a topic.
   *
   * @param template key of the template for its messages
   * @param name what stands behind the entity's name, or null: nothing
   */
  private record TopicKey(String key, String template, @Nullable String name) {}

  private static final List<TopicKey> TOPICS =
      List.of(
          new TopicKey("state_topic", "value_template", null),
          new TopicKey(
              "current_temperature_topic", "current_temperature_template", "current_temperature"),
          new TopicKey("temperature_state_topic", "temperature_state_template", "temperature"),
          new TopicKey("mode_state_topic", "mode_state_template", "mode"),
          new TopicKey("position_topic", "position_template", "position"));

  /** Components whose state somebody measured or chose; that of all others is a state. */
  private static final Set<String> MEASURED =
      Set.of("sensor", "binary_sensor", "number", "select", "text", "device_tracker");

  private final Map<String, List<Entity>> told = new LinkedHashMap<>();

  private Discovery() {}

  /** Whether a topic is one of discovery. */
  static boolean isConfig(String topic) {
    int levels = levels(topic).length;
    return topic.endsWith("/config") && (levels == 4 || levels == 5);
  }

  private static String[] levels(String topic) {
    return topic.split("/", -1);
  }

  /**
   * What a message says, by the topics that it names.
   *
   * @param topic one that {@link #isConfig}
   * @param payload empty: the entity is gone
   */
  static Map<String, List<Entity>> read(String topic, byte[] payload) throws PayloadException {
    if (payload.length == 0) {
      return Map.of();
    }
    Discovery discovery = new Discovery();
    discovery.message(levels(topic), full(Json.object(payload)));
    return discovery.told;
  }

  private void message(String[] levels, ObjectNode message) {
    String object = levels[levels.length - 2];
    List<String> devices = devices(levels, message);
    if (message.path("components") instanceof ObjectNode components) {
      int count = 0;
      for (Map.Entry<String, JsonNode> each : components.properties()) {
        if (each.getValue() instanceof ObjectNode written && ++count <= MAX_COMPONENTS) {
          ObjectNode component = full(written);
          String kind = Json.text(component, "platform");
          entity(each.getKey(), kind == null ? "" : kind, component, message, devices);
        }
      }
    } else {
      entity(object, levels[1], message, message, devices);
    }
  }

  /** With its keys in full. */
  private static ObjectNode full(ObjectNode written) {
    ObjectNode full = Json.newObject();
    for (Map.Entry<String, JsonNode> each : written.properties()) {
      full.set(FULL.getOrDefault(each.getKey(), each.getKey()), each.getValue());
    }
    return full;
  }

  /** The node of the topic, the identifiers of the device, its name. */
  private static List<String> devices(String[] levels, ObjectNode message) {
    Set<String> names = new LinkedHashSet<>();
    if (levels.length == 5) {
      addName(levels[2], names);
    } else if (levels[1].equals("device")) {
      addName(levels[2], names);
    }
    if (message.path("device") instanceof ObjectNode written) {
      ObjectNode device = full(written);
      JsonNode identifiers = device.path("identifiers");
      if (identifiers.isArray()) {
        identifiers.forEach(each -> addName(Json.text(each), names));
      } else {
        addName(Json.text(identifiers), names);
      }
      addName(Json.text(device, "name"), names);
    }
    return List.copyOf(names);
  }

  private static void addName(@Nullable String name, Set<String> names) {
    if (name != null && !name.isBlank() && name.length() <= MAX_CHARS && names.size() < MAX_NAMES) {
      names.addAll(DeviceNames.of(name));
    }
  }

  /**
   * @param shared what holds for all components of the message
   */
  private void entity(
      String name, String component, ObjectNode own, ObjectNode shared, List<String> devices) {
    String base = text(own, shared, "~");
    MessageClass messageClass =
        component.equals("event")
            ? MessageClass.EVENT
            : MEASURED.contains(component) ? MessageClass.TELEMETRY : MessageClass.STATE;
    for (TopicKey each : TOPICS) {
      String topic = topic(text(own, shared, each.key), base);
      if (topic != null) {
        String template = text(own, shared, each.template);
        if (template == null && each.name == null) {
          template = text(own, shared, "state_value_template");
        }
        add(
            topic,
            new Entity(
                devices,
                each.name == null ? name : name + "." + each.name,
                Kind.VALUE,
                each.name != null && each.name.equals("current_temperature")
                    ? MessageClass.TELEMETRY
                    : messageClass,
                ValueTemplate.field(template),
                unit(own, each)));
      }
    }
    availability(own, shared, base, devices);
    String attributes = topic(text(own, shared, "json_attributes_topic"), base);
    if (attributes != null) {
      add(
          attributes,
          new Entity(devices, name, Kind.ATTRIBUTES, MessageClass.STATE, List.of(), null));
    }
  }

  private void availability(
      ObjectNode own, ObjectNode shared, @Nullable String base, List<String> devices) {
    String one = topic(text(own, shared, "availability_topic"), base);
    if (one != null) {
      add(one, available(devices, text(own, shared, "availability_template")));
    }
    JsonNode list =
        own.has("availability") ? own.path("availability") : shared.path("availability");
    for (JsonNode each : list.isArray() ? list : Json.newObject().arrayNode().add(list)) {
      if (each instanceof ObjectNode written) {
        ObjectNode availability = full(written);
        String topic = topic(Json.text(availability, "topic"), base);
        if (topic != null) {
          add(topic, available(devices, Json.text(availability, "value_template")));
        }
      }
    }
  }

  private static Entity available(List<String> devices, @Nullable String template) {
    return new Entity(
        devices,
        "availability",
        Kind.AVAILABILITY,
        MessageClass.STATE,
        ValueTemplate.field(template),
        null);
  }

  /** A temperature of a climate has the unit of the entity. A share of humidity is %RH. */
  private static @Nullable String unit(ObjectNode own, TopicKey of) {
    if (of.name != null) {
      String degrees = of.name.endsWith("temperature") ? Json.text(own, "temperature_unit") : null;
      return degrees == null || degrees.length() > 1 ? degrees : "°" + degrees;
    }
    String unit = Json.text(own, "unit_of_measurement");
    boolean isHumidity = "humidity".equals(Json.text(own, "device_class"));
    return isHumidity && "%".equals(unit) ? "%RH" : unit;
  }

  private static @Nullable String text(ObjectNode own, ObjectNode shared, String key) {
    String text = Json.text(own, key);
    return text == null ? Json.text(shared, key) : text;
  }

  private static @Nullable String topic(@Nullable String written, @Nullable String base) {
    String topic = written;
    if (topic != null && base != null && topic.startsWith("~")) {
      topic = base + topic.substring(1);
    }
    if (topic != null && base != null && topic.endsWith("~")) {
      topic = topic.substring(0, topic.length() - 1) + base;
    }
    return topic == null || topic.isEmpty() || topic.length() > MAX_CHARS ? null : topic;
  }

  private void add(String topic, Entity entity) {
    List<Entity> known = told.computeIfAbsent(topic, _ -> new ArrayList<>());
    if (!known.contains(entity)) {
      known.add(entity);
    }
  }
}
