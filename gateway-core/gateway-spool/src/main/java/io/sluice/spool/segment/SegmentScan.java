package io.sluice.spool.segment;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Walks all records of a segment from its base, noting where they lie and what is defined. */
final class SegmentScan {
  private static final int SCAN_BYTES = 1 << 20;

  private final Segment segment;
  private final RecordFrame frame;
  private long offset = SegmentFormat.HEADER_BYTES;
  private long nextSequence;

  SegmentScan(Segment segment) {
    this.segment = segment;
    this.frame = new RecordFrame(segment.generation());
    this.nextSequence = segment.baseSequence();
  }

  /** Stops at the segment's end or at the first record that is not valid or not the next. */
  void run(int chunkBytes) throws IOException {
    ByteBuffer chunk = ByteBuffer.allocate(chunkBytes);
    while (segment.read(chunk.clear(), offset) && chunk.flip().hasRemaining()) {
      int walked = walk(chunk);
      if (walked < 0) {
        return;
      }
      if (walked == 0) {
        int needed = chunk.limit() < 8 ? 0 : RecordFrame.sizeAt(chunk, 0);
        if (chunk.limit() < chunk.capacity() || needed <= chunk.capacity()) {
          return;
        }
        chunk = ByteBuffer.allocate(needed);
      }
      offset += walked;
    }
  }

  /**
   * The same, but goes on behind an invalid record where a valid one follows: a damage in the
   * middle takes no record with it that was acknowledged after it.
   */
  void runBeyondDamage() throws IOException {
    long resumed;
    do {
      run(SCAN_BYTES);
      resumed = ResyncSearch.next(segment, frame, offset + 1, nextSequence, Long.MAX_VALUE);
      if (resumed >= 0) {
        offset = resumed;
      }
    } while (resumed >= 0);
  }

  /** Bytes of the whole records in the chunk; -1 where one is invalid right at its start. */
  private int walk(ByteBuffer chunk) {
    int at = 0;
    while (at < chunk.limit()) {
      int size = frame.check(chunk, at);
      boolean isNext = size > 0 && RecordFrame.sequence(chunk, at) >= nextSequence;
      if (size < 0) {
        return at;
      }
      if (!isNext) {
        return at == 0 ? -1 : at;
      }
      if (RecordFrame.isDefinition(chunk, at)) {
        segment.define(chunk, at, size);
      } else {
        nextSequence = RecordFrame.sequence(chunk, at) + 1;
        segment.note(nextSequence - 1, offset + at);
      }
      at += size;
    }
    return at;
  }

  /** Offset behind the last valid record. */
  long end() {
    return offset;
  }

  /** One more than the last valid sequence. */
  long endSequence() {
    return nextSequence;
  }
}
