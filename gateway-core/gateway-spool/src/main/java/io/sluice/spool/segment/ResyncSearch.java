package io.sluice.spool.segment;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Finds the next valid record, or definitions, behind a damage, byte by byte. */
final class ResyncSearch {
  private static final int CHUNK_BYTES = 1 << 20;

  private ResyncSearch() {}

  /**
   * Offset of the first valid record at or behind an offset.
   *
   * @param from the lowest sequence that is looked for
   * @param before one more than the highest
   * @return -1 where there is none
   */
  static long next(Segment segment, RecordFrame frame, long offset, long from, long before)
      throws IOException {
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
    long at = offset;
    while (at < segment.end() && segment.read(chunk.clear(), at)) {
      chunk.flip();
      // No more records than bytes: keeps accidental sequences from being checked.
      long most = Math.min(before, from + segment.end());
      for (int i = 0; i + SegmentFormat.RECORD_HEADER_BYTES <= chunk.limit(); i++) {
        long candidate = RecordFrame.sequence(chunk, i);
        if (candidate >= from && candidate < most && isValid(segment, frame, chunk, i, at + i)) {
          return at + i;
        }
      }
      at += Math.max(1, chunk.limit() - SegmentFormat.RECORD_HEADER_BYTES + 1);
    }
    return -1;
  }

  private static boolean isValid(
      Segment segment, RecordFrame frame, ByteBuffer chunk, int index, long offset)
      throws IOException {
    int size = frame.check(chunk, index);
    if (size >= 0) {
      return size > 0;
    }
    int wanted = RecordFrame.sizeAt(chunk, index);
    if (offset + wanted > segment.end()) {
      return false;
    }
    ByteBuffer whole = ByteBuffer.allocate(wanted);
    return segment.read(whole, offset) && frame.check(whole.flip(), 0) > 0;
  }
}
