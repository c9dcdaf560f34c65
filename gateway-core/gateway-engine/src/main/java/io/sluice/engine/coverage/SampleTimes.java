package io.sluice.engine.coverage;

/**
 * The distinct times of the samples of one record. Reused for the next one, without allocation once
 * it has grown to the longest record. Not thread-safe.
 */
final class SampleTimes {
  private static final int FIRST_PLACES = 64;

  /** Open addressing; a place is in use where its mark is the present one. */
  private long[] places = new long[FIRST_PLACES];

  private int[] marks = new int[FIRST_PLACES];
  private int mark = 1;
  private int size;
  private long last;

  /** Forgets all times. */
  void clear() {
    size = 0;
    mark++;
    if (mark == 0) {
      marks = new int[places.length];
      mark = 1;
    }
  }

  /**
   * @return whether the time was not there yet
   */
  boolean add(long micros) {
    if (size > 0 && micros == last) {
      return false;
    }
    last = micros;
    if (2 * size >= places.length) {
      grow();
    }
    return put(micros);
  }

  private boolean put(long micros) {
    int at = place(micros);
    while (marks[at] == mark) {
      if (places[at] == micros) {
        return false;
      }
      at = (at + 1) & (places.length - 1);
    }
    places[at] = micros;
    marks[at] = mark;
    size++;
    return true;
  }

  private int place(long micros) {
    return (int) ((micros * 0x9E3779B97F4A7C15L) >>> 32) & (places.length - 1);
  }

  private void grow() {
    long[] old = places;
    int[] oldMarks = marks;
    places = new long[2 * old.length];
    marks = new int[2 * old.length];
    size = 0;
    for (int i = 0; i < old.length; i++) {
      if (oldMarks[i] == mark) {
        put(old[i]);
      }
    }
  }
}
