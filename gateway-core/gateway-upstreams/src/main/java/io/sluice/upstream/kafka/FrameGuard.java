package io.sluice.upstream.kafka;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the length that each answer begins with, before the client makes room for so much: what
 * listens there may be no Kafka at all, and {@code HTTP} read as a length is 1.2 GB. Thread-safe.
 */
final class FrameGuard {
  /** The largest answer that a producer gets; metadata of some ten thousand partitions. */
  static final int FRAME_BYTES_MAX = 16 << 20;

  private static final int LENGTH_BYTES = 4;
  private static final int TLS_ALERT = 0x15;
  private static final int TLS_HANDSHAKE = 0x16;
  private static final int TLS_MAJOR = 0x03;

  private volatile @Nullable String finding;

  /** What was found instead of Kafka, null where nothing was. */
  @Nullable String finding() {
    return finding;
  }

  void forget() {
    finding = null;
  }

  /**
   * After a read. The client reads a length into a buffer of its own, of four bytes.
   *
   * @throws IOException where no answer of Kafka has that length; the connection ends with it
   */
  void check(ByteBuffer read) throws IOException {
    if (read.capacity() == LENGTH_BYTES && !read.hasRemaining()) {
      int length = read.getInt(0);
      if (length < 0 || length > FRAME_BYTES_MAX) {
        String found = "what answers is not Kafka" + kind(read);
        finding = found;
        throw new IOException(found);
      }
    }
  }

  private static String kind(ByteBuffer begin) {
    int first = begin.get(0);
    if ((first == TLS_ALERT || first == TLS_HANDSHAKE) && begin.get(1) == TLS_MAJOR) {
      return " without TLS but TLS; write security.protocol: SSL or SASL_SSL in properties";
    }
    byte[] bytes = new byte[LENGTH_BYTES];
    begin.get(0, bytes);
    String text = new String(bytes, StandardCharsets.US_ASCII);
    if (text.equals("HTTP")) {
      return " but HTTP; mend bootstrap-servers, or what stands before the broker";
    }
    if (text.equals("SSH-")) {
      return " but SSH; mend bootstrap-servers";
    }
    return " (its answer begins with 0x%08x); mend bootstrap-servers".formatted(begin.getInt(0));
  }
}
