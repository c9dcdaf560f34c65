package io.sluice.api.broker;

import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Settings of what uses a broker: what it reads there and what it writes. */
public interface BrokerUse {
  /**
   * User property of MQTT 5 by which a gateway marks what it publishes: its value is the gateway's
   * id.
   */
  String MARK = "sluice-gateway";

  /** Where the broker is. */
  URI uri();

  /** As configured; null: one of its own is made. */
  @Nullable String clientId();

  /** Topic filters to which it subscribes. */
  default List<String> subscribes() {
    return List.of();
  }

  /** Topic filters that match all that it publishes. */
  default List<String> publishes() {
    return List.of();
  }
}
