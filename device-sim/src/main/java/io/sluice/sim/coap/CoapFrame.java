package io.sluice.sim.coap;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes POST requests, and the messages without content (RFC 7252 section 3). */
public final class CoapFrame {
  private static final int POST = 0x02;
  private static final int URI_PATH = 11;
  private static final int CONTENT_FORMAT = 12;
  private static final int URI_QUERY = 15;
  private static final int BLOCK1 = 27;
  private static final int SIZE1 = 60;
  private static final int PAYLOAD_MARKER = 0xFF;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream(128);
  private int lastOption;

  private CoapFrame() {}

  /**
   * A POST whose message id is still 0.
   *
   * @param tokenLength how many of the token's low bytes are sent, 0 to 8
   * @param path with {@code /} between its segments
   * @param queries each {@code name=value}, as it is
   */
  public static byte[] post(
      boolean isConfirmable,
      long token,
      int tokenLength,
      String path,
      int contentFormat,
      List<String> queries,
      byte[] payload) {
    return request(isConfirmable, token, tokenLength, path, contentFormat, queries)
        .payload(payload, 0, payload.length);
  }

  /**
   * One block of a larger Confirmable POST (RFC 7959).
   *
   * @param block1 the option's value
   * @param length bytes of this block
   */
  static byte[] block(
      long token,
      String path,
      int contentFormat,
      List<String> queries,
      int block1,
      byte[] whole,
      int length) {
    CoapFrame frame = request(true, token, 8, path, contentFormat, queries);
    frame.option(BLOCK1, bytes(block1));
    int number = block1 >>> 4;
    if (number == 0) {
      frame.option(SIZE1, bytes(whole.length));
    }
    return frame.payload(whole, number << ((block1 & 7) + 4), length);
  }

  private static CoapFrame request(
      boolean isConfirmable,
      long token,
      int tokenLength,
      String path,
      int contentFormat,
      List<String> queries) {
    CoapFrame frame = new CoapFrame();
    frame.out.write(
        1 << 6 | (isConfirmable ? CoapMessage.CON : CoapMessage.NON) << 4 | tokenLength);
    frame.out.write(POST);
    frame.out.write(0);
    frame.out.write(0);
    for (int shift = 8 * (tokenLength - 1); shift >= 0; shift -= 8) {
      frame.out.write((int) (token >>> shift));
    }
    for (String segment : path.split("/", -1)) {
      frame.option(URI_PATH, segment.getBytes(StandardCharsets.UTF_8));
    }
    frame.option(CONTENT_FORMAT, bytes(contentFormat));
    for (String query : queries) {
      frame.option(URI_QUERY, query.getBytes(StandardCharsets.UTF_8));
    }
    return frame;
  }

  /** Section 3.2: an unsigned number has no leading zero bytes. */
  private static byte[] bytes(int value) {
    int length = (39 - Integer.numberOfLeadingZeros(value)) / 8;
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (value >>> (8 * (length - 1 - i)));
    }
    return bytes;
  }

  private void option(int number, byte[] value) {
    int delta = number - lastOption;
    lastOption = number;
    out.write(nibble(delta) << 4 | nibble(value.length));
    extended(delta);
    extended(value.length);
    out.writeBytes(value);
  }

  private static int nibble(int value) {
    return value < 13 ? value : value < 269 ? 13 : 14;
  }

  private void extended(int value) {
    if (value >= 269) {
      out.write((value - 269) >>> 8);
      out.write(value - 269);
    } else if (value >= 13) {
      out.write(value - 13);
    }
  }

  private byte[] payload(byte[] from, int offset, int length) {
    if (length > 0) {
      out.write(PAYLOAD_MARKER);
      out.write(from, offset, length);
    }
    return out.toByteArray();
  }

  /** The message id of a frame. */
  public static int messageId(byte[] frame) {
    return (frame[2] & 0xFF) << 8 | (frame[3] & 0xFF);
  }

  /** Sets the message id of a frame. */
  public static void messageId(byte[] frame, int id) {
    frame[2] = (byte) (id >>> 8);
    frame[3] = (byte) id;
  }

  /** An empty Acknowledgement or Reset. */
  public static byte[] empty(int type, int messageId) {
    return new byte[] {(byte) (1 << 6 | type << 4), 0, (byte) (messageId >>> 8), (byte) messageId};
  }
}
