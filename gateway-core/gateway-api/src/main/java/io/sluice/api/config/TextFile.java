package io.sluice.api.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Text files that people have written with whatever editor was at hand: UTF-8 with or without a
 * byte order mark, or UTF-16 with one, as Windows writes it. The mark is no part of the text.
 */
public final class TextFile {
  private TextFile() {}

  /**
   * The secret that a file holds: its text without the white space around it.
   *
   * @throws IOException where the file cannot be read, or is no such text; the message names it and
   *     shows nothing of it
   */
  public static String secret(Path file) throws IOException {
    try {
      return decode(Files.readAllBytes(file)).strip();
    } catch (CharacterCodingException e) {
      throw new IOException(file + " is no UTF-8 text; save it as UTF-8", e);
    }
  }

  /**
   * The text that the bytes are.
   *
   * @throws CharacterCodingException where they are none in UTF-8, nor marked as UTF-16
   */
  public static String decode(byte[] bytes) throws CharacterCodingException {
    if (begins(bytes, 0xEF, 0xBB, 0xBF)) {
      return decode(bytes, 3, StandardCharsets.UTF_8);
    }
    if (begins(bytes, 0xFF, 0xFE)) {
      return decode(bytes, 2, StandardCharsets.UTF_16LE);
    }
    if (begins(bytes, 0xFE, 0xFF)) {
      return decode(bytes, 2, StandardCharsets.UTF_16BE);
    }
    return decode(bytes, 0, StandardCharsets.UTF_8);
  }

  private static boolean begins(byte[] bytes, int... mark) {
    if (bytes.length < mark.length) {
      return false;
    }
    for (int i = 0; i < mark.length; i++) {
      if ((bytes[i] & 0xFF) != mark[i]) {
        return false;
      }
    }
    return true;
  }

  private static String decode(byte[] bytes, int from, Charset charset)
      throws CharacterCodingException {
    return charset
        .newDecoder()
        .decode(ByteBuffer.wrap(bytes, from, bytes.length - from))
        .toString();
  }
}
