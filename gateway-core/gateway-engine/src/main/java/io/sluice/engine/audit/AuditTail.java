package io.sluice.engine.audit;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where an existing log ends, mended so that it can be continued: an empty last file is removed, a
 * line without its end is set aside.
 *
 * @param seq of the last line, 0 where there is none
 * @param hash that the next line follows
 * @param file to go on with, or null where a new one must begin
 * @param tornBytes bytes that were set aside
 * @param broken what is wrong with the last file, or null
 */
record AuditTail(
    long seq, String hash, @Nullable Path file, int tornBytes, @Nullable AuditBreak broken) {
  /**
   * How much of the last file is checked at the start: the rest is for the command that verifies.
   */
  private static final int CHECKED_BYTES = 256 << 10;

  static AuditTail mend(Path directory, AuditHash hash) throws IOException {
    int torn = 0;
    List<Path> files = AuditFiles.list(directory);
    for (Path file : files.reversed()) {
      byte[] bytes = Files.readAllBytes(file);
      int whole = afterLastLine(bytes);
      AuditTail tail = whole == 0 ? null : check(file, Arrays.copyOf(bytes, whole), hash);
      if (whole < bytes.length) {
        long seq = tail == null ? AuditFiles.firstSeq(file) : tail.seq + 1;
        setAside(file, seq, bytes, whole);
        torn += bytes.length - whole;
      }
      if (tail != null) {
        return new AuditTail(tail.seq, tail.hash, tail.file, torn, tail.broken);
      }
      Files.delete(file);
    }
    return new AuditTail(0, AuditHash.NONE, null, torn, null);
  }

  private static int afterLastLine(byte[] bytes) {
    int end = bytes.length;
    while (end > 0 && bytes[end - 1] != '\n') {
      end--;
    }
    return end;
  }

  private static void setAside(Path file, long seq, byte[] bytes, int from) throws IOException {
    byte[] rest = Arrays.copyOfRange(bytes, from, bytes.length);
    AuditFiles.setAside(file.toAbsolutePath().resolveSibling(""), seq, rest);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(from);
      channel.force(true);
    }
  }

  private static AuditTail check(Path file, byte[] bytes, AuditHash hash) {
    AuditChain chain = new AuditChain(hash.keyName() == null ? List.of() : List.of(hash), true);
    int from = lineFrom(bytes, bytes.length - CHECKED_BYTES);
    int number = 1;
    for (int i = 0; i < from; i++) {
      number += bytes[i] == '\n' ? 1 : 0;
    }
    AuditLine last = chain.walk(file, bytes, from, number) ? chain.last() : null;
    if (last != null) {
      boolean isSameKey = Objects.equals(last.keyName(), hash.keyName());
      return new AuditTail(last.seq(), last.hash(), isSameKey ? file : null, 0, null);
    }
    last = lastReadable(bytes);
    long seq = Math.max(AuditFiles.firstSeq(file), last == null ? 0 : last.seq());
    return new AuditTail(seq, last == null ? AuditHash.NONE : last.hash(), null, 0, chain.broken());
  }

  /** The start of the first line at or after a place. */
  private static int lineFrom(byte[] bytes, int place) {
    int at = Math.max(0, place);
    while (at > 0 && bytes[at - 1] != '\n') {
      at++;
    }
    return at;
  }

  private static @Nullable AuditLine lastReadable(byte[] bytes) {
    AuditLine last = null;
    int at = lineFrom(bytes, bytes.length - CHECKED_BYTES);
    for (int i = at; i < bytes.length; i++) {
      if (bytes[i] == '\n') {
        AuditLine line = AuditLine.parse(bytes, at, i - at);
        last = line == null ? last : line;
        at = i + 1;
      }
    }
    return last;
  }
}
