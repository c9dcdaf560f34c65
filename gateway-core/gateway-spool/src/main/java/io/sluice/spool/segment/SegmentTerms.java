package io.sluice.spool.segment;

import io.sluice.spool.Term;
import io.sluice.spool.TermDictionary;
import io.sluice.spool.Terms;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the records of one segment name by number: the terms of this run where this run writes it,
 * else those that its definitions tell. One thread at a time gathers, any reads.
 */
final class SegmentTerms {
  /** Of a segment without definitions. */
  static final SegmentTerms NONE = new SegmentTerms(Terms.NONE, null, () -> null);

  private static final Logger LOG = LoggerFactory.getLogger(SegmentTerms.class);

  private final Terms terms;

  /** By which terms get their numbers of this run; null where nothing is gathered. */
  private final @Nullable TermDictionary dictionary;

  /** Gives null where the segment is plain. */
  private final Supplier<@Nullable SegmentCipher> ciphers;

  private SegmentTerms(
      Terms terms, @Nullable TermDictionary dictionary, Supplier<@Nullable SegmentCipher> ciphers) {
    this.terms = terms;
    this.dictionary = dictionary;
    this.ciphers = ciphers;
  }

  /** Of a segment that this run writes. */
  static SegmentTerms ofThisRun(TermDictionary dictionary) {
    return new SegmentTerms(dictionary.terms(), null, () -> null);
  }

  /**
   * @param ciphers make that of the segment, or null where it is plain
   */
  static SegmentTerms ofEarlierRun(
      TermDictionary dictionary, Supplier<@Nullable SegmentCipher> ciphers) {
    return new SegmentTerms(new Terms(), dictionary, ciphers);
  }

  Terms all() {
    return terms;
  }

  /** Takes the valid definitions at that index. */
  void take(ByteBuffer chunk, int index, int size, Path file) {
    TermDictionary numbers = dictionary;
    if (numbers == null) {
      return;
    }
    byte[] body = new byte[size - SegmentFormat.RECORD_HEADER_BYTES];
    chunk.get(index + SegmentFormat.RECORD_HEADER_BYTES, body);
    long place = RecordFrame.receivedMicros(chunk, index);
    int length = body.length;
    SegmentCipher cipher = ciphers.get();
    if (cipher != null) {
      length -= SegmentCipher.OVERHEAD_BYTES;
      if (!cipher.decryptDefinitions(body, place)) {
        tell(file, "they do not decrypt");
        return;
      }
    }
    try {
      take(numbers, DefinitionCodec.decode(body, length), (int) place);
    } catch (IOException e) {
      tell(file, String.valueOf(e.getMessage()));
    }
  }

  private void take(TermDictionary numbers, Iterable<@Nullable String[]> defined, int first)
      throws IOException {
    int number = first;
    for (@Nullable String[] texts : defined) {
      if (terms.at(number) == null) {
        Term term = numbers.earlier(texts);
        if (!terms.add(number, term)) {
          throw new IOException("number " + number + " is out of bounds");
        }
      }
      number++;
    }
  }

  private static void tell(Path file, String what) {
    LOG.error("spool: definitions in {} are left out: {}", file, what);
  }
}
