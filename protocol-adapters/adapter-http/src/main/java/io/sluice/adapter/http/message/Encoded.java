package io.sluice.adapter.http.message;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Percent-encoded text of a request target (RFC 3986 section 2.1). Stateless. */
public final class Encoded {
  private Encoded() {}

  /** The text that is meant; null where it is not UTF-8, not encoded rightly, or has a control. */
  public static @Nullable String decoded(String text) {
    return text.indexOf('%') < 0 ? text : bytes(text, false);
  }

  /**
   * The value of the first parameter of that name in a query, decoded, with {@code +} as a blank;
   * empty where it has none.
   *
   * @return null where there is no such parameter, or its value cannot be decoded
   */
  public static @Nullable String parameter(@Nullable String query, String name) {
    if (query == null) {
      return null;
    }
    int from = 0;
    while (from <= query.length()) {
      int and = query.indexOf('&', from);
      int end = and < 0 ? query.length() : and;
      if (query.startsWith(name, from)) {
        int equals = from + name.length();
        if (equals == end) {
          return "";
        }
        if (equals < end && query.charAt(equals) == '=') {
          String value = query.substring(equals + 1, end);
          return value.indexOf('%') < 0 && value.indexOf('+') < 0 ? value : bytes(value, true);
        }
      }
      from = end + 1;
    }
    return null;
  }

  private static @Nullable String bytes(String text, boolean isForm) {
    byte[] bytes = new byte[text.length()];
    int length = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '%') {
        boolean isWhole = i + 2 < text.length();
        int high = isWhole ? Character.digit(text.charAt(i + 1), 16) : -1;
        int low = isWhole ? Character.digit(text.charAt(i + 2), 16) : -1;
        int value = high < 0 || low < 0 ? -1 : high * 16 + low;
        if (value < ' ' || value == 0x7F) {
          return null;
        }
        bytes[length++] = (byte) value;
        i += 2;
      } else {
        bytes[length++] = (byte) (c == '+' && isForm ? ' ' : c);
      }
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(bytes, 0, length))
          .toString();
    } catch (CharacterCodingException e) {
      return null; // no text
    }
  }
}
