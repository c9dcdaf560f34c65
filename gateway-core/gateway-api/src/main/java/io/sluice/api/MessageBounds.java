package io.sluice.api;

/**
 * How large a message may be at each step of its way. No step takes more than the next one keeps,
 * so that what an adapter has taken can always be stored: as a record, or whole as a dead letter.
 */
public final class MessageBounds {
  /** Largest payload that is decoded, bytes. No adapter takes a larger one. */
  public static final int PAYLOAD_MAX_BYTES = 1 << 20;

  /**
   * Most bytes of a packet that an adapter takes around a payload: topic and properties. A payload
   * that is a little too large is refused as such, and not as a packet.
   */
  public static final int AROUND_PAYLOAD_MAX_BYTES = 128 << 10;

  /** Longest text that a dead letter keeps beside its payload, characters. */
  public static final int LETTER_TEXT_MAX_CHARS = 4096;

  /** Texts of a dead letter. */
  private static final int LETTER_TEXTS = 6;

  /** Bytes of a character, at most, in modified UTF-8. */
  private static final int BYTES_PER_CHAR = 3;

  /** Largest dead letter, bytes: the largest packet and what is written about it. */
  public static final int LETTER_MAX_BYTES =
      1
          + LETTER_TEXTS * (2 + BYTES_PER_CHAR * LETTER_TEXT_MAX_CHARS)
          + PAYLOAD_MAX_BYTES
          + AROUND_PAYLOAD_MAX_BYTES;

  /** Largest entry of the spool, a record or a dead letter, bytes. */
  public static final int ENTRY_MAX_BYTES = 16 << 20;

  static {
    inOrder("a payload", PAYLOAD_MAX_BYTES, "a packet", packet(Long.MAX_VALUE));
    inOrder("a packet", packet(Long.MAX_VALUE), "a dead letter", LETTER_MAX_BYTES);
    inOrder("a dead letter", LETTER_MAX_BYTES, "an entry of the spool", ENTRY_MAX_BYTES);
  }

  private MessageBounds() {}

  /** What an adapter takes as payload where its configuration says so much. */
  public static int payload(long configuredBytes) {
    return (int) Math.min(configuredBytes, PAYLOAD_MAX_BYTES);
  }

  /** What an adapter takes as packet, payload included, where its configuration says so much. */
  public static int packet(long configuredBytes) {
    return (int) Math.min(configuredBytes, PAYLOAD_MAX_BYTES + AROUND_PAYLOAD_MAX_BYTES);
  }

  /** At the first use, so at each start. */
  private static void inOrder(String one, int bytes, String next, int nextBytes) {
    if (bytes > nextBytes) {
      throw new IllegalStateException(
          "%s may have %d bytes, and %s takes %d".formatted(one, bytes, next, nextBytes));
    }
  }
}
