package io.sluice.engine.latest;

import io.sluice.api.operator.LatestValues.MetricView;
import io.sluice.engine.record.EncodedRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The last values of one device. Its measurements mostly come in the same order each time, so that
 * the next one is the metric after the last; where not, a table by hash finds it. Not thread-safe.
 */
final class DeviceLatest {
  /** Further metrics of a device are not shown. */
  static final int METRICS_MAX = 512;

  /** For so long after it was looked at its lines have every value. */
  private static final long WATCHED_MICROS = 600_000_000L;

  /** Least time between two points of a line at which nobody looks. */
  private static final long UNWATCHED_GAP_MICROS = 1_000_000L;

  private static final long NEVER = Long.MIN_VALUE;
  private static final int OVERHEAD_BYTES = 256;
  private static final int FIRST_METRICS = 4;

  private final int ownBytes;
  private final SharedTexts texts;
  private MetricLatest[] metrics = new MetricLatest[FIRST_METRICS];
  private int[] hashes = new int[FIRST_METRICS];

  /** Open addressing; place + 1 of a metric, or 0; at most half full. */
  private int[] table = new int[2 * FIRST_METRICS];

  private int count;
  private int metricBytes;
  private long receivedMicros;

  /** When its values were asked for last, by the time of receipt of the record before. */
  private long askedMicros = NEVER;

  /**
   * @param texts where names and units are kept
   */
  DeviceLatest(String id, SharedTexts texts) {
    this.texts = texts;
    ownBytes = OVERHEAD_BYTES + 2 * id.length();
  }

  /** Takes the measurements of a record. */
  void take(EncodedRecord view) {
    int expected = 0;
    receivedMicros = view.receivedMicros();
    boolean isWatched = askedMicros != NEVER && receivedMicros - askedMicros < WATCHED_MICROS;
    long gapMicros = isWatched ? 0 : UNWATCHED_GAP_MICROS;
    view.rewind();
    while (view.next()) {
      int place = expected < count && metrics[expected].isUnderCursor(view) ? expected : find(view);
      if (place < 0) {
        continue;
      }
      MetricLatest metric = metrics[place];
      if (place == count) {
        count++;
        metricBytes += metric.bytes();
      }
      metricBytes += metric.take(view, gapMicros, texts);
      expected = place + 1;
    }
  }

  /** The place of the metric under the cursor, {@code count} where it is new, -1 where no room. */
  private int find(EncodedRecord view) {
    int hash = view.measurementNameHash();
    int slot = slot(hash);
    while (table[slot] != 0) {
      int place = table[slot] - 1;
      if (hashes[place] == hash && metrics[place].isUnderCursor(view)) {
        return place;
      }
      slot = slot + 1 & table.length - 1;
    }
    return count == METRICS_MAX ? -1 : create(view, hash);
  }

  private int create(EncodedRecord view, int hash) {
    if (count == metrics.length) {
      grow();
    }
    metrics[count] = new MetricLatest(texts.utf8(view.measurementName()));
    hashes[count] = hash;
    enter(count);
    return count;
  }

  private void grow() {
    metrics = Arrays.copyOf(metrics, 2 * count);
    hashes = Arrays.copyOf(hashes, 2 * count);
    table = new int[4 * count];
    for (int place = 0; place < count; place++) {
      enter(place);
    }
  }

  private void enter(int place) {
    int slot = slot(hashes[place]);
    while (table[slot] != 0) {
      slot = slot + 1 & table.length - 1;
    }
    table[slot] = place + 1;
  }

  private int slot(int hash) {
    return (hash ^ hash >>> 15) & table.length - 1;
  }

  /** An estimate of the memory held. */
  int bytes() {
    return ownBytes + metricBytes + 16 * metrics.length;
  }

  /** Its values; from now on somebody looks at them. */
  List<MetricView> asked() {
    askedMicros = receivedMicros;
    List<MetricView> views = new ArrayList<>(count);
    for (int place = 0; place < count; place++) {
      views.add(metrics[place].view());
    }
    return views;
  }
}
