package io.sluice.spool.segment;

import io.sluice.api.Lane;
import io.sluice.spool.SpoolBatch;
import io.sluice.spool.Terms;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads records of a log in the order of their sequences, in big chunks. Skips what is damaged. Of
 * one thread, as its position is.
 */
public final class LogReader {
  private static final Logger LOG = LoggerFactory.getLogger(LogReader.class);
  private static final int CHUNK_MIN_BYTES = 64 << 10;

  /** Longer chunks are not kept for the next one. */
  private static final int REUSED_BYTES_MAX = 1 << 20;

  private final SegmentLog log;
  private @Nullable Segment segment;

  /** Of the segment read last. */
  private @Nullable SegmentCipher cipher;

  private @Nullable Segment cipherOf;
  private long offset;
  private long sequence = -1;

  /** Of the records read last, on disk; 0 before the first. */
  private int recordBytes;

  private boolean isReusing;
  private byte[] reused = {};

  public LogReader(SegmentLog log) {
    this.log = log;
  }

  /**
   * What was read.
   *
   * @param batch null where nothing readable was left before {@code next}
   * @param next sequence from which to go on: what lies between and is not in the batch is lost
   */
  public record Chunk(@Nullable SpoolBatch batch, long next) {}

  /** From now on a batch is valid only until the next one is read: its bytes are read over. */
  public void reuse() {
    isReusing = true;
  }

  /** Forgets where it was; the next read searches. */
  void forget() {
    segment = null;
    sequence = -1;
  }

  /**
   * Reads from a sequence on.
   *
   * @param until sequence before which to stop; not beyond what is synced
   * @param maxBytes bound of the bodies' total; one record is read all the same
   */
  public Chunk read(
      Lane lane, SpoolBatch.Stream stream, long from, long until, int maxRecords, int maxBytes)
      throws IOException {
    long next = from;
    int wantedBytes = chunkBytes(maxRecords, maxBytes);
    while (next < until) {
      Segment current = locate(next);
      if (current == null || current.baseSequence() >= until) {
        forget();
        return new Chunk(null, until);
      }
      next = Math.max(next, sequence);
      // Behind the segment's last record may stand one that was never acknowledged.
      long stop = Math.min(until, current.endSequence());
      Parsed parsed = parse(current, next, stop, maxRecords, wantedBytes, maxBytes);
      if (parsed.count > 0) {
        offset += parsed.consumed;
        recordBytes = parsed.consumed / parsed.count;
        sequence = parsed.next;
        return new Chunk(parsed.batch(lane, stream, current.terms()), parsed.next);
      }
      if (parsed.consumed > 0) {
        offset += parsed.consumed; // definitions alone
      } else if (current.isClosed()) {
        forget();
        if (log.holding(next) == current) {
          throw new IOException("the spool is closed");
        }
      } else if (parsed.needed > wantedBytes) {
        wantedBytes = parsed.needed;
      } else {
        next = skipDamage(current, next);
      }
    }
    // What lies behind that is another stream's to read, and to count.
    return new Chunk(null, Math.min(next, until));
  }

  /** As much as that many records are likely to take, so that little is read twice. */
  private int chunkBytes(int maxRecords, int maxBytes) {
    long likely = recordBytes == 0 ? maxBytes : (long) maxRecords * recordBytes * 9 / 8;
    return Math.max(CHUNK_MIN_BYTES, (int) Math.min(maxBytes, likely));
  }

  /** The segment to read in; moves to the record's place, or to the first one behind it. */
  private @Nullable Segment locate(long wanted) throws IOException {
    Segment current = segment;
    if (current != null && sequence == wanted && wanted < current.endSequence()) {
      return current;
    }
    current = log.holding(wanted);
    segment = current;
    if (current != null) {
      sequence = Math.max(wanted, current.baseSequence());
      offset = walkTo(current, sequence);
    }
    return current;
  }

