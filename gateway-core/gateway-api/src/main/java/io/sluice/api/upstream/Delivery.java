package io.sluice.api.upstream;

import org.jspecify.annotations.Nullable;

/** The verdict on a batch. */
public sealed interface Delivery {
  /** The far end has all of it, as durably as it promises. */
  record Delivered() implements Delivery {}

  /** It may or may not have arrived; send it again after at least this time. */
  record Retry(long afterMillis, String cause) implements Delivery {}

  /**
   * The records before {@code index} arrived; that one the far end will never take. It is set aside
   * and the rest is sent again.
   */
  record Refused(int index, String cause) implements Delivery {}

  /**
   * Each record has a verdict of its own. Only those without one are sent again.
   *
   * @param ended why the connection is over; null where it goes on
   */
  record Parted(RecordVerdicts records, @Nullable String ended) implements Delivery {}
}
