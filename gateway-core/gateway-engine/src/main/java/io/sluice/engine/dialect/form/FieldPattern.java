package io.sluice.engine.dialect.form;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A field of CONNECT, taken apart: text, and names in braces. {@code {name:10}} takes ten
 * characters; of the others the first takes as much as it can, and each that follows as little, so
 * that {@code {device}_0_{check}_{stamp}} finds a device id that has {@code _} in it. No name takes
 * nothing. Immutable, thread-safe.
 */
public final class FieldPattern {
  /** Of a text {@code name} is empty; {@code width} is 0 where the name takes any length. */
  private record Part(String text, String name, int width) {
    boolean isName() {
      return !name.isEmpty();
    }
  }

  private final List<Part> parts;

  private FieldPattern(List<Part> parts) {
    this.parts = List.copyOf(parts);
  }

  /**
   * @throws IllegalArgumentException where it is none; the message says what to write
   */
  public static FieldPattern of(String source) {
    List<Part> parts = new ArrayList<>();
    int from = 0;
    while (from < source.length()) {
      int open = source.indexOf('{', from);
      int close = open < 0 ? -1 : source.indexOf('}', open);
      if (close < 0) {
        parts.add(new Part(source.substring(from), "", 0));
        break;
      }
      if (open > from) {
        parts.add(new Part(source.substring(from, open), "", 0));
      }
      parts.add(name(source.substring(open + 1, close)));
      from = close + 1;
    }
    check(source, parts);
    return new FieldPattern(parts);
  }

  private static Part name(String inside) {
    int colon = inside.indexOf(':');
    String name = colon < 0 ? inside : inside.substring(0, colon);
    String width = colon < 0 ? "" : inside.substring(colon + 1);
    if (!name.matches("[A-Za-z][A-Za-z0-9_-]*") || !width.matches("[1-9]?[0-9]?")) {
      throw new IllegalArgumentException(
          "{" + inside + "} is no name; write {device} or, for ten characters, {product:10}");
    }
    return new Part("", name, width.isEmpty() ? 0 : Integer.parseInt(width));
  }

  private static void check(String source, List<Part> parts) {
    for (int i = 1; i < parts.size(); i++) {
      Part before = parts.get(i - 1);
      boolean isOpen = parts.get(i).isName() && parts.get(i).width == 0 && before.isName();
      if (isOpen && !(i == 1 && before.width > 0)) {
        throw new IllegalArgumentException(
            "two names of \"%s\" follow each other; put a text between them, or say how long the first is: {product:10}"
                .formatted(source));
      }
    }
  }

  /** Names each of its names. */
  public List<String> names() {
    return parts.stream().filter(Part::isName).map(Part::name).toList();
  }

  /**
   * Takes a field apart.
   *
   * @param names takes what the names stand for; what it has already must be the same
   * @return false where the field is not of this form
   */
  public boolean take(String field, Map<String, String> names) {
    int end = field.length();
    for (int i = parts.size() - 1; i >= 0; i--) {
      Part part = parts.get(i);
      int from = part.isName() ? begin(field, i, end) : end - part.text.length();
      if (from < 0 || from > end) {
        return false;
      }
      if (!part.isName()) {
        if (!field.startsWith(part.text, from)) {
          return false;
        }
      } else if (from == end || !isNew(names, part.name, field.substring(from, end))) {
        return false;
      }
      end = from;
    }
    return end == 0;
  }

  /** Where the name's part begins that ends there; -1 where it cannot. */
  private int begin(String field, int index, int end) {
    Part part = parts.get(index);
    if (part.width > 0) {
      return end - part.width;
    }
    if (index == 0) {
      return 0;
    }
    Part before = parts.get(index - 1);
    if (before.isName()) {
      return before.width;
    }
    int at = field.lastIndexOf(before.text, end - before.text.length());
    return at < 0 ? -1 : at + before.text.length();
  }

  private static boolean isNew(Map<String, String> names, String name, String value) {
    String other = names.putIfAbsent(name, value);
    return other == null || other.equals(value);
  }
}
