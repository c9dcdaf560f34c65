package io.sluice.engine.dialect;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The pattern of a rule, taken apart. Immutable.
 *
 * @param text as written
 * @param levels each level, in order
 * @param deviceLevel place of the level that names the device, from 0; -1: the session's device
 * @param metricLevel place of the level that names the metric, or -1
 */
record TopicPattern(String text, List<Level> levels, int deviceLevel, int metricLevel) {
  static final int MAX_CHARS = 1024;
  static final int MAX_LEVELS = 32;

  private static final String DEVICES = "{device...}";
  private static final String METRIC = "{metric}";
  private static final String METRICS = "{metric...}";
  private static final String PROPERTIES = "{properties}";

  /** What a level takes. */
  enum Kind {
    LITERAL,
    /** A device id. */
    DEVICE,
    /** Any one level, an empty one too. */
    ANY,
    /**
     * A bag of properties, as the last level: what its text begins with, and its text from there
     * on.
     */
    PROPERTIES,
    /** All that follows, or nothing. */
    REST
  }

  /**
   * @param literal the text of a literal level, or what properties begin with; of others empty
   */
  record Level(Kind kind, String literal) {}

  /** A pattern, or what is wrong with one. */
  record Parsed(@Nullable TopicPattern pattern, @Nullable String fault) {}

  TopicPattern {
    levels = List.copyOf(levels);
  }

  boolean isLiteral() {
    return levels.stream().allMatch(level -> level.kind() == Kind.LITERAL);
  }

  boolean hasProperties() {
    return levels.getLast().kind() == Kind.PROPERTIES;
  }

  static Parsed parse(String text) {
    if (text.isEmpty() || text.length() > MAX_CHARS) {
      return fault("a topic has 1 to " + MAX_CHARS + " characters; write one such as telemetry");
    }
    String[] parts = text.split("/", -1);
    if (parts.length > MAX_LEVELS) {
      return fault("a topic has at most " + MAX_LEVELS + " levels; end it with #");
    }
    List<Level> levels = new ArrayList<>();
    int device = -1;
    int metric = -1;
    for (int i = 0; i < parts.length; i++) {
      String part = parts[i];
      Level level = level(part);
      if (level == null) {
        return fault(
            "the level \"%s\" is neither text nor one of {device}, {child}, {metric}, {name}, + and #; write + for any one level"
                .formatted(part));
      }
      if (level.kind() == Kind.REST && i < parts.length - 1) {
        return fault(part + " stands for the rest of a topic; write it last, or + for one level");
      }
      if (level.kind() == Kind.PROPERTIES && i < parts.length - 1) {
        return fault(part + " stands for the properties behind a topic; write it last");
      }
      if (isDevice(part)) {
        if (device >= 0) {
          return fault("two levels name a device; write + for the one whose message it is not");
        }
        device = i;
      }
      if (part.equals(METRIC) || part.equals(METRICS)) {
        metric = i;
      }
      levels.add(level);
    }
    return new Parsed(new TopicPattern(text, levels, device, metric), null);
  }

  private static boolean isDevice(String part) {
    return part.equals("{device}") || part.equals("{child}") || part.equals(DEVICES);
  }

  /** Whether all that is left of a topic names the device. */
  boolean isRestDevice() {
    return deviceLevel >= 0 && levels.get(deviceLevel).kind() == Kind.REST;
  }

  /** The metric that a topic of this pattern names: its level, or the rest with dots. */
  String metric(String topic) {
    String rest = rest(topic, metricLevel);
    if (levels.get(metricLevel).kind() == Kind.REST) {
      return rest.replace('/', '.');
    }
    int slash = rest.indexOf('/');
    return slash < 0 ? rest : rest.substring(0, slash);
  }

  /** A topic from that level on; empty where it has none. */
  static String rest(String topic, int place) {
    int from = 0;
    for (int i = 0; i < place; i++) {
      int slash = topic.indexOf('/', from);
      if (slash < 0) {
        return "";
      }
      from = slash + 1;
    }
    return topic.substring(from);
  }

  private static Parsed fault(String what) {
    return new Parsed(null, what);
  }

  private static @Nullable Level level(String part) {
    return switch (part) {
      case "+" -> new Level(Kind.ANY, "");
      case "#", DEVICES, METRICS -> new Level(Kind.REST, "");
      case "{device}", "{child}" -> new Level(Kind.DEVICE, "");
      default -> {
        if (part.endsWith(PROPERTIES) && part.indexOf('{') == part.length() - PROPERTIES.length()) {
          yield new Level(Kind.PROPERTIES, part.substring(0, part.length() - PROPERTIES.length()));
        }
        if (isName(part) || hasName(part)) {
          yield new Level(Kind.ANY, "");
        }
        boolean isText = part.chars().noneMatch(c -> "{}+#".indexOf(c) >= 0);
        yield isText ? new Level(Kind.LITERAL, part) : null;
      }
    };
  }

  /** Text with a name behind it: {@code request_id={number}}. */
  private static boolean hasName(String part) {
    int open = part.indexOf('{');
    return open > 0
        && isName(part.substring(open))
        && part.substring(0, open).chars().noneMatch(c -> "}+#".indexOf(c) >= 0);
  }

  private static boolean isName(String part) {
    return part.length() > 2
        && part.charAt(0) == '{'
        && part.charAt(part.length() - 1) == '}'
        && part.substring(1, part.length() - 1)
            .chars()
            .allMatch(c -> Character.isLetterOrDigit(c) || c == '-' || c == '_');
  }
}
