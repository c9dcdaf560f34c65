package io.sluice.sim.vendor;

import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/** JSON trees, their fields in the order in which they are put. */
public final class Trees {
  private static final JsonMapper JSON = new JsonMapper();

  private Trees() {}

  /**
   * An object.
   *
   * @param fields name, value, name, value
   */
  public static Map<String, Object> of(Object... fields) {
    Map<String, Object> tree = new LinkedHashMap<>();
    for (int i = 0; i < fields.length; i += 2) {
      tree.put(fields[i].toString(), fields[i + 1]);
    }
    return tree;
  }

  public static byte[] bytes(Map<String, ?> tree) {
    return JSON.writeValueAsBytes(tree);
  }

  /** What a payload says; a missing node where it is no JSON. */
  public static JsonNode read(byte[] payload) {
    try {
      return JSON.readTree(payload);
    } catch (JacksonException e) {
      return MissingNode.getInstance(); // what a server says may be anything
    }
  }
}
