package io.sluice.spool.segment;

import io.sluice.spool.Term;
import io.sluice.spool.Terms;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What of the terms of this run the segment that is being written defines, and what is due: see
 * {@link SegmentFormat}. Used by the writer's thread.
 */
final class DefinedTerms {
  /** Of a log whose records name nothing by number. */
  static final DefinedTerms NONE = new DefinedTerms(Terms.NONE);

  /** Most bytes that one term takes, and what stands before a body. */
  private static final int SLACK_BYTES = SegmentFormat.RECORD_HEADER_BYTES + 16;

  /** A copy takes at most that part of what was written before it. */
  private static final int COPY_SHARE = 8;

  private final Terms terms;

  /** Numbers below it stand in the segment. */
  private int defined;

  /** The next to be told, and where to stop. */
  private int next;

  private int until;

  private int bodies;
  private long place;
  private long copyAt = SegmentFormat.FIRST_COPY_BYTES;

  DefinedTerms(Terms terms) {
    this.terms = terms;
  }

  /** About what the terms take that the segment does not define yet. */
  int dueBytes() {
    return bytes(defined, terms.size());
  }

  private int bytes(int from, int to) {
    int bytes = 0;
    for (int number = from; number < to; number++) {
      bytes += term(number).definitionBytes();
    }
    return bytes == 0
        ? 0
        : bytes + SLACK_BYTES * (1 + bytes / (SegmentFormat.DEFINITIONS_MAX_BYTES / 2));
  }

  private Term term(int number) {
    return Objects.requireNonNull(terms.at(number), "numbers have no gap");
  }

  /**
   * Begins to tell what is due at an offset.
   *
   * @param room what the segment has left besides
   */
  void begin(long offset, long room) {
    until = terms.size();
    next = defined;
    if (offset >= copyAt) {
      int all = bytes(0, until);
      if (offset >= (long) COPY_SHARE * all && all <= room) {
        next = 0;
        copyAt = 2 * offset;
      }
    }
  }

  /** The next body to be written, null where all is told. */
  byte @Nullable [] next() {
    if (next == until) {
      defined = until;
      return null;
    }
    int from = next;
    int bytes = 0;
    do {
      bytes += term(next).definitionBytes();
      next++;
    } while (next < until
        && bytes + term(next).definitionBytes() <= SegmentFormat.DEFINITIONS_MAX_BYTES);
    place = (long) bodies << Integer.SIZE | from;
    bodies++;
    return DefinitionCodec.encode(terms, from, next);
  }

  /** That of the body told last. */
  long place() {
    return place;
  }
}
