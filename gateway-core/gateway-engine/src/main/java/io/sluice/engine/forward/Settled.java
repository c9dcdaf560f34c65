package io.sluice.engine.forward;

import io.sluice.api.Lane;
import io.sluice.api.PerLane;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Records that have their verdict but could not be committed before a connection ended, as one read
 * before them has none: so that they are not sent again on the next. Bounded: what is beyond the
 * bound is sent again, by the same id. Owned by the Forwarder's thread.
 */
final class Settled {
  private static final int RECORDS_MAX = 200_000;

  /** By sequence, whether the record was refused. */
  private final PerLane<Map<Long, Boolean>> records = PerLane.of(lane -> new HashMap<>());

  private int size;

  boolean isEmpty() {
    return size == 0;
  }

  void add(Lane lane, long sequence, boolean isRefused) {
    if (size >= RECORDS_MAX) {
      // Some may be of records that the spool gave up since: they never come again.
      records.forEach(Map::clear);
      size = 0;
    }
    if (records.get(lane).put(sequence, isRefused) == null) {
      size++;
    }
  }

  /** Whether the record was refused; null where it has no verdict. It is forgotten here. */
  @Nullable Boolean take(Lane lane, long sequence) {
    Boolean taken = records.get(lane).remove(sequence);
    if (taken != null) {
      size--;
    }
    return taken;
  }
}
