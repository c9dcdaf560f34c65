package io.sluice.engine.audit;

import io.sluice.engine.audit.AuditBreak.Kind;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Walks along lines, file by file, and stops at the first that does not follow from the one before.
 * The first line of all is believed; where the log began there is the caller's matter. One walk,
 * one thread.
 */
final class AuditChain {
  private final Map<String, AuditHash> keys = new HashMap<>();
  private final AuditHash plain = AuditHash.of(null);
  private final boolean acceptUnknownKeys;
  private @Nullable AuditLine first;
  private @Nullable AuditLine last;
  private @Nullable AuditBreak broken;
  private long lines;
  private long unkeyed;

  /**
   * @param keys those that lines may be chained with; where there are any, a line without a key may
   *     not come after one with
   * @param acceptUnknownKeys whether a line with another key counts as intact
   */
  AuditChain(Iterable<AuditHash> keys, boolean acceptUnknownKeys) {
    for (AuditHash key : keys) {
      this.keys.put(key.keyName(), key);
    }
    this.acceptUnknownKeys = acceptUnknownKeys;
  }

  @Nullable AuditLine first() {
    return first;
  }

  /** The last line that is intact; null where there is none. */
  @Nullable AuditLine last() {
    return last;
  }

  long lines() {
    return lines;
  }

  /** Lines chained without a key. */
  long unkeyed() {
    return unkeyed;
  }

  @Nullable AuditBreak broken() {
    return broken;
  }

  /**
   * Goes along a file's lines, from an offset where one begins.
   *
   * @param firstNumber the number of the line at the offset
   * @return whether all follow
   */
  boolean walk(Path file, byte[] bytes, int offset, int firstNumber) {
    int number = firstNumber;
    int at = offset;
    while (at < bytes.length) {
      int end = at;
      while (end < bytes.length && bytes[end] != '\n') {
        end++;
      }
      AuditBreak fault = check(file, number, bytes, at, end);
      if (fault != null) {
        broken = fault;
        return false;
      }
      at = end + 1;
      number++;
    }
    return true;
  }

  private @Nullable AuditBreak check(Path file, int number, byte[] bytes, int at, int end) {
    if (end == bytes.length) {
      return new AuditBreak(
          file, number, Kind.TRUNCATED, "truncated: the line is cut off before its end");
    }
    AuditLine line = AuditLine.parse(bytes, at, end - at);
    if (line == null) {
      return new AuditBreak(file, number, Kind.CHANGED, "changed: this is no line of the log");
    }
    AuditBreak fault = hashFault(file, number, line, bytes, at, end);
    if (fault == null) {
      fault = orderFault(file, number, line, bytes, end);
    }
    if (fault == null) {
      first = first == null ? line : first;
      last = line;
      lines++;
      unkeyed += line.keyName() == null ? 1 : 0;
    }
    return fault;
  }

  private @Nullable AuditBreak hashFault(
      Path file, int number, AuditLine line, byte[] bytes, int at, int end) {
    AuditHash by = line.keyName() == null ? plain : keys.get(line.keyName());
    if (by == null) {
      return acceptUnknownKeys
          ? null
          : new AuditBreak(
              file,
              number,
              Kind.KEY,
              "the line is chained with the key "
                  + line.keyName()
                  + ", which was not given, or it was changed; give the key with --key-file");
    }
    if (!line.isIntact(bytes, at, end - at, by)) {
      return new AuditBreak(
          file, number, Kind.CHANGED, "changed: the line does not have the hash that it states");
    }
    boolean lostKey = last != null && last.keyName() != null && line.keyName() == null;
    return lostKey && !acceptUnknownKeys
        ? new AuditBreak(
            file, number, Kind.KEY, "changed: from here on the log is chained without its key")
        : null;
  }

  private @Nullable AuditBreak orderFault(
      Path file, int number, AuditLine line, byte[] bytes, int end) {
    if (last == null) {
      return null;
    }
    long expected = last.seq() + 1;
    if (line.seq() == expected) {
      return line.prev().equals(last.hash())
          ? null
          : new AuditBreak(
              file, number, Kind.CHANGED, "changed: the line does not follow from the one before");
    }
    if (line.seq() < expected || ahead(bytes, end).contains(expected)) {
      return new AuditBreak(
          file,
          number,
          Kind.REORDERED,
          "reordered: event " + line.seq() + " stands where " + expected + " belongs");
    }
    return new AuditBreak(
        file,
        number,
        Kind.MISSING,
        "missing: %d events, from %d to %d, should stand before this line"
            .formatted(line.seq() - expected, expected, line.seq() - 1));
  }

  /** The numbers of the lines that follow in the file: tells what moved from what is missing. */
  private static Set<Long> ahead(byte[] bytes, int end) {
    Set<Long> found = new HashSet<>();
    int at = end + 1;
    for (int i = at; i < bytes.length; i++) {
      if (bytes[i] == '\n') {
        AuditLine line = AuditLine.parse(bytes, at, i - at);
        if (line != null) {
          found.add(line.seq());
        }
        at = i + 1;
      }
    }
    return found;
  }
}
