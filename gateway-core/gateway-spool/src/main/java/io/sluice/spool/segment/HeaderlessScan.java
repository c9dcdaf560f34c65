package io.sluice.spool.segment;

import io.sluice.spool.disk.SpoolFiles.SpoolFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Follows the frames of records in a segment whose header is lost, and with it the generation that
 * their checksums need: by length and sequence alone. Records of another generation have other
 * sequences.
 */
final class HeaderlessScan {
  private final SpoolFile file;

  HeaderlessScan(SpoolFile file) {
    this.file = file;
  }

  /**
   * One more than the sequence of the last frame; {@code base} where there is none. Where the file
   * cannot be read further, the most that it can be.
   */
  long endSequence(long base) throws IOException {
    long size = file.size();
    long at = SegmentFormat.HEADER_BYTES;
    long sequence = base;
    ByteBuffer frame = ByteBuffer.allocate(SegmentFormat.RECORD_HEADER_BYTES);
    while (at + SegmentFormat.RECORD_HEADER_BYTES <= size) {
      try {
        file.readFully(frame.clear(), at);
      } catch (IOException e) {
        // What follows is not known, but no more than fits.
        return sequence + (size - at) / SegmentFormat.RECORD_HEADER_BYTES + 1;
      }
      int length = frame.getInt(4) & SegmentFormat.LENGTH_MASK;
      boolean isNext =
          length >= 1
              && length <= SegmentFormat.BODY_MAX_BYTES + SegmentCipher.OVERHEAD_BYTES
              && frame.getLong(8) == sequence
              && at + RecordFrame.size(length) <= size;
      if (!isNext) {
        return sequence;
      }
      sequence += RecordFrame.isDefinition(frame, 0) ? 0 : 1;
      at += RecordFrame.size(length);
    }
    return sequence;
  }
}
