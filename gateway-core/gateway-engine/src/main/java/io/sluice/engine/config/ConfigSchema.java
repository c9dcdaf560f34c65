package io.sluice.engine.config;

import io.sluice.api.config.DurationText;
import io.sluice.api.config.Option;
import io.sluice.api.operator.AdminSettings;
import io.sluice.api.upstream.ForwardSettings;
import io.sluice.engine.config.GatewayConfig.Identity;
import io.sluice.engine.config.GatewayConfig.ListenerCommon;
import io.sluice.engine.config.GatewayConfig.SourceIdentity;
import io.sluice.engine.config.GatewayConfig.UpstreamIdentity;
import io.sluice.engine.config.OptionType.Basic;
import io.sluice.engine.config.OptionType.Choice;
import io.sluice.engine.config.OptionType.ListOf;
import io.sluice.engine.config.OptionType.MapOf;
import io.sluice.engine.config.OptionType.Nested;
import io.sluice.engine.config.RecordShape.Member;
import io.sluice.engine.config.Types.Section;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The configuration as a JSON Schema (2020-12), for editors. It takes what the loader takes, except
 * for rules over several options.
 */
public final class ConfigSchema {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private ConfigSchema() {}

  /** The schema's text, with a line end. */
  public static String write(Types types) {
    return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(schema(types)) + "\n";
  }

  /** The schema of device files: a list with such an entry for each device. */
  public static String writeDevices(Class<? extends Record> device) {
    ObjectNode schema = head("Sluice device file");
    schema.putArray("type").add("array").add("null");
    ObjectNode entry = record(device, "One device.");
    entry.put("type", "object");
    schema.set("items", entry);
    addVariable(schema);
    return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(schema) + "\n";
  }

  /** The schema of a file that is one record. */
  public static String write(String title, Class<? extends Record> file) {
    ObjectNode schema = head(title);
    schema.setAll(record(file, title + "."));
    addVariable(schema);
    return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(schema) + "\n";
  }

  private static ObjectNode head(String title) {
    ObjectNode schema = JSON.objectNode();
    schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    schema.put("title", title);
    return schema;
  }

  private static ObjectNode schema(Types types) {
    ObjectNode schema = head("Sluice configuration");
    schema.put("type", "object");
    schema.put("additionalProperties", false);
    schema.putArray("required").add("gateway").add("upstreams");
    ArrayNode ways = schema.putArray("anyOf");
    ways.addObject().putArray("required").add("listeners");
    ways.addObject().putArray("required").add("sources");
    ObjectNode properties = schema.putObject("properties");
    properties.set("gateway", record(Identity.class, "Who this gateway is."));
    properties.set("listeners", listeners(types));
    properties.set("sources", sources(types));
    properties.set("admin", record(AdminSettings.class, "HTTP API, metrics and dashboard."));
    properties.set("profiles", paths("Files and directories of device profiles."));
    properties.set("devices", paths("Files of devices that seed the registry."));
    properties.set("upstreams", upstreams(types));
    for (Section section : types.sections()) {
      properties.set(section.key(), record(section.settings(), section.doc()));
    }
    addVariable(schema);
    return schema;
  }

  /** An environment variable, {@code ${NAME}} or {@code ${NAME:-default}}, fits every option. */
  private static void addVariable(ObjectNode schema) {
    schema
        .putObject("$defs")
        .putObject("variable")
        .put("type", "string")
        .put("pattern", "\\$\\{[A-Za-z_][A-Za-z0-9_]*(:-[^}]*)?\\}");
  }

  /** A name that is a type stands for itself; every other listener says its type. */
  private static ObjectNode listeners(Types types) {
    ObjectNode listeners = JSON.objectNode();
    listeners.put("description", "What is opened for devices, by name.");
    listeners.put("type", "object");
    ObjectNode named = listeners.putObject("additionalProperties");
    named.put("type", "object").putArray("required").add("type");
    ArrayNode kinds = named.putArray("anyOf");
    ObjectNode properties = listeners.putObject("properties");
    types
        .listeners()
        .forEach((type, settings) -> {
          ObjectNode listener = record(settings, "Listener " + type + ".");
          add(listener, RecordShape.of(ListenerCommon.class));
          ((ObjectNode) listener.get("properties"))
              .putObject("type")
              .put("description", "What kind of listener it is.")
              .put("const", type);
          properties.set(type, listener);
          kinds.addObject().put("$ref", "#/properties/listeners/properties/" + type);
        });
    return listeners;
  }