  /** Offset of a record, or of the damage before it. */
  private static long walkTo(Segment in, long wanted) throws IOException {
    long at = in.floor(wanted);
    RecordFrame frame = new RecordFrame(in.generation());
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK_MIN_BYTES);
    while (in.read(chunk.clear(), at) && chunk.flip().hasRemaining()) {
      int walked = 0;
      int size = frame.check(chunk, 0);
      while (size > 0 && RecordFrame.sequence(chunk, walked) < wanted) {
        walked += size;
        size = frame.check(chunk, walked);
      }
      at += walked;
      if (size >= 0 || walked == 0) {
        boolean mustGrow = size < 0 && chunk.limit() == chunk.capacity();
        if (!mustGrow) {
          return at;
        }
        chunk = ByteBuffer.allocate(RecordFrame.sizeAt(chunk, 0));
      }
    }
    return at;
  }

  private Parsed parse(
      Segment current, long next, long until, int maxRecords, int chunkBytes, int maxBytes)
      throws IOException {
    long left = Math.max(0, current.end() - offset);
    int length = (int) Math.min(chunkBytes, left);
    Parsed parsed = new Parsed(chunk(length), length, next, maxRecords);
    if (current.read(parsed.chunk, offset)) {
      parsed.chunk.flip();
      parsed.run(new RecordFrame(current.generation()), cipherOf(current), until, maxBytes, left);
    }
    return parsed;
  }

  private byte[] chunk(int length) {
    if (!isReusing || length > REUSED_BYTES_MAX) {
      return new byte[length];
    }
    if (reused.length < length) {
      reused = new byte[length];
    }
    return reused;
  }

  @SuppressWarnings("ReferenceEquality") // the very segment is meant
  private @Nullable SegmentCipher cipherOf(Segment current) {
    if (cipherOf != current) {
      cipher = log.cipher(current.header());
      cipherOf = current;
    }
    return cipher;
  }

  /** The first sequence that is readable behind a damage: in this segment, or the next one's. */
  private long skipDamage(Segment current, long next) throws IOException {
    if (offset >= current.end()) {
      // Nothing stands there: the file is whole, and what should follow was lost with its tail.
      LOG.error("spool: records {} to {} are lost", next, current.endSequence() - 1);
      forget();
      return current.endSequence();
    }
    if (!current.damaged()) {
      LOG.error(
          "spool: {} is damaged at byte {} (record {}); what can be read is read, the file is kept"
              + " as .damaged",
          current.file(),
          offset,
          next);
      current.markDamaged();
    }
    RecordFrame frame = new RecordFrame(current.generation());
    long found = ResyncSearch.next(current, frame, offset + 1, next, current.endSequence());
    if (found < 0) {
      forget();
      return current.endSequence();
    }
    ByteBuffer header = ByteBuffer.allocate(SegmentFormat.RECORD_HEADER_BYTES);
    if (!current.read(header, found)) {
      return next;
    }
    offset = found;
    sequence = RecordFrame.sequence(header, 0);
    return sequence;
  }

  /** Records found in a chunk. */
  private static final class Parsed {
    private final byte[] bytes;
    private final ByteBuffer chunk;
    private long[] sequences;
    private long[] receivedMicros;
    private int[] offsets;
    private int[] lengths;
    private final int maxRecords;
    private int count;
    private int consumed;
    private int needed;
    private long next;

    Parsed(byte[] bytes, int length, long next, int maxRecords) {
      this.bytes = bytes;
      this.chunk = ByteBuffer.wrap(bytes, 0, length);
      this.next = next;
      this.maxRecords = maxRecords;
      int guess = Math.min(maxRecords, 256);
      sequences = new long[guess];
      receivedMicros = new long[guess];
      offsets = new int[guess];
      lengths = new int[guess];
    }

    void run(
        RecordFrame frame, @Nullable SegmentCipher cipher, long until, int maxBytes, long left) {
      int bodies = 0;
      while (count < maxRecords && consumed < chunk.limit()) {
        int size = frame.check(chunk, consumed);
        if (size < 0 && chunk.limit() < left && consumed == 0) {
          boolean hasLength = chunk.limit() >= 8;
          needed = hasLength ? RecordFrame.sizeAt(chunk, 0) : chunk.limit() + 64;
        }
        if (size <= 0) {
          return;
        }
        if (RecordFrame.isDefinition(chunk, consumed)) {
          consumed += size; // known since the segment was entered
          continue;
        }
        long sequence = RecordFrame.sequence(chunk, consumed);
        int length = size - SegmentFormat.RECORD_HEADER_BYTES;
        boolean isWanted = sequence >= next && sequence < until;
        if (!isWanted || (count > 0 && bodies + length > maxBytes)) {
          return;
        }
        int overhead = cipher == null ? 0 : SegmentCipher.OVERHEAD_BYTES;
        if (cipher != null && !decrypt(cipher, sequence, length)) {
          return; // damaged: what stands there was not written there
        }
        add(sequence, length - overhead);
        bodies += length;
        consumed += size;
      }
    }

    private boolean decrypt(SegmentCipher cipher, long sequence, int length) {
      return cipher.decrypt(
          bytes,
          consumed + SegmentFormat.RECORD_HEADER_BYTES,
          length,
          sequence,
          RecordFrame.receivedMicros(chunk, consumed));
    }

    private void add(long sequence, int length) {
      if (count == sequences.length) {
        int longer = Math.min(maxRecords, count * 2);
        sequences = Arrays.copyOf(sequences, longer);
        receivedMicros = Arrays.copyOf(receivedMicros, longer);
        offsets = Arrays.copyOf(offsets, longer);
        lengths = Arrays.copyOf(lengths, longer);
      }
      sequences[count] = sequence;
      receivedMicros[count] = RecordFrame.receivedMicros(chunk, consumed);
      offsets[count] = consumed + SegmentFormat.RECORD_HEADER_BYTES;
      lengths[count++] = length;
      next = sequence + 1;
    }

    SpoolBatch batch(Lane lane, SpoolBatch.Stream stream, Terms terms) {
      return new SpoolBatch(
          lane, stream, bytes, sequences, receivedMicros, offsets, lengths, count, null, terms);
    }
  }
}
