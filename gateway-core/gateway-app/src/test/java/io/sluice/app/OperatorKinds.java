package io.sluice.app;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** What objects of Strimzi and CloudNativePG may have, after deploy/operator-kinds.yaml. */
final class OperatorKinds {
  private final JsonNode kinds;

  private OperatorKinds(JsonNode kinds) {
    this.kinds = kinds;
  }

  static OperatorKinds read() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(
            OperatorKinds.class.getResourceAsStream("/deploy/operator-kinds.yaml"))) {
      return new OperatorKinds(new YAMLMapper().readTree(in.readAllBytes()));
    }
  }

  boolean knows(String kind) {
    return kinds.has(kind);
  }

  /** What is wrong with an object's spec, each with its place. */
  List<String> faults(String kind, JsonNode manifest) {
    List<String> faults = new ArrayList<>();
    check(manifest.path("spec"), kinds.get(kind), "spec", faults);
    return faults;
  }

  private static void check(JsonNode value, JsonNode shape, String at, List<String> faults) {
    boolean fits =
        shape.isObject()
            ? value.isObject()
            : shape.isArray() ? value.isArray() : fits(value, shape.stringValue());
    if (!fits) {
      faults.add(at + ": " + value + " is no " + shape);
    } else if (shape.isArray()) {
      for (int i = 0; i < value.size(); i++) {
        check(value.get(i), shape.get(0), at + "[" + i + "]", faults);
      }
    } else if (shape.isObject()) {
      checkKeys(value, shape, at, faults);
    }
  }

  private static void checkKeys(JsonNode value, JsonNode shape, String at, List<String> faults) {
    for (Map.Entry<String, JsonNode> each : value.properties()) {
      JsonNode known =
          shape.has(each.getKey()) ? shape.get(each.getKey()) : shape.get(each.getKey() + "!");
      if (known == null) {
        faults.add(at + "." + each.getKey() + ": is no key of it");
      } else {
        check(each.getValue(), known, at + "." + each.getKey(), faults);
      }
    }
    for (Map.Entry<String, JsonNode> each : shape.properties()) {
      String key = each.getKey();
      if (key.endsWith("!") && !value.has(key.substring(0, key.length() - 1))) {
        faults.add(at + ": lacks " + key.substring(0, key.length() - 1));
      }
    }
  }

  private static boolean fits(JsonNode value, String shape) {
    return switch (shape) {
      case "any" -> true;
      case "text" -> value.isString();
      case "number" -> value.isIntegralNumber();
      case "flag" -> value.isBoolean();
      default -> value.isString() && List.of(shape.split("\\|")).contains(value.stringValue());
    };
  }
}
