package io.sluice.engine.dialect;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the topics of one listener mean: by the dialect that a device's profile names, else by the
 * listener's own list. Immutable, thread-safe.
 */
public final class Topics {
  private final TopicTable own;
  private final Map<String, TopicTable> byProfile;

  /**
   * @param own of devices whose profile names no dialect
   * @param byProfile id of a profile → what its dialect says
   */
  Topics(TopicTable own, Map<String, TopicTable> byProfile) {
    this.own = own;
    this.byProfile = Map.copyOf(byProfile);
  }

  /** What the topic of a device with that profile means; null where nothing maps it. */
  public @Nullable RoutedTopic route(String profile, String topic) {
    return table(profile).route(topic);
  }

  /** The table that holds for devices with that profile. */
  public TopicTable table(String profile) {
    return byProfile.isEmpty() ? own : byProfile.getOrDefault(profile, own);
  }

  /** Whether the topic is mapped for any device. */
  public boolean maps(String topic) {
    return own.route(topic) != null
        || byProfile.values().stream().anyMatch(table -> table.route(topic) != null);
  }
}
