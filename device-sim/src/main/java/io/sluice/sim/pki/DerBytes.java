package io.sluice.sim.pki;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;

/** The few values of DER (ITU-T X.690) that a certificate is made of. */
final class DerBytes {
  private static final DateTimeFormatter UTC_TIME =
      DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

  private DerBytes() {}

  static byte[] tagged(int tag, byte[]... parts) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      body.writeBytes(part);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(body.size() + 4);
    out.write(tag);
    if (body.size() > 0xFF) {
      out.write(0x82);
      out.write(body.size() >>> 8);
    } else if (body.size() > 0x7F) {
      out.write(0x81);
    }
    out.write(body.size());
    out.writeBytes(body.toByteArray());
    return out.toByteArray();
  }

  static byte[] sequence(byte[]... parts) {
    return tagged(0x30, parts);
  }

  static byte[] integer(BigInteger value) {
    return tagged(0x02, value.toByteArray());
  }

  static byte[] truth() {
    return tagged(0x01, new byte[] {(byte) 0xFF});
  }

  static byte[] octets(byte[] value) {
    return tagged(0x04, value);
  }

  /**
   * A string of bits whose last byte has some that are not used.
   *
   * @param unused 0 to 7
   */
  static byte[] bits(int unused, byte... value) {
    return tagged(0x03, new byte[] {(byte) unused}, value);
  }

  /**
   * An object identifier.
   *
   * @param hex its encoded body
   */
  static byte[] oid(String hex) {
    return tagged(0x06, HexFormat.of().parseHex(hex));
  }

  /** Before 2050 (RFC 5280 section 4.1.2.5). */
  static byte[] time(Instant instant) {
    return tagged(0x17, UTC_TIME.format(instant).getBytes(StandardCharsets.US_ASCII));
  }
}
