package io.sluice.api.operator;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Empties the gateway of sessions, so that it can be stopped without a surge. Thread-safe. */
public interface DrainService {
  /**
   * Takes no new sessions from now on, and ends the open ones spread over a time. Where a drain is
   * under way, the new one takes its place. Blocks for seconds at the most.
   *
   * @param spread null: as configured
   * @param serverReference where devices may go instead; null: as configured
   * @param isForGood whether the gateway does not come back
   */
  Standing start(@Nullable Duration spread, @Nullable String serverReference, boolean isForGood);

  /** Takes sessions again; does nothing where no drain is under way. Blocks for seconds at most. */
  void stop();

  /** How far it is; null where no drain is under way. */
  @Nullable Standing standing();

  /**
   * @param sinceMicros when it began, since the epoch
   * @param untilMicros by when the last session is to have ended, since the epoch
   * @param serverReference where devices are sent; null where they find that themselves
   * @param moved whether devices are told not to come back
   * @param sessions that are open still
   * @param queued records that some upstream lacks still
   */
  record Standing(
      long sinceMicros,
      long untilMicros,
      @Nullable String serverReference,
      boolean moved,
      int sessions,
      long queued) {}
}
