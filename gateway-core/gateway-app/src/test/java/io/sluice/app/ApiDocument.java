package io.sluice.app;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The OpenAPI document of the admin API, as a test reads it. */
final class ApiDocument {
  static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "patch");

  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** One operation with what its path says for all. */
  record Operation(String path, String method, JsonNode node, List<JsonNode> parameters) {
    String id() {
      return node.path("operationId").asString();
    }

    List<String> names(String in) {
      return parameters.stream()
          .filter(parameter -> parameter.path("in").asString().equals(in))
          .map(parameter -> parameter.path("name").asString())
          .toList();
    }

    boolean isOpen() {
      return node.has("security") && node.path("security").isEmpty();
    }

    /** The role that its text names; viewer where it names none. */
    String role() {
      var matcher =
          Pattern.compile("Needs the role (\\w+)\\.").matcher(node.path("description").asString());
      return matcher.find() ? matcher.group(1) : "viewer";
    }
  }

  final JsonNode root;
  private final Map<String, Operation> operations = new TreeMap<>();
  private final Map<String, String> schemas = new HashMap<>();
  private final SchemaRegistry registry =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

  ApiDocument(String yaml) {
    root = YAMLMapper.builder().build().readTree(yaml);
    root.path("paths")
        .properties()
        .forEach(path -> {
          for (Map.Entry<String, JsonNode> method : path.getValue().properties()) {
            if (METHODS.contains(method.getKey())) {
              Operation operation = operation(path.getKey(), path.getValue(), method);
              Operation twin = operations.put(operation.id(), operation);
              if (twin != null) {
                throw new AssertionError("two operations are " + operation.id());
              }
            }
          }
        });
  }

  private Operation operation(String path, JsonNode item, Map.Entry<String, JsonNode> method) {
    List<JsonNode> parameters = new ArrayList<>();
    item.path("parameters").forEach(each -> parameters.add(resolved(each)));
    method.getValue().path("parameters").forEach(each -> parameters.add(resolved(each)));
    return new Operation(path, method.getKey(), method.getValue(), parameters);
  }

  Map<String, Operation> operations() {
    return operations;
  }

  Operation operation(String id) {
    Operation operation = operations.get(id);
    if (operation == null) {
      throw new AssertionError("the document has no operation " + id);
    }
    return operation;
  }

  /** The methods of a path, in capitals. */
  Set<String> methods(String path) {
    Set<String> names = new java.util.TreeSet<>();
    root.path("paths")
        .path(path)
        .properties()
        .forEach(each -> {
          if (METHODS.contains(each.getKey())) {
            names.add(each.getKey().toUpperCase(java.util.Locale.ROOT));
          }
        });
    return names;
  }

  JsonNode resolved(JsonNode node) {
    String ref = node.path("$ref").asString("");
    if (ref.isEmpty()) {
      return node;
    }
    JsonNode target = root.at(ref.substring(1));
    if (target.isMissingNode()) {
      throw new AssertionError("nothing stands at " + ref);
    }
    return target;
  }

  /** What the document says of an operation's answer of that status; null where it says nothing. */
  @Nullable JsonNode response(Operation operation, int status) {
    JsonNode responses = operation.node().path("responses");
    JsonNode response = responses.path(String.valueOf(status));
    JsonNode said = response.isMissingNode() ? responses.path("default") : response;
    return said.isMissingNode() ? null : resolved(said);
  }

  /** What of the text does not fit the schema; a key that the schema does not have is a fault. */
  List<Error> faults(JsonNode schema, String json) {
    String key = schema.toString();
    String text =
        schemas.computeIfAbsent(
            key,
            any -> {
              ObjectNode whole = (ObjectNode) schema.deepCopy();
              whole.set("components", root.path("components").deepCopy());
              close(whole);
              return JSON.writeValueAsString(whole);
            });
    return registry.getSchema(text).validate(json, InputFormat.JSON);
  }

  private static void close(JsonNode node) {
    if (node instanceof ObjectNode object
        && object.path("properties").isObject()
        && object.path("type").toString().contains("object")
        && !object.has("additionalProperties")) {
      object.put("additionalProperties", false);
    }
    node.forEach(ApiDocument::close);
  }
}
