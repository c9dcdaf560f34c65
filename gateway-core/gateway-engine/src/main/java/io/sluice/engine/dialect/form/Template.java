package io.sluice.engine.dialect.form;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A text with names in braces. Immutable, thread-safe.
 *
 * <p>{@code {name}} stands for its value, {@code {name|word}} for the word where there is none,
 * {@code {name:url}} for the value as it was before its URL encoding, {@code {name:text}} for a
 * JSON value without its quotes. What stands in {@code [...]} is left out where one of its names
 * has no value. Braces around anything but a name are text, so that JSON can be written as it is.
 */
public final class Template {
  /** Where values come from. */
  @FunctionalInterface
  public interface Values {
    /**
     * @param modifier what stands behind the colon, or empty
     * @return null where there is none
     */
    @Nullable String of(String name, String modifier);
  }

  /** A text, or a name. Of a text {@code name} is null. */
  private record Part(
      String text, @Nullable String name, String modifier, @Nullable String fallback, int group) {}

  private final String source;
  private final List<Part> parts;
  private final int groups;

  private Template(String source, List<Part> parts, int groups) {
    this.source = source;
    this.parts = List.copyOf(parts);
    this.groups = groups;
  }

  /** A template of text alone, or with names, but without optional parts. */
  public static Template of(String source) {
    return parse(source, false);
  }

  /** A template in which {@code [...]} is optional. */
  public static Template withOptions(String source) {
    return parse(source, true);
  }

  private static Template parse(String source, boolean hasOptions) {
    List<Part> parts = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    int group = 0;
    int groups = 0;
    for (int i = 0; i < source.length(); i++) {
      char c = source.charAt(i);
      int end = c == '{' ? endOfName(source, i) : -1;
      if (end > 0) {
        addText(parts, text, group);
        parts.add(name(source.substring(i + 1, end), group));
        i = end;
      } else if (hasOptions && c == '[' && group == 0) {
        addText(parts, text, 0);
        group = ++groups;
      } else if (hasOptions && c == ']' && group > 0) {
        addText(parts, text, group);
        group = 0;
      } else {
        text.append(c);
      }
    }
    addText(parts, text, group);
    return new Template(source, parts, groups);
  }

  private static void addText(List<Part> parts, StringBuilder text, int group) {
    if (!text.isEmpty()) {
      parts.add(new Part(text.toString(), null, "", null, group));
      text.setLength(0);
    }
  }

  /** Place of the brace that ends a name; -1 where the brace begins none. */
  private static int endOfName(String source, int open) {
    int end = source.indexOf('}', open);
    if (end <= open + 1 || !isLetter(source.charAt(open + 1))) {
      return -1;
    }
    for (int i = open + 1; i < end; i++) {
      char c = source.charAt(i);
      if (!isLetter(c) && !(c >= '0' && c <= '9') && "-_.$:|".indexOf(c) < 0) {
        return -1;
      }
    }
    return end;
  }

  private static boolean isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  private static Part name(String inside, int group) {
    int bar = inside.indexOf('|');
    String fallback = bar < 0 ? null : inside.substring(bar + 1);
    String head = bar < 0 ? inside : inside.substring(0, bar);
    int colon = head.indexOf(':');
    return new Part(
        "",
        colon < 0 ? head : head.substring(0, colon),
        colon < 0 ? "" : head.substring(colon + 1),
        fallback,
        group);
  }

  /** Names each of its names. */
  public void forEachName(Consumer<String> consumer) {
    for (Part part : parts) {
      if (part.name != null) {
        consumer.accept(part.name);
      }
    }
  }

  /** The text with its names filled in; null where one that is not optional has no value. */
  public @Nullable String fill(Values values) {
    if (parts.size() == 1 && parts.getFirst().name == null) {
      return parts.getFirst().text;
    }
    @Nullable String[] filled = new String[parts.size()];
    boolean[] isLeftOut = new boolean[groups + 1];
    for (int i = 0; i < filled.length; i++) {
      Part part = parts.get(i);
      filled[i] = part.name == null ? part.text : value(part, part.name, values);
      isLeftOut[part.group] |= filled[i] == null;
    }
    if (isLeftOut[0]) {
      return null;
    }
    StringBuilder out = new StringBuilder(source.length() + 64);
    for (int i = 0; i < filled.length; i++) {
      if (!isLeftOut[parts.get(i).group]) {
        out.append(filled[i]);
      }
    }
    return out.toString();
  }

  private static @Nullable String value(Part part, String name, Values values) {
    String value = values.of(name, part.modifier);
    return value == null ? part.fallback : part.modifier.equals("url") ? decoded(value) : value;
  }

  /** By its per cent signs alone, + is +; null where it is not what a URL encoding gives. */
  public static @Nullable String decoded(String value) {
    try {
      return URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException _) {
      return null;
    }
  }

  @Override
  public String toString() {
    return source;
  }
}
