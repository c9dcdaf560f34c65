package io.sluice.app.rollout;

import io.sluice.api.MessageClass;
import io.sluice.api.operator.Operations;
import io.sluice.api.operator.Operations.UpstreamView;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a gateway is at one moment.
 *
 * @param atNanos by the monotonic clock
 * @param fault why it is not ready; null where it is
 * @param upstreams name to what is wrong with it; empty where nothing is
 * @param accepted messages since the start
 */
record Pulse(long atNanos, @Nullable String fault, Map<String, String> upstreams, long accepted) {
  Pulse {
    upstreams = Map.copyOf(upstreams);
  }

  static Pulse of(Operations gateway, long nanos) {
    Map<String, String> upstreams = new HashMap<>();
    gateway.upstreams().forEach(each -> upstreams.put(each.name(), trouble(each)));
    return new Pulse(nanos, gateway.status().notReadyReason(), upstreams, accepted(gateway));
  }

  /** The count alone, for every second: what a status tells is counted over all devices. */
  static Pulse counted(Operations gateway, long nanos) {
    return new Pulse(nanos, null, Map.of(), accepted(gateway));
  }

  private static long accepted(Operations gateway) {
    long accepted = 0;
    for (Map<MessageClass, Long> counts : gateway.traffic().accepted().values()) {
      accepted += counts.values().stream().mapToLong(Long::longValue).sum();
    }
    return accepted;
  }

  /** One that an operator has paused is as he wants it. */
  private static String trouble(UpstreamView upstream) {
    if (!upstream.state().equals("connected") && !upstream.state().equals("paused")) {
      String detail = upstream.detail();
      return upstream.state() + (detail == null ? "" : ": " + detail);
    }
    return upstream.missingDestinations().isEmpty()
        ? ""
        : "lacks " + String.join(", ", upstream.missingDestinations());
  }
}
