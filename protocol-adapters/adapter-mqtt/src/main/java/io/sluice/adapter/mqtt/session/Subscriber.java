package io.sluice.adapter.mqtt.session;

import java.util.Map;

/** Who subscribes, and to what. Confined to the event loop. */
interface Subscriber {
  boolean maySubscribe(String filter);

  /** A filter was granted, and the answer says so: what is retained for it follows. */
  default void granted(String filter) {}

  /** Filter and granted QoS; bounded by max-subscriptions. */
  Map<String, Integer> subscriptions();

  /** The greatest QoS that it is granted. */
  int maxQos();

  /** What it may subscribe to, in a sentence for who asked for more. */
  String rule();

  /** The subscriptions have changed. */
  void subscribed();
}
