package io.sluice.api.broker;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A topic filter, MQTT 5 section 4.7. Immutable. */
public final class TopicFilter {
  private static final String ANY = "+";
  private static final String REST = "#";
  private static final int TEXT_BYTES_MAX = 65_535;

  private final List<String> levels;

  /** Of a text without {@link #fault}. */
  public TopicFilter(String text) {
    levels = levels(text);
  }

  private static List<String> levels(String text) {
    List<String> levels = new ArrayList<>();
    int from = 0;
    for (int slash = text.indexOf('/'); slash >= 0; slash = text.indexOf('/', from)) {
      levels.add(text.substring(from, slash));
      from = slash + 1;
    }
    levels.add(text.substring(from));
    return levels;
  }

  /** What is wrong about a filter, and the remedy; null where nothing is. */
  public static @Nullable String fault(String text) {
    if (text.isEmpty() || text.indexOf('\0') >= 0) {
      return "is no topic filter; write one such as plant/+/telemetry or zigbee2mqtt/#";
    }
    if (text.length() > TEXT_BYTES_MAX / 3) {
      return "is longer than a topic may be; shorten it";
    }
    List<String> levels = levels(text);
    for (int i = 0; i < levels.size(); i++) {
      String level = levels.get(i);
      boolean hasWildcard = level.contains(ANY) || level.contains(REST);
      if (hasWildcard && !level.equals(ANY) && !(level.equals(REST) && i == levels.size() - 1)) {
        return "has a wildcard that is not alone in its level, or # before its end; write + for one"
            + " level, # for the rest"; // [MQTT-4.7.1-1], [MQTT-4.7.1-2]
      }
    }
    return null;
  }

  /** Whether a topic name matches. */
  public boolean matches(String topic) {
    int from = 0;
    for (int i = 0; i < levels.size(); i++) {
      String level = levels.get(i);
      if (level.equals(REST)) {
        return i > 0 || !isOfBroker(topic);
      }
      if (from > topic.length()) {
        return false;
      }
      int slash = topic.indexOf('/', from);
      int end = slash < 0 ? topic.length() : slash;
      if (level.equals(ANY)) {
        if (i == 0 && isOfBroker(topic)) {
          return false; // [MQTT-4.7.2-1]
        }
      } else if (level.length() != end - from || !topic.startsWith(level, from)) {
        return false;
      }
      from = end + 1;
    }
    return from > topic.length();
  }

  private static boolean isOfBroker(String topic) {
    return topic.startsWith("$");
  }

  /** Whether some topic name matches both. */
  public boolean overlaps(TopicFilter other) {
    int most = Math.max(levels.size(), other.levels.size());
    for (int i = 0; i < most; i++) {
      String one = level(i);
      String another = other.level(i);
      if (REST.equals(one) || REST.equals(another)) {
        return true; // also of the level above [MQTT-4.7.1-2]
      }
      if (one == null || another == null) {
        return false;
      }
      if (!one.equals(ANY) && !another.equals(ANY) && !one.equals(another)) {
        return false;
      }
    }
    return true;
  }

  private @Nullable String level(int place) {
    return place < levels.size() ? levels.get(place) : null;
  }
}
