package io.sluice.engine.normalize.sample;

import io.sluice.api.codec.PayloadException;
import io.sluice.engine.normalize.profile.ByteLayout;
import io.sluice.engine.normalize.profile.PayloadForms.Encoding;
import io.sluice.engine.normalize.profile.Profile;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** What lies around a payload's content: marks, padding, encodings. */
public final class PayloadText {
  private static final int MARK_BYTES = 3;
  private static final int REPLACEMENT = 0xFFFD;

  private PayloadText() {}

  /**
   * Length of UTF-8's byte order mark at the start, which carries nothing (RFC 8259 section 8.1).
   */
  public static int markLength(byte[] payload) {
    boolean marked =
        payload.length >= MARK_BYTES
            && payload[0] == (byte) 0xEF
            && payload[1] == (byte) 0xBB
            && payload[2] == (byte) 0xBF;
    return marked ? MARK_BYTES : 0;
  }

  /**
   * Where a text begins, behind a mark that was sent.
   *
   * @param payload what was sent, in UTF-8
   */
  public static int start(byte[] sent, byte[] payload) {
    return markLength(sent) > 0 ? markLength(payload) : 0;
  }

  /** Where a text ends: NULs and white space behind it carry nothing. */
  public static int end(byte[] payload) {
    int end = payload.length;
    while (end > 0 && isPadding(payload[end - 1])) {
      end--;
    }
    return end;
  }

  private static boolean isPadding(byte each) {
    return each == 0 || each == ' ' || each == '\n' || each == '\r' || each == '\t';
  }

  /** Whether a text has half a character, a lone surrogate: JSON can escape it, UTF-8 has none. */
  static boolean isTorn(String text) {
    int length = text.length();
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        boolean pair =
            Character.isHighSurrogate(c)
                && i + 1 < length
                && Character.isLowSurrogate(text.charAt(i + 1));
        if (!pair) {
          return true;
        }
        i++;
      }
    }
    return false;
  }

  /** The text with U+FFFD in place of each half of a character. */
  static String mended(String text) {
    StringBuilder mended = new StringBuilder(text.length());
    text.codePoints()
        .map(point -> Character.getType(point) == Character.SURROGATE ? REPLACEMENT : point)
        .forEach(mended::appendCodePoint);
    return mended.toString();
  }

  /** The payload in UTF-8, out of the profile's character set. */
  public static byte[] inUtf8(byte[] payload, Charset charset) throws PayloadException {
    if (charset.equals(StandardCharsets.UTF_8)) {
      return payload;
    }
    try {
      return charset
          .newDecoder()
          .decode(ByteBuffer.wrap(payload))
          .toString()
          .getBytes(StandardCharsets.UTF_8);
    } catch (CharacterCodingException e) {
      throw new PayloadException(
          "the payload is no text in "
              + charset.name()
              + "; send that, or change charset in the profile");
    }
  }

  /** The raw bytes for a layout, out of the text in which the profile says that they come. */
  public static byte[] raw(byte[] payload, Profile profile) throws PayloadException {
    Encoding encoding = profile.forms().encoding();
    if (encoding == Encoding.BINARY) {
      requireBinary(payload, profile);
      return payload;
    }
    int from = markLength(payload);
    String text =
        new String(payload, from, Math.max(0, end(payload) - from), StandardCharsets.ISO_8859_1);
    byte[] bytes = encoding == Encoding.HEX ? ofHex(text) : ofBase64(text);
    if (bytes == null) {
      throw new PayloadException(
          "the payload is no "
              + (encoding == Encoding.HEX ? "hex" : "base64")
              + " text; send that, or change encoding in the profile "
              + profile.id());
    }
    return bytes;
  }

  /** The bytes of hex digits, with or without signs between them; null where it is none. */
  public static byte @Nullable [] ofHex(String text) {
    try {
      return HexFormat.of().parseHex(text.replaceAll("(0[xX])|[\\s:,-]", ""));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** The bytes of base64, of either alphabet; null where it is none. */
  public static byte @Nullable [] ofBase64(String text) {
    try {
      return Base64.getDecoder().decode(text.replace('-', '+').replace('_', '/'));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** Bytes that are the layout's in hex digits are no values of the layout. */
  private static void requireBinary(byte[] payload, Profile profile) throws PayloadException {
    ByteLayout layout = profile.bytes();
    if (layout == null || end(payload) != 2 * layout.length()) {
      return;
    }
    for (int i = 0; i < 2 * layout.length(); i++) {
      if (!HexFormat.isHexDigit(payload[i])) {
        return;
      }
    }
    throw new PayloadException(
        "the payload is text of hex digits, twice as long as the layout; say encoding: hex in the"
            + " profile "
            + profile.id());
  }
}
