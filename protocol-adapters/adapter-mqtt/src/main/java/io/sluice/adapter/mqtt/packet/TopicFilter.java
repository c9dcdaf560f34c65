package io.sluice.adapter.mqtt.packet;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A topic filter, MQTT 5 section 4.7. Immutable. */
public final class TopicFilter {
  private static final String ANY = "+";
  private static final String REST = "#";
  private static final String SHARED = "$share/";

  private final List<String> levels;

  public TopicFilter(String text) {
    levels = levels(text);
  }

  /** The levels of a topic name or filter. */
  public static List<String> levels(String text) {
    List<String> levels = new ArrayList<>();
    int from = 0;
    for (int slash = text.indexOf('/'); slash >= 0; slash = text.indexOf('/', from)) {
      levels.add(text.substring(from, slash));
      from = slash + 1;
    }
    levels.add(text.substring(from));
    return levels;
  }

  /**
   * What is wrong about a filter of SUBSCRIBE or UNSUBSCRIBE, null where nothing is.
   *
   * @param mayBeShared whether {@code $share/} begins a shared subscription: MQTT 5 section 4.8.2
   */
  static @Nullable String fault(String text, boolean mayBeShared) {
    if (text.isEmpty()) {
      return "a topic filter is empty"; // [MQTT-4.7.3-1]
    }
    if (!mayBeShared || !text.startsWith(SHARED)) {
      // [MQTT-4.7.1-1], [MQTT-4.7.1-2]
      return new TopicFilter(text).isValid()
          ? null
          : "a wildcard of a topic filter is not alone in its level, or # is not the last";
    }
    int slash = text.indexOf('/', SHARED.length());
    if (slash <= SHARED.length() || slash == text.length() - 1) {
      return "a shared subscription is $share/{name}/{filter}"; // [MQTT-4.8.2-1]
    }
    String name = text.substring(SHARED.length(), slash);
    return name.contains(ANY) || name.contains(REST)
        ? "a wildcard in the name of a shared subscription"
        : fault(text.substring(slash + 1), false);
  }

  /** What is wrong about a topic name, null where nothing is [MQTT-4.7.3-1], [MQTT-3.3.2-2]. */
  public static @Nullable String faultOfName(String text) {
    if (text.isEmpty()) {
      return "is empty";
    }
    return text.contains(ANY) || text.contains(REST) ? "has a wildcard" : null;
  }

  /** Whether wildcards stand alone in their levels, and {@code #} last [MQTT-4.7.1-1]. */
  public boolean isValid() {
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
  public boolean matches(List<String> topic) {
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
  public boolean covers(TopicFilter other) {
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
