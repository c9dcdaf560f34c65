package io.sluice.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.engine.config.ConfigNode;
import io.sluice.engine.config.ConfigNode.Mapping;
import io.sluice.engine.config.ConfigNode.Scalar;
import io.sluice.engine.config.ConfigNode.Sequence;
import io.sluice.engine.config.ConfigTree;
import io.sluice.engine.config.Faults;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The OpenAPI document of a fleet, as a test reads it: its operations, and whether an answer fits.
 */
public final class ApiDocument {
  private static final Set<String> METHODS = Set.of("get", "post", "put", "delete", "patch");

  private final JsonNode root;

  public ApiDocument(String yaml) {
    Faults faults = new Faults();
    ConfigNode node = ConfigTree.parse("openapi.yaml", yaml, Map.of(), faults);
    assertThat(faults.list()).isEmpty();
    root = json(node);
  }

  private static JsonNode json(@Nullable ConfigNode node) {
    return switch (node) {
      case Mapping mapping -> {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        mapping.entries().forEach((key, entry) -> object.set(key, json(entry.value())));
        yield object;
      }
      case Sequence list -> {
        var array = JsonNodeFactory.instance.arrayNode();
        list.items().forEach(item -> array.add(json(item)));
        yield array;
      }
      case Scalar scalar -> JsonNodeFactory.instance.stringNode(scalar.text());
      case null -> throw new AssertionError("an empty document");
    };
  }

  /** {@code GET /api/v1/devices/{}} and so on; names of parameters count for nothing. */
  public Set<String> operations() {
    Set<String> all = new TreeSet<>();
    root.path("paths")
        .properties()
        .forEach(path ->
            path.getValue()
                .propertyNames()
                .forEach(method -> {
                  if (METHODS.contains(method)) {
                    all.add(
                        method.toUpperCase(java.util.Locale.ROOT)
                            + " "
                            + path.getKey().replaceAll("\\{\\w+}", "{}"));
                  }
                }));
    return all;
  }

  /** Names of the parameters that an operation takes in its query. */
  public Set<String> parameters(String method, String path) {
    Set<String> names = new TreeSet<>();
    root.path("paths")
        .path(path)
        .path(method)
        .path("parameters")
        .forEach(each -> {
          if (each.path("in").asString().equals("query")) {
            names.add(each.path("name").asString());
          }
        });
    return names;
  }

  /** What of an answer does not fit what the document says of it. */
  public List<String> faults(String method, String path, int status, JsonNode answer) {
    JsonNode responses = root.path("paths").path(path).path(method).path("responses");
    JsonNode response = responses.path(String.valueOf(status));
    JsonNode said = resolved(response.isMissingNode() ? responses.path("default") : response);
    JsonNode schema = said.path("content").path("application/json").path("schema");
    List<String> faults = new ArrayList<>();
    if (schema.isMissingNode()) {
      faults.add("the document says nothing of " + method + " " + path + " " + status);
    } else {
      check(schema, answer, "", faults);
    }
    return faults;
  }

  /** References in it that lead nowhere. */
  public List<String> loose() {
    return root.findValues("$ref").stream()
        .map(JsonNode::asString)
        .filter(ref -> root.at(ref.substring(1)).isMissingNode())
        .distinct()
        .toList();
  }

  private JsonNode resolved(JsonNode node) {
    String ref = node.path("$ref").asString("");
    return ref.isEmpty() ? node : root.at(ref.substring(1));
  }

  private static List<String> types(JsonNode schema) {
    JsonNode type = schema.path("type");
    return type.isArray()
        ? type.values().stream().map(JsonNode::asString).toList()
        : type.isMissingNode() ? List.of() : List.of(type.asString());
  }

  private void check(JsonNode given, JsonNode value, String at, List<String> faults) {
    JsonNode schema = resolved(given);
    List<String> types = types(schema);
    JsonNode either = schema.path("oneOf");
    if (either.isArray()) {
      if (!value.isNull()) {
        check(either.get(0), value, at, faults);
      }
      return;
    }
    if (!types.isEmpty() && types.stream().noneMatch(type -> isOf(type, value))) {
      faults.add(at + " is " + value + " and no " + types);
      return;
    }
    JsonNode words = schema.path("enum");
    if (words.isArray()
        && words.values().stream().noneMatch(word -> word.asString().equals(value.asString()))) {
      faults.add(at + " is " + value + " and none of " + words);
    }
    if (value.isArray()) {
      for (int i = 0; i < value.size(); i++) {
        check(schema.path("items"), value.get(i), at + "/" + i, faults);
      }
    }
    if (value.isObject() && schema.has("properties")) {
      object(schema, value, at, faults);
    }
  }

  private void object(JsonNode schema, JsonNode value, String at, List<String> faults) {
    for (JsonNode name : schema.path("required")) {
      if (!value.has(name.asString())) {
        faults.add(at + "/" + name.asString() + " is missing");
      }
    }
    value
        .properties()
        .forEach(each -> {
          JsonNode of = schema.path("properties").path(each.getKey());
          if (of.isMissingNode()) {
            faults.add(at + "/" + each.getKey() + " is not in the document");
          } else {
            check(of, each.getValue(), at + "/" + each.getKey(), faults);
          }
        });
  }

  private static boolean isOf(String type, JsonNode value) {
    return switch (type) {
      case "null" -> value.isNull();
      case "string" -> value.isString();
      case "boolean" -> value.isBoolean();
      case "integer" -> value.isIntegralNumber();
      case "number" -> value.isNumber();
      case "array" -> value.isArray();
      case "object" -> value.isObject();
      default -> false;
    };
  }
}
