package io.sluice.adapter.mqtt;

import java.util.ArrayList;
import java.util.List;

/** A topic filter, MQTT 5 section 4.7. Immutable. */
final class TopicFilter {
  private static final String ANY = "+";
  private static final String REST = "#";

  private final List<String> levels;

  TopicFilter(String text) {
    levels = levels(text);
  }

  /** The levels of a topic name or filter. */
  static List<String> levels(String text) {
    List<String> levels = new ArrayList<>();
    int from = 0;
    for (int slash = text.indexOf('/'); slash >= 0; slash = text.indexOf('/', from)) {
      levels.add(text.substring(from, slash));
      from = slash + 1;
    }
    levels.add(text.substring(from));
    return levels;
  }

  /** Whether wildcards stand alone in their levels, and {@code #} last [MQTT-4.7.1-1]. */
  boolean isValid() {
    for (int i = 0; i < levels.size(); i++) {
      String level = levels.get(i);
      boolean hasWildcard = level.contains(ANY) || level.contains(REST);
      if (hasWildcard && !level.equals(ANY) && !(level.equals(REST) && i == levels.size() - 1)) {
        return false;
      }
    }
    return true;
  }

  /** Whether a topic name, in levels, matches. */
  boolean matches(List<String> topic) {
    for (int i = 0; i < levels.size(); i++) {
      String level = levels.get(i);
      if (level.equals(REST)) {
        return true; // also of the level above [MQTT-4.7.1-2]
      }
      if (i >= topic.size() || !(level.equals(ANY) || level.equals(topic.get(i)))) {
        return false;
      }
    }
    return levels.size() == topic.size();
  }

  /** Whether each topic that the other filter matches is matched by this one. */
  boolean covers(TopicFilter other) {
    for (int i = 0; i < levels.size(); i++) {
      String level = levels.get(i);
      if (level.equals(REST)) {
        return true;
      }
      if (i >= other.levels.size() || other.levels.get(i).equals(REST)) {
        return false;
      }
      if (!level.equals(ANY) && !level.equals(other.levels.get(i))) {
        return false;
      }
    }
    return levels.size() == other.levels.size();
  }
}
