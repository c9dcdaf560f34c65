package io.sluice.spool;

import io.sluice.api.Lane;
import org.jspecify.annotations.Nullable;

/**
 * Records of one lane and stream, read in one piece. Immutable once handed out; the bodies lie in
 * one array.
 */
public final class SpoolBatch {
  /** Live: what came since the last outage. Backlog: what an outage left behind. */
  public enum Stream {
    LIVE,
    BACKLOG
  }

  private final Lane lane;
  private final Stream stream;
  private final byte[] bytes;
  private final long[] sequences;
  private final long[] receivedMicros;
  private final int[] offsets;
  private final int[] lengths;
  private final int count;
  private final @Nullable String epoch;
  private final Terms terms;

  public SpoolBatch(
      Lane lane,
      Stream stream,
      byte[] bytes,
      long[] sequences,
      long[] receivedMicros,
      int[] offsets,
      int[] lengths,
      int count) {
    this(lane, stream, bytes, sequences, receivedMicros, offsets, lengths, count, null);
  }

  /**
   * @param epoch random part of the records' ids; null: what the spool says of their sequences
   */
  public SpoolBatch(
      Lane lane,
      Stream stream,
      byte[] bytes,
      long[] sequences,
      long[] receivedMicros,
      int[] offsets,
      int[] lengths,
      int count,
      @Nullable String epoch) {
    this(
        lane, stream, bytes, sequences, receivedMicros, offsets, lengths, count, epoch, Terms.NONE);
  }

  /**
   * @param epoch random part of the records' ids; null: what the spool says of their sequences
   * @param terms what the records name by number
   */
  public SpoolBatch(
      Lane lane,
      Stream stream,
      byte[] bytes,
      long[] sequences,
      long[] receivedMicros,
      int[] offsets,
      int[] lengths,
      int count,
      @Nullable String epoch,
      Terms terms) {
    this.lane = lane;
    this.stream = stream;
    this.bytes = bytes;
    this.sequences = sequences;
    this.receivedMicros = receivedMicros;
    this.offsets = offsets;
    this.lengths = lengths;
    this.count = count;
    this.epoch = epoch;
    this.terms = terms;
  }

  public Lane lane() {
    return lane;
  }

  public Stream stream() {
    return stream;
  }

  /** Number of records, at least 1. */
  public int count() {
    return count;
  }

  /** Holds all bodies; read only. */
  public byte[] bytes() {
    return bytes;
  }

  /** Sequence in the lane; ascending, with gaps only where damaged records were skipped. */
  public long sequence(int index) {
    return sequences[index];
  }

  /** Random part of the records' ids; null: what the spool says of their sequences. */
  public @Nullable String epoch() {
    return epoch;
  }

  /** What the records name by number; in another batch the numbers may mean others. */
  public Terms terms() {
    return terms;
  }

  public long receivedMicros(int index) {
    return receivedMicros[index];
  }

  public int offset(int index) {
    return offsets[index];
  }

  public int length(int index) {
    return lengths[index];
  }
}
