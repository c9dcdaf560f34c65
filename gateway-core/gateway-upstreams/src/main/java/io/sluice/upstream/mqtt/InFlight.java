package io.sluice.upstream.mqtt;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Publications that were sent and not yet acknowledged, by packet id. Ids go round, so that one is
 * not used again at once. Its event loop's alone.
 */
final class InFlight {
  private final @Nullable BatchUnderWay[] batches;
  private final int[] indexes;
  private final long[] orders;
  private final int[] free;
  private int freeFrom;
  private int out;
  private long lastOrder;

  /**
   * @param limit most of them, 1 to 65,535
   */
  InFlight(int limit) {
    batches = new BatchUnderWay[limit];
    indexes = new int[limit];
    orders = new long[limit];
    free = new int[limit];
    for (int i = 0; i < limit; i++) {
      free[i] = i + 1;
    }
  }

  int room() {
    return batches.length - out;
  }

  /** Takes a place, of which there must be one; returns its packet id. */
  int add(BatchUnderWay batch, int index) {
    int id = free[freeFrom];
    freeFrom = freeFrom + 1 == free.length ? 0 : freeFrom + 1;
    out++;
    batches[id - 1] = batch;
    indexes[id - 1] = index;
    orders[id - 1] = ++lastOrder;
    return id;
  }

  /** Whether something is under way by that id: a broker may answer what it likes. */
  boolean has(int id) {
    return id >= 1 && id <= batches.length && batches[id - 1] != null;
  }

  BatchUnderWay batch(int id) {
    return Objects.requireNonNull(batches[id - 1]);
  }

  int index(int id) {
    return indexes[id - 1];
  }

  /** Counts publications from 1 on, in the order in which they were sent. */
  long order(int id) {
    return orders[id - 1];
  }

  /** Of the publication sent last. */
  long lastOrder() {
    return lastOrder;
  }

  /**
   * Id of the publication that was sent first of those under way; 0 where none is. Looks at all.
   */
  int oldest() {
    int oldest = 0;
    for (int i = 0; i < batches.length; i++) {
      if (batches[i] != null && (oldest == 0 || orders[i] < orders[oldest - 1])) {
        oldest = i + 1;
      }
    }
    return oldest;
  }

  void remove(int id) {
    out--;
    int at = freeFrom - out - 1;
    free[at < 0 ? at + free.length : at] = id;
    batches[id - 1] = null;
  }
}
