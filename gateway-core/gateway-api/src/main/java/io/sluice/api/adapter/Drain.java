package io.sluice.api.adapter;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a gateway is emptied of sessions before an upgrade: it takes no new ones, and ends those that
 * it has, spread over a time. Immutable.
 *
 * @param serverReference where devices may go instead, as the property Server Reference of MQTT 5
 *     (section 4.11) has it; null where they find that themselves, as behind a balancer
 * @param isForGood whether the gateway does not come back: devices should not either
 * @param spread within which open sessions are ended; zero ends all at once
 */
public record Drain(@Nullable String serverReference, boolean isForGood, Duration spread) {
  /** After so long one that was refused may try again, at another gateway. */
  public static final long RETRY_MILLIS = 5_000;

  /** What those are told that are refused or sent away. */
  public static final String SENTENCE = "the gateway is being drained; use another one";
}
