package io.sluice.engine.coverage.slot;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * Where the slots of a device lie: slot k has its centre at {@code anchor + k·I}. The anchor is the
 * first sample; until there is one, the time from which the device was expected. Spans that follow
 * each other with the same shape share one. Not thread-safe.
 */
public final class Grid {
  /** What was written for an anchor that was not known, before that was the expected time. */
  private static final long NOT_WRITTEN = 0;

  private long anchor;
  private boolean hasSample;

  /**
   * @param expectedFrom since when the device was to report, microseconds
   */
  public Grid(long expectedFrom) {
    this.anchor = expectedFrom;
  }

  long anchor() {
    return anchor;
  }

  /** A sample of that time came; the first one sets where the slots lie. */
  void begin(long micros) {
    if (!hasSample) {
      hasSample = true;
      anchor = micros;
    }
  }

  /** Becomes one with the grid of a span that follows; false where both lie on their own. */
  boolean adopt(Grid following) {
    if (!hasSample && following.hasSample) {
      begin(following.anchor);
    }
    return hasSample == following.hasSample && (!hasSample || anchor == following.anchor);
  }

  void write(DataOutput out) throws IOException {
    out.writeBoolean(hasSample);
    out.writeLong(anchor);
  }

  static Grid read(long expectedFrom, DataInput in) throws IOException {
    boolean hasSample = in.readBoolean();
    long anchor = in.readLong();
    Grid grid = new Grid(!hasSample && anchor == NOT_WRITTEN ? expectedFrom : anchor);
    grid.hasSample = hasSample;
    return grid;
  }
}
