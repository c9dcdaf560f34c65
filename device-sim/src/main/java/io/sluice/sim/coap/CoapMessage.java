package io.sluice.sim.coap;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One message as it came (RFC 7252 section 3).
 *
 * @param code 0xA3 is 5.03
 * @param token up to 8 bytes, the last one lowest
 * @param maxAgeSeconds 60 where the option is absent (section 5.10.5)
 * @param block1 the option's value (RFC 7959 section 2.2), -1 where it is absent
 */
public record CoapMessage(
    int type,
    int code,
    int messageId,
    long token,
    int tokenLength,
    int maxAgeSeconds,
    int block1,
    byte[] payload) {
  public static final int CON = 0;
  public static final int NON = 1;
  public static final int ACK = 2;
  public static final int RST = 3;

  public static final int EMPTY = 0;
  public static final int CONTINUE = 0x5F;
  public static final int INCOMPLETE = 0x88;
  public static final int TOO_LARGE = 0x8D;
  public static final int UNAVAILABLE = 0xA3;

  private static final int VERSION = 1;
  private static final int PAYLOAD_MARKER = 0xFF;
  private static final int MAX_AGE = 14;
  private static final int BLOCK2 = 23;
  private static final int BLOCK1 = 27;
  private static final int DEFAULT_MAX_AGE_SECONDS = 60;
  private static final byte[] NOTHING = {};

  /** The first four bytes, where they are those of a CoAP message; otherwise -1. */
  static long head(ByteBuf in) {
    return in.readableBytes() >= 4 && in.getUnsignedByte(in.readerIndex()) >>> 6 == VERSION
        ? in.getUnsignedInt(in.readerIndex())
        : -1;
  }

  static int type(long head) {
    return (int) (head >>> 28) & 3;
  }

  static int messageId(long head) {
    return (int) head & 0xFFFF;
  }

  /**
   * Reads a message to its end.
   *
   * @return null where it is not well-formed, or has a critical option that a client of ours does
   *     not know (section 5.4.1)
   */
  public static @Nullable CoapMessage read(ByteBuf in) {
    long head = head(in);
    if (head < 0) {
      return null;
    }
    in.skipBytes(4);
    int tokenLength = (int) (head >>> 24) & 0xF;
    int code = (int) (head >>> 16) & 0xFF;
    if (tokenLength > 8
        || in.readableBytes() < tokenLength
        || (code == EMPTY && (tokenLength > 0 || in.isReadable()))) {
      return null;
    }
    long token = 0;
    for (int i = 0; i < tokenLength; i++) {
      token = token << 8 | in.readUnsignedByte();
    }
    return body(in, head, code, token, tokenLength);
  }

  private static @Nullable CoapMessage body(
      ByteBuf in, long head, int code, long token, int tokenLength) {
    int maxAge = DEFAULT_MAX_AGE_SECONDS;
    int block1 = -1;
    int number = 0;
    byte[] payload = NOTHING;
    while (in.isReadable()) {
      int first = in.readUnsignedByte();
      if (first == PAYLOAD_MARKER) {
        if (!in.isReadable()) {
          return null; // a marker without a payload (section 3)
        }
        payload = new byte[in.readableBytes()];
        in.readBytes(payload);
        break;
      }
      int delta = extended(in, first >>> 4);
      int length = extended(in, first & 0xF);
      if (delta < 0 || length < 0 || in.readableBytes() < length) {
        return null;
      }
      number += delta;
      switch (number) {
        case MAX_AGE -> maxAge = whole(in, length);
        case BLOCK1 -> block1 = whole(in, length);
        case BLOCK2 -> in.skipBytes(length);
        default -> {
          if ((number & 1) == 1) {
            return null;
          }
          in.skipBytes(length);
        }
      }
    }
    return new CoapMessage(
        type(head), code, messageId(head), token, tokenLength, maxAge, block1, payload);
  }

  /** Section 3.1: 13 has one more byte, 14 two, 15 is reserved. */
  private static int extended(ByteBuf in, int nibble) {
    return switch (nibble) {
      case 13 -> in.isReadable() ? in.readUnsignedByte() + 13 : -1;
      case 14 -> in.readableBytes() >= 2 ? in.readUnsignedShort() + 269 : -1;
      case 15 -> -1;
      default -> nibble;
    };
  }

  private static int whole(ByteBuf in, int length) {
    long value = 0;
    for (int i = 0; i < length; i++) {
      value = Math.min(Integer.MAX_VALUE, value << 8 | in.readUnsignedByte());
    }
    return (int) value;
  }

  public boolean isSuccess() {
    return code >>> 5 == 2;
  }

  /** The code and the diagnostic payload (section 5.5.2): {@code 4.00 why}. */
  public String said() {
    return "%d.%02d %s"
        .formatted(code >>> 5, code & 0x1F, new String(payload, StandardCharsets.UTF_8))
        .strip();
  }
}
