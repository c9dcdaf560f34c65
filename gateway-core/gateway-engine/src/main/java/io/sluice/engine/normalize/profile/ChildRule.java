package io.sluice.engine.normalize.profile;

import io.sluice.engine.normalize.yaml.Yaml;
import io.sluice.engine.normalize.yaml.YamlKeys;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which children a concentrator may bring by itself. Immutable.
 *
 * @param pattern of their ids; {@code *} stands for any characters, or none
 * @param profile of those that come so
 * @param limit children that the concentrator has, at most
 */
public record ChildRule(String pattern, String profile, int limit) {
  private static final List<String> KEYS = List.of("register", "profile", "limit");
  private static final int DEFAULT_LIMIT = 100;
  private static final int MAX_LIMIT = 100_000;

  /** What {@code children} of a profile says, or null. */
  static @Nullable ChildRule read(Yaml yaml, YamlKeys top) {
    YamlKeys keys = YamlKeys.of(yaml, top.node("children"), "children", KEYS);
    if (keys == null) {
      return null;
    }
    String pattern = keys.text("register");
    String profile = keys.text("profile");
    if (pattern == null || pattern.isEmpty()) {
      keys.fault("register", "is missing; write a pattern of ids, such as \"24e124*\"");
    }
    if (profile == null) {
      keys.fault("profile", "is missing; name the profile of the children");
    }
    int limit = keys.integer("limit", DEFAULT_LIMIT, 1, MAX_LIMIT);
    return pattern == null || profile == null ? null : new ChildRule(pattern, profile, limit);
  }

  /** Whether a child of that id may be brought. */
  public boolean takes(String id) {
    String[] parts = pattern.split("\\*", -1);
    if (parts.length == 1) {
      return id.equals(pattern);
    }
    int at = parts[0].length();
    int end = id.length() - parts[parts.length - 1].length();
    if (at > end || !id.startsWith(parts[0]) || !id.endsWith(parts[parts.length - 1])) {
      return false;
    }
    for (int i = 1; i < parts.length - 1; i++) {
      int found = id.indexOf(parts[i], at);
      if (found < 0 || found + parts[i].length() > end) {
        return false;
      }
      at = found + parts[i].length();
    }
    return true;
  }
}
