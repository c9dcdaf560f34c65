package io.sluice.engine.ingest;

import io.sluice.api.MessageClass;

/** The class that a topic stands for. */
public final class TopicClass {
  private TopicClass() {}

  /** The class; telemetry where nothing maps the topic. */
  public static MessageClass of(String topic) {
    TopicRouter.Route route = TopicRouter.route(topic);
    return route == null ? MessageClass.TELEMETRY : route.messageClass();
  }
}
