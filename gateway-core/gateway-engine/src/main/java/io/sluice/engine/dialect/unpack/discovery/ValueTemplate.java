package io.sluice.engine.dialect.unpack.discovery;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Templates of Home Assistant that name one field and no more: {@code {{ value_json.a['b'] }}},
 * {@code {{ value | float }}} (home-assistant.io, "Templating", "MQTT"). One that calculates is not
 * understood, and its unit is that of a value which the message does not have.
 */
final class ValueTemplate {
  private static final int MAX_CHARS = 512;
  private static final int MAX_FIELDS = 16;

  /** Filters that leave a value what it is. */
  private static final Set<String> PLAIN =
      Set.of("float", "int", "round", "is_defined", "default", "string", "trim");

  private final String text;
  private int at;

  private ValueTemplate(String text) {
    this.text = text;
  }

  /** Names inwards to the value; empty: it is the message; null where that is not all. */
  static @Nullable List<String> field(@Nullable String template) {
    if (template == null || template.isBlank()) {
      return List.of();
    }
    String inside = template.strip();
    if (inside.length() > MAX_CHARS || !inside.startsWith("{{") || !inside.endsWith("}}")) {
      return null;
    }
    inside = inside.substring(2, inside.length() - 2);
    inside = inside.startsWith("-") ? inside.substring(1) : inside;
    inside = inside.endsWith("-") ? inside.substring(0, inside.length() - 1) : inside;
    return new ValueTemplate(inside.strip()).read();
  }

  private @Nullable List<String> read() {
    String root = word();
    List<String> names = new ArrayList<>();
    if (root.equals("value_json")) {
      if (!path(names)) {
        return null;
      }
    } else if (!root.equals("value")) {
      return null;
    }
    while (at < text.length()) {
      if (!filter()) {
        return null;
      }
    }
    return names;
  }

  /** Letters, digits and underscores. */
  private String word() {
    int from = at;
    while (at < text.length()
        && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '_')) {
      at++;
    }
    return text.substring(from, at);
  }

  private boolean path(List<String> names) {
    while (at < text.length() && (text.charAt(at) == '.' || text.charAt(at) == '[')) {
      boolean isDot = text.charAt(at++) == '.';
      String name = isDot ? word() : bracketed();
      if (name == null || name.isEmpty() || names.size() == MAX_FIELDS) {
        return false;
      }
      names.add(name);
    }
    return true;
  }

  /** What stands between brackets: a name in quotes, or an index. */
  private @Nullable String bracketed() {
    int end = text.indexOf(']', at);
    if (end < 0) {
      return null;
    }
    String inside = text.substring(at, end).strip();
    at = end + 1;
    if (inside.length() > 2 && (inside.charAt(0) == '\'' || inside.charAt(0) == '"')) {
      boolean isClosed = inside.charAt(0) == inside.charAt(inside.length() - 1);
      return isClosed ? inside.substring(1, inside.length() - 1) : null;
    }
    return inside.chars().allMatch(c -> c >= '0' && c <= '9') ? inside : null;
  }

  private boolean filter() {
    skipSpaces();
    if (at == text.length()) {
      return true;
    }
    if (text.charAt(at) != '|') {
      return false;
    }
    at++;
    skipSpaces();
    if (!PLAIN.contains(word())) {
      return false;
    }
    if (at < text.length() && text.charAt(at) == '(') {
      int end = text.indexOf(')', at);
      if (end < 0) {
        return false;
      }
      at = end + 1;
    }
    skipSpaces();
    return true;
  }

  private void skipSpaces() {
    while (at < text.length() && text.charAt(at) == ' ') {
      at++;
    }
  }
}
