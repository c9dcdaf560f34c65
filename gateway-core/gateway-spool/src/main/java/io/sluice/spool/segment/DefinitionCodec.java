package io.sluice.spool.segment;

import io.sluice.spool.Term;
import io.sluice.spool.Terms;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The bodies of definitions: see {@link SegmentFormat}. Pure. */
final class DefinitionCodec {
  private static final int TEXTS_MAX = 16;

  private DefinitionCodec() {}

  /** The terms of these numbers, one after the other. */
  static byte[] encode(Terms terms, int from, int to) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(1_024);
    for (int number = from; number < to; number++) {
      Term term = Objects.requireNonNull(terms.at(number), "numbers have no gap");
      put(out, term.count());
      for (int i = 0; i < term.count(); i++) {
        byte[] text = term.utf8(i);
        put(out, text == null ? 0 : text.length + 1);
        if (text != null) {
          out.writeBytes(text);
        }
      }
    }
    return out.toByteArray();
  }

  private static void put(ByteArrayOutputStream out, int value) {
    int rest = value;
    while (rest >= 0x80) {
      out.write((rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    out.write(rest);
  }

  /**
   * The texts of each term.
   *
   * @throws IOException where the bytes are none; the message tells what is wrong
   */
  static List<@Nullable String[]> decode(byte[] body, int length) throws IOException {
    List<@Nullable String[]> terms = new ArrayList<>();
    Reading in = new Reading(body, length);
    while (in.at < length) {
      int count = in.number();
      if (count < 1 || count > TEXTS_MAX) {
        throw new IOException("a term of " + count + " texts");
      }
      @Nullable String[] texts = new @Nullable String[count];
      for (int i = 0; i < count; i++) {
        texts[i] = in.text();
      }
      if (texts[0] == null) {
        throw new IOException("a term without its first text");
      }
      terms.add(texts);
    }
    return terms;
  }

  private static final class Reading {
    private final byte[] bytes;
    private final int end;
    private int at;

    Reading(byte[] bytes, int end) {
      this.bytes = bytes;
      this.end = end;
    }

    private int number() throws IOException {
      int value = 0;
      for (int shift = 0; shift < 28; shift += 7) {
        if (at >= end) {
          throw new IOException("they are cut short");
        }
        byte b = bytes[at++];
        value |= (b & 0x7F) << shift;
        if (b >= 0) {
          return value;
        }
      }
      throw new IOException("a number is too long");
    }

    private @Nullable String text() throws IOException {
      int length = number() - 1;
      if (length < 0) {
        return null;
      }
      if (length > end - at) {
        throw new IOException("they are cut short");
      }
      String text = new String(bytes, at, length, StandardCharsets.UTF_8);
      at += length;
      return text;
    }
  }
}
