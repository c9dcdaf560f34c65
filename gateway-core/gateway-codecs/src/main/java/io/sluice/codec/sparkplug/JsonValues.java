package io.sluice.codec.sparkplug;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a command's payload may be (RFC 8259): one value, or an object of single values. What
 * lies deeper no command has. Confined to one call.
 */
final class JsonValues {
  /** JSON's null. */
  static final Object NULL = new Object();

  /** Members of an object, at most: more than a command has. */
  private static final int MAX_MEMBERS = 1_000;

  private static final int MAX_NUMBER_CHARS = 64;

  private final String text;
  private int at;

  private JsonValues(String text) {
    this.text = text;
  }

  /**
   * A {@link Map} of names to single values, or a single value: {@link BigDecimal}, {@link String},
   * {@link Boolean} or {@link #NULL}; null where it is none of these.
   */
  static @Nullable Object read(String text) {
    JsonValues json = new JsonValues(text);
    json.space();
    Object read = json.next() == '{' ? json.members() : json.single();
    json.space();
    return json.at == text.length() ? read : null;
  }

  private char next() {
    return at < text.length() ? text.charAt(at) : '\0';
  }

  private void space() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private boolean takes(char c) {
    space();
    boolean isIt = next() == c;
    at += isIt ? 1 : 0;
    return isIt;
  }

  private @Nullable Map<String, Object> members() {
    Map<String, Object> members = new LinkedHashMap<>();
    at++;
    if (takes('}')) {
      return members;
    }
    do {
      space();
      String name = next() == '"' ? string() : null;
      Object value = name != null && takes(':') ? spaced() : null;
      if (name == null || value == null || members.size() == MAX_MEMBERS) {
        return null;
      }
      members.put(name, value);
    } while (takes(','));
    return takes('}') ? members : null;
  }

  private @Nullable Object spaced() {
    space();
    return single();
  }

  private @Nullable Object single() {
    return switch (next()) {
      case '"' -> string();
      case 't' -> word("true", true);
      case 'f' -> word("false", false);
      case 'n' -> word("null", NULL);
      default -> number();
    };
  }

  private @Nullable Object word(String word, Object value) {
    boolean isIt = text.startsWith(word, at);
    at += isIt ? word.length() : 0;
    return isIt ? value : null;
  }

  private @Nullable BigDecimal number() {
    int from = at;
    while (at < text.length() && "+-.0123456789eE".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    String digits = text.substring(from, at);
    return digits.length() <= MAX_NUMBER_CHARS
            && digits.matches("-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]{1,3})?")
        ? new BigDecimal(digits)
        : null;
  }

  private @Nullable String string() {
    StringBuilder read = new StringBuilder();
    for (at++; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == '"') {
        at++;
        return read.toString();
      }
      if (c < ' ' || (c == '\\' && !escape(read))) {
        return null;
      }
      if (c != '\\') {
        read.append(c);
      }
    }
    return null;
  }

  /** Takes what stands behind a backslash, and stays at its last character. */
  private boolean escape(StringBuilder to) {
    at++;
    int known = "\"\\/bfnrt".indexOf(next());
    if (known >= 0 && at < text.length()) {
      to.append("\"\\/\b\f\n\r\t".charAt(known));
      return true;
    }
    if (next() != 'u' || at + 4 >= text.length()) {
      return false;
    }
    String hex = text.substring(at + 1, at + 5);
    if (!hex.matches("[0-9a-fA-F]{4}")) {
      return false;
    }
    to.append((char) Integer.parseInt(hex, 16));
    at += 4;
    return true;
  }
}
