package io.sluice.api.operator;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the fleet's configuration stands at a gateway. Times are microseconds since the epoch, by the
 * gateway's clock.
 *
 * @param version the newest that was looked at; 0 where none was yet
 * @param holds the version that the gateway runs by; 0: the box's own configuration alone
 * @param state what has become of {@code version}: one of {@link #STATES}
 * @param by who pushed it; null where none was
 * @param sinceMicros since when it is in that state; null where none was looked at
 * @param untilMicros when its trial ends; null where it is not on trial
 * @param detail why it was returned or refused, or what it restarts for; null where there is
 *     nothing to say
 */
public record RolloutView(
    long version,
    long holds,
    String state,
    @Nullable String by,
    @Nullable Long sinceMicros,
    @Nullable Long untilMicros,
    @Nullable String detail) {
  public static final String NONE = "none";
  public static final String RESTARTING = "restarting";
  public static final String ON_TRIAL = "on-trial";
  public static final String CONFIRMED = "confirmed";
  public static final String RETURNED = "returned";
  public static final String REFUSED = "refused";

  /** All states. */
  public static final List<String> STATES =
      List.of(NONE, RESTARTING, ON_TRIAL, CONFIRMED, RETURNED, REFUSED);
}
