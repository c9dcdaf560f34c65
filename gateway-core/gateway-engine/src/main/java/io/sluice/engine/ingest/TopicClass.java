package io.sluice.engine.ingest;

import io.sluice.api.MessageClass;
import org.jspecify.annotations.Nullable;

/** The class that a topic stands for. */
public final class TopicClass {
  private TopicClass() {}

  /**
   * What is wrong with a topic that nothing maps, as a device is told; null where one is mapped.
   */
  public static @Nullable String fault(String topic) {
    return TopicRouter.route(topic) == null
        ? "nothing maps the topic \"" + topic + "\"; publish to " + TopicRouter.USABLE_TOPICS
        : null;
  }

  /** The class; telemetry where nothing maps the topic. */
  public static MessageClass of(String topic) {
    TopicRouter.Route route = TopicRouter.route(topic);
    return route == null ? MessageClass.TELEMETRY : route.messageClass();
  }
}