  private static ObjectNode sources(Types types) {
    ObjectNode sources = JSON.objectNode();
    sources.put("description", "What the gateway connects to by itself, to poll or to subscribe.");
    sources.putArray("type").add("array").add("null");
    ObjectNode items = sources.putObject("items");
    if (types.sources().isEmpty()) {
      items.setAll(record(SourceIdentity.class, "One source, of a type that a jar brings."));
      items.put("additionalProperties", true);
      return sources;
    }
    ArrayNode kinds = items.putArray("oneOf");
    types
        .sources()
        .forEach((name, type) -> {
          ObjectNode source = record(SourceIdentity.class, "Source " + name + ".");
          source.put("type", "object");
          add(source, RecordShape.of(type));
          ((ObjectNode) source.get("properties")).putObject("type").put("const", name);
          kinds.add(source);
        });
    return sources;
  }

  private static ObjectNode paths(String doc) {
    ObjectNode paths = JSON.objectNode();
    paths.put("description", doc).putArray("type").add("array").add("null");
    paths.putObject("items").put("type", "string");
    return paths;
  }

  private static ObjectNode upstreams(Types types) {
    ObjectNode upstreams = JSON.objectNode();
    upstreams.put("description", "Where records go; each upstream gets all of them.");
    upstreams.put("type", "array").put("minItems", 1);
    ArrayNode kinds = upstreams.putObject("items").putArray("oneOf");
    types
        .upstreams()
        .forEach((name, type) -> {
          ObjectNode upstream = record(UpstreamIdentity.class, "Upstream " + name + ".");
          upstream.put("type", "object");
          add(upstream, RecordShape.of(ForwardSettings.class));
          add(upstream, RecordShape.of(type));
          ((ObjectNode) upstream.get("properties")).putObject("type").put("const", name);
          kinds.add(upstream);
        });
    return upstreams;
  }

  private static ObjectNode record(Class<? extends Record> type, String doc) {
    RecordShape shape = RecordShape.of(type);
    ObjectNode object = JSON.objectNode();
    object.put("description", doc);
    ArrayNode types = object.putArray("type").add("object");
    if (shape.members().stream().noneMatch(Member::required)) {
      types.add("null");
    }
    object.put("additionalProperties", false);
    object.putObject("properties");
    add(object, shape);
    return object;
  }

  private static void add(ObjectNode object, RecordShape shape) {
    ObjectNode properties = (ObjectNode) object.get("properties");
    ArrayNode required = JSON.arrayNode();
    for (Member member : shape.members()) {
      properties.set(member.key(), option(member));
      if (member.isSecret()) {
        properties
            .putObject(member.key() + "-file")
            .put("description", "File that holds " + member.key() + ".")
            .put("type", "string");
      } else if (member.required()) {
        required.add(member.key());
      }
    }
    if (!required.isEmpty()) {
      ArrayNode present = (ArrayNode) object.get("required");
      object.set("required", present == null ? required : present.addAll(required));
    }
  }

  private static ObjectNode option(Member member) {
    Option option = member.option();
    ObjectNode node = type(member, member.type(), hover(member));
    if (!option.def().isEmpty()) {
      node.set("default", defaultOf(member));
    }
    return node;
  }

  /** What an editor shows: the meaning, the range that a pattern cannot say, and the default. */
  private static String hover(Member member) {
    Option option = member.option();
    List<String> more = new ArrayList<>(2);
    if (member.type() instanceof Basic basic) {
      String range = ScalarReader.range(basic, option);
      if (!range.isEmpty()) {
        more.add(range);
      }
    }
    if (!option.def().isEmpty()) {
      more.add("default " + option.def());
    }
    return more.isEmpty() ? option.doc() : option.doc() + " (" + String.join("; ", more) + ")";
  }

  private static JsonNode defaultOf(Member member) {
    String def = member.option().def();
    return switch (member.type()) {
      case Basic basic when basic == Basic.BOOLEAN -> JSON.booleanNode(Boolean.parseBoolean(def));
      case Basic basic when basic == Basic.INT || basic == Basic.LONG ->
          JSON.numberNode(Long.parseLong(def));
      case Basic basic when basic == Basic.DOUBLE -> JSON.numberNode(Double.parseDouble(def));
      default -> JSON.stringNode(def);
    };
  }

