package io.sluice.adapter.coap.fast;

import io.sluice.adapter.coap.message.ContentFormats;
import io.sluice.adapter.coap.message.FoldedOptions;
import io.sluice.api.ContentType;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads the common uplink straight from its datagram (RFC 7252 section 3): a POST or PUT, whole in
 * one Confirmable or Non-confirmable message, with no other options than Uri-Host, Uri-Port,
 * Uri-Path, Content-Format and Uri-Query. Whatever else there is, or is wrong, is not plain: then
 * Californium reads the datagram and says what is to be said, so that each fault is judged in one
 * place only.
 *
 * <p>One instance is used again and again by one thread; what it gives out of {@link #read} stands
 * until the next.
 */
final class PlainUplink {
  private static final int HEADER_BYTES = 4;
  private static final int VERSION_1 = 0x40;
  private static final int MAX_TOKEN_BYTES = 8;
  private static final int POST = 2;
  private static final int PUT = 3;
  private static final int URI_HOST = 3;
  private static final int URI_PORT = 7;
  private static final int URI_PATH = 11;
  private static final int CONTENT_FORMAT = 12;
  private static final int URI_QUERY = 15;
  private static final int MAX_OPTION_BYTES = 255;
  private static final int MAX_TOPIC_BYTES = 512;
  private static final int TOPICS_KEPT = 256;
  private static final byte[] COMMAND = "command".getBytes(StandardCharsets.US_ASCII);

  private final CRC32C crc = new CRC32C();
  private final byte[] topicBytes = new byte[MAX_TOPIC_BYTES];

  /** Topics come again and again: by hash, the latest of each. */
  private final @Nullable String[] topics = new String[TOPICS_KEPT];

  private final byte[][] topicsAsBytes = new byte[TOPICS_KEPT][0];

  private byte[] datagram = new byte[0];
  private int bytes;
  private int topicLength;
  private int pathSegments;
  private int seen;
  private ContentType contentType = ContentType.UNSPECIFIED;
  private int payloadStart;
  private final Span device = new Span();
  private final Span token = new Span();

  /** A piece of the datagram, or nothing. */
  static final class Span {
    private int start;
    private int length = -1;

    boolean exists() {
      return length >= 0;
    }

    int start() {
      return start;
    }

    int length() {
      return length;
    }

    private void set(int from, int bytes) {
      start = from;
      length = bytes;
    }

    @Nullable String text(byte[] in) {
      return length < 0 ? null : new String(in, start, length, StandardCharsets.US_ASCII);
    }
  }

  /**
   * @return whether it is a plain uplink; the array must stay as it is while the accessors are used
   */
  boolean read(byte[] datagram, int bytes, int maxPayloadBytes) {
    this.datagram = datagram;
    this.bytes = bytes;
    topicLength = 0;
    pathSegments = 0;
    seen = 0;
    contentType = ContentType.UNSPECIFIED;
    device.set(0, -1);
    token.set(0, -1);
    if (bytes < HEADER_BYTES
        || (datagram[0] & 0xE0) != VERSION_1 // version, and neither ACK nor RST
        || (datagram[1] != POST && datagram[1] != PUT)
        || tokenLength() > MAX_TOKEN_BYTES) {
      return false;
    }
    int at = HEADER_BYTES + tokenLength();
    int number = 0;
    while (at < bytes && datagram[at] != (byte) 0xFF) {
      int delta = (datagram[at] >> 4) & 0xF;
      int length = datagram[at] & 0xF;
      at++;
      // a delta or a length in two bytes is of no option and no value that is plain
      if (delta > 13 || length > 13) {
        return false;
      }
      if (delta == 13) {
        delta += at < bytes ? datagram[at] & 0xFF : 0;
        at++;
      }
      if (length == 13) {
        length += at < bytes ? datagram[at] & 0xFF : 0;
        at++;
      }
      number += delta;
      if (at + length > bytes || length > MAX_OPTION_BYTES || !option(number, at, length)) {
        return false;
      }
      at += length;
    }
    boolean hasMarker = at < bytes;
    payloadStart = hasMarker ? at + 1 : at;
    return at <= bytes
        && (!hasMarker || payloadStart < bytes) // a marker without payload: RFC 7252 section 3
        && bytes - payloadStart <= maxPayloadBytes
        && pathSegments > 0;
  }

  private boolean option(int number, int at, int length) {
    return switch (number) {
      case URI_HOST -> once(number) && length > 0 && isAscii(at, length);
      case URI_PORT -> once(number) && length <= 2;
      case URI_PATH -> segment(at, length);
      case CONTENT_FORMAT -> once(number) && contentFormat(at, length);
      case URI_QUERY -> query(at, length);
      default -> false;
    };
  }

  private boolean once(int number) {
    int bit = 1 << number;
    boolean isFirst = (seen & bit) == 0;
    seen |= bit;
    return isFirst;
  }

  private boolean isAscii(int at, int length) {
    for (int i = at; i < at + length; i++) {
      if (datagram[i] < 0) {
        return false;
      }
    }
    return true;
  }

  private boolean segment(int at, int length) {
    if (length == 0
        || topicLength + 1 + length > MAX_TOPIC_BYTES
        || (pathSegments == 0
            && Arrays.equals(datagram, at, at + length, COMMAND, 0, COMMAND.length))) {
      return false;
    }
    if (pathSegments++ > 0) {
      topicBytes[topicLength++] = '/';
    }
    for (int i = at; i < at + length; i++) {
      if (datagram[i] < 0 || datagram[i] == '/' || datagram[i] == '?') {
        return false;
      }
      topicBytes[topicLength++] = datagram[i];
    }
    return true;
  }

  private boolean contentFormat(int at, int length) {
    if (length > 2) {
      return false;
    }
    int value = 0;
    for (int i = at; i < at + length; i++) {
      value = (value << 8) | (datagram[i] & 0xFF);
    }
    ContentType known = ContentFormats.contentType(value);
    if (known == null) {
      return false;
    }
    contentType = known;
    return true;
  }

  private boolean query(int at, int length) {
    if (length >= 2 && datagram[at + 1] == '=') {
      if (datagram[at] == 'd') {
        device.set(at + 2, length - 2);
      } else if (datagram[at] == 'k') {
        token.set(at + 2, length - 2);
      }
    }
    return isOneParameter(at, length);
  }

  /** Several in one option, as modems write them, are not plain: {@link FoldedOptions}. */
  private boolean isOneParameter(int at, int length) {
    int end = at + length;
    if (length > 0 && datagram[at] == '?') {
      return false;
    }
    for (int i = at; i < end; i++) {
      if (datagram[i] < 0 || (datagram[i] == '&' && isOurs(i + 1, end))) {
        return false;
      }
    }
    return true;
  }

  private boolean isOurs(int at, int end) {
    return at + 1 < end && datagram[at + 1] == '=' && (datagram[at] == 'd' || datagram[at] == 'k');
  }

  boolean isConfirmable() {
    return (datagram[0] & 0x10) == 0;
  }

  byte code() {
    return datagram[1];
  }

  int messageId() {
    return ((datagram[2] & 0xFF) << 8) | (datagram[3] & 0xFF);
  }

  int tokenLength() {
    return datagram[0] & 0xF;
  }

  /** The token's bytes, the first in the highest byte used. */
  long requestToken() {
    long value = 0;
    for (int i = HEADER_BYTES; i < HEADER_BYTES + tokenLength(); i++) {
      value = (value << 8) | (datagram[i] & 0xFF);
    }
    return value;
  }

  /** Of all bytes: a retransmission has the same. */
  int checksum() {
    crc.reset();
    crc.update(datagram, 0, bytes);
    return (int) crc.getValue();
  }

  /** The path's segments with slashes between. */
  String topic() {
    int hash = 0;
    for (int i = 0; i < topicLength; i++) {
      hash = 31 * hash + topicBytes[i];
    }
    int at = (hash ^ (hash >>> 8)) & (TOPICS_KEPT - 1);
    String known = topics[at];
    byte[] same = topicsAsBytes[at];
    if (known != null && Arrays.equals(topicBytes, 0, topicLength, same, 0, same.length)) {
      return known;
    }
    String made = new String(topicBytes, 0, topicLength, StandardCharsets.US_ASCII);
    topics[at] = made;
    topicsAsBytes[at] = Arrays.copyOf(topicBytes, topicLength);
    return made;
  }

  ContentType contentType() {
    return contentType;
  }

  /** The value of the query's {@code d=}, the last where there are several. */
  Span device() {
    return device;
  }

  /** The value of the query's {@code k=}, the last where there are several. */
  Span token() {
    return token;
  }

  /** A copy. */
  byte[] payload() {
    return Arrays.copyOfRange(datagram, payloadStart, bytes);
  }

  byte[] datagram() {
    return datagram;
  }

  int bytes() {
    return bytes;
  }
}
