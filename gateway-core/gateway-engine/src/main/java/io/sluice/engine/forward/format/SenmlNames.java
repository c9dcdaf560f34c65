package io.sluice.engine.forward.format;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/**
 * Names as SenML may have them (RFC 8428 section 4.5.1). A character that it may not have becomes
 * {@code _}, and a checksum of the whole name goes behind it, so that two names stay two; a first
 * character that may not be the first has a {@code 0} before it.
 */
final class SenmlNames {
  private SenmlNames() {}

  /** Of the whole name, the base name is the beginning: it must begin as a name does. */
  static String base(String device) {
    String name = name(device) + '/';
    return isLetterOrDigit(name.charAt(0)) ? name : '0' + name;
  }

  static String name(String name) {
    StringBuilder legal = null;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (!isLegal(c)) {
        legal = legal == null ? new StringBuilder(name) : legal;
        legal.setCharAt(i, '_');
      }
    }
    return legal == null ? name : legal.append(':').append(checksum(name)).toString();
  }

  /** Whether UTF-8 of a device's id is its base name, but for the slash. */
  static boolean isBase(byte[] utf8, int from, int to) {
    for (int i = from; i < to; i++) {
      if (!isLegal((char) (utf8[i] & 0xFF))) {
        return false;
      }
    }
    return to > from && isLetterOrDigit((char) (utf8[from] & 0xFF));
  }

  private static String checksum(String name) {
    CRC32C checksum = new CRC32C();
    checksum.update(name.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().toHexDigits((int) checksum.getValue());
  }

  private static boolean isLegal(char c) {
    return isLetterOrDigit(c) || c == '-' || c == ':' || c == '.' || c == '/' || c == '_';
  }

  private static boolean isLetterOrDigit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }
}
