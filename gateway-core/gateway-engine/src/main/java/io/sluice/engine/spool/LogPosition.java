package io.sluice.engine.spool;

import org.jspecify.annotations.Nullable;

/** Where the next read of a stream begins: saves the search for it. Not thread-safe. */
final class LogPosition {
  @Nullable Segment segment;
  long offset;
  long sequence = -1;

  boolean isAt(long wanted) {
    return segment != null && sequence == wanted;
  }

  void moveTo(Segment newSegment, long newOffset, long newSequence) {
    segment = newSegment;
    offset = newOffset;
    sequence = newSequence;
  }

  void forget() {
    segment = null;
    sequence = -1;
  }
}
