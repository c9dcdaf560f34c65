package io.sluice.api.tls;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** One element of the Distinguished Encoding Rules (X.690), definite lengths only. Immutable. */
record Der(int tag, byte[] content) {
  static final int SEQUENCE = 0x30;
  static final int OCTETS = 0x04;
  static final int ENUMERATED = 0x0A;
  private static final int MAX_LENGTH_BYTES = 3;
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'");

  /** The only element of these bytes. */
  static Der only(byte[] bytes) throws IOException {
    List<Der> all = all(bytes);
    if (all.size() != 1) {
      throw new IOException("not one DER element");
    }
    return all.getFirst();
  }

  private static List<Der> all(byte[] bytes) throws IOException {
    List<Der> found = new ArrayList<>();
    int at = 0;
    while (at < bytes.length) {
      if (at + 2 > bytes.length || (bytes[at] & 0x1F) == 0x1F) {
        throw new IOException("no DER element");
      }
      int tag = bytes[at] & 0xFF;
      int length = bytes[at + 1] & 0xFF;
      at += 2;
      if (length > 0x7F) {
        int size = length & 0x7F;
        if (size == 0 || size > MAX_LENGTH_BYTES || at + size > bytes.length) {
          throw new IOException("a DER length that cannot be");
        }
        length = 0;
        for (int i = 0; i < size; i++) {
          length = (length << 8) | (bytes[at++] & 0xFF);
        }
      }
      if (length > bytes.length - at) {
        throw new IOException("a DER element that is cut off");
      }
      found.add(new Der(tag, Arrays.copyOfRange(bytes, at, at + length)));
      at += length;
    }
    return found;
  }

  /** The elements in this one. */
  List<Der> parts() throws IOException {
    return all(content);
  }

  /** The elements in this one, which must be a sequence of at least so many. */
  List<Der> sequence(int least) throws IOException {
    expect(SEQUENCE);
    List<Der> parts = parts();
    if (parts.size() < least) {
      throw new IOException("a DER sequence that is too short");
    }
    return parts;
  }

  Der expect(int wanted) throws IOException {
    if (tag != wanted) {
      throw new IOException("DER tag %02x where %02x belongs".formatted(tag, wanted));
    }
    return this;
  }

  BigInteger integer() throws IOException {
    if (content.length == 0) {
      throw new IOException("an empty DER integer");
    }
    return new BigInteger(content);
  }

  /** A GeneralizedTime as RFC 5280 section 4.1.2.5.2 has it. */
  Instant time() throws IOException {
    try {
      return LocalDateTime.parse(new String(content, StandardCharsets.US_ASCII), TIME)
          .toInstant(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      throw new IOException("a DER time that cannot be read", e);
    }
  }
}
