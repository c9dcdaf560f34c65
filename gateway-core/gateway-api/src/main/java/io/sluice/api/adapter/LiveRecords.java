package io.sluice.api.adapter;

import io.sluice.api.Following;
import io.sluice.api.LiveEvent;
import java.util.function.Consumer;

/** The stream of accepted records, for local consumers. Thread-safe, never blocks. */
public interface LiveRecords {
  /**
   * Follows accepted records. The listener runs on a thread of its own; while it is slower than the
   * stream, records are left out and counted in the next event. Closing the handle ends it.
   *
   * @param consumer who follows: each has a few places of its own
   * @throws IllegalStateException where too many follow already
   */
  Following follow(String consumer, Consumer<LiveEvent> listener);
}