  private static ObjectNode type(Member member, OptionType type, String doc) {
    if (type instanceof Nested nested) {
      return record(nested.type(), doc);
    }
    ObjectNode node = JSON.objectNode();
    node.put("description", doc);
    switch (type) {
      case ListOf list -> {
        node.putArray("type").add("array").add("null");
        node.set("items", item(member, list.element()));
      }
      case MapOf map -> {
        node.putArray("type").add("object").add("null");
        node.set("additionalProperties", item(member, map.value()));
      }
      default -> node.setAll(item(member, type));
    }
    return node;
  }

  private static ObjectNode item(Member member, OptionType type) {
    return switch (type) {
      case Basic basic -> orVariable(basic(basic, member.option()), basic, member.option());
      case Choice choice -> {
        ObjectNode node = JSON.objectNode();
        ArrayNode names = node.putArray("enum");
        choice.constants().keySet().forEach(names::add);
        yield orVariable(node, null, member.option());
      }
      default -> type(member, type, member.option().doc());
    };
  }

  private static ObjectNode orVariable(ObjectNode node, @Nullable Basic basic, Option option) {
    boolean anyText =
        (basic == Basic.STRING || basic == Basic.SECRET || basic == Basic.PATH)
            && option.pattern().isEmpty();
    if (anyText) {
      return node;
    }
    ObjectNode either = JSON.objectNode();
    either.putArray("anyOf").add(node).addObject().put("$ref", "#/$defs/variable");
    return either;
  }

  static ObjectNode basic(Basic basic, Option option) {
    ObjectNode node = JSON.objectNode();
    switch (basic) {
      case BOOLEAN -> node.put("type", "boolean");
      case INT, LONG -> bounds(node.put("type", "integer"), option);
      case DOUBLE -> bounds(node.put("type", "number"), option);
      case DURATION -> node.put("type", "string").put("pattern", durations(option));
      case BYTES -> {
        node.putArray("type").add("string").add("integer");
        node.put("pattern", sizes(option));
        bounds(node, option);
      }
      case URI -> node.put("type", "string").put("pattern", "^[A-Za-z][A-Za-z0-9+.-]*:");
      case STRING, SECRET, PATH -> {
        List<String> words = ScalarReader.words(option);
        if (!words.isEmpty()) {
          ArrayNode allowed = node.putArray("enum");
          words.forEach(allowed::add);
          // YAML takes 1.2 and 5 for numbers
          words.stream()
              .filter(word -> word.matches("[0-9]+(\\.[0-9]+)?"))
              .forEach(word -> allowed.add(new BigDecimal(word)));
          break;
        }
        node.putArray("type").add("string").add("number").add("boolean");
        if (!option.pattern().isEmpty()) {
          node.put("pattern", "^(?:" + option.pattern() + ")$");
        }
      }
    }
    return node;
  }

  private static String durations(Option option) {
    if (isUnbounded(option)) {
      return DurationText.PATTERN;
    }
    return inUnits(
        option,
        999_999_999_999_999L,
        Map.of("ms", 1L, "s", 1_000L, "(?:m|min)", 60_000L, "h", 3_600_000L, "d", 86_400_000L));
  }

  private static String sizes(Option option) {
    if (isUnbounded(option)) {
      return "^[0-9]{1,18} ?([KMGTkmgt]?[Bb])?$";
    }
    return inUnits(
        option,
        999_999_999_999_999_999L,
        Map.of(
            "[Bb]?",
            1L,
            "[Kk][Bb]",
            1L << 10,
            "[Mm][Bb]",
            1L << 20,
            "[Gg][Bb]",
            1L << 30,
            "[Tt][Bb]",
            1L << 40));
  }

  private static boolean isUnbounded(Option option) {
    return option.min() == Long.MIN_VALUE && option.max() == Long.MAX_VALUE;
  }

  /** The numbers that are within the bounds in each unit; a unit that has none is left out. */
  private static String inUnits(Option option, long mostDigits, Map<String, Long> units) {
    long least = Math.max(0, option.min());
    List<String> forms = new ArrayList<>();
    units.entrySet().stream()
        .sorted(Map.Entry.comparingByValue())
        .forEach(unit -> {
          long one = unit.getValue();
          long from = least / one + (least % one == 0 ? 0 : 1);
          long to = Math.min(option.max() / one, mostDigits);
          if (from <= to) {
            forms.add(RangePattern.of(from, to) + " ?" + unit.getKey());
          }
        });
    return "^(?:" + String.join("|", forms) + ")$";
  }

  private static void bounds(ObjectNode node, Option option) {
    if (option.min() != Long.MIN_VALUE) {
      node.put("minimum", option.min());
    }
    if (option.max() != Long.MAX_VALUE) {
      node.put("maximum", option.max());
    }
  }
}
