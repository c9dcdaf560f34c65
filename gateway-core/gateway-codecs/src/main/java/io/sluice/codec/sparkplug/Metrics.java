package io.sluice.codec.sparkplug;

import io.sluice.api.MessageBounds;
import io.sluice.api.codec.PayloadException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;

/**
 * One payload, or the metrics of one template, taken apart into columns that are used again for the
 * next. Fields beyond those of {@code sparkplug_b.proto} are left out. Not thread-safe.
 */
final class Metrics {
  /** Metrics of one payload, at most: more than a birth has, and less than a megabyte can say. */
  static final int MAX = 20_000;

  static final long NO_TIME = Long.MIN_VALUE;
  static final int NO_SEQ = -1;

  /** Where there is no name, or no value of bytes. */
  static final int NOWHERE = -1;

  static final int ALIAS = 1;
  static final int HISTORICAL = 2;
  static final int NULL = 4;

  // Fields of Payload.
  private static final int TIMESTAMP = 1;
  private static final int METRICS = 2;
  private static final int SEQ = 3;
  private static final int UUID = 4;
  private static final int BODY = 5;

  // Fields of Metric's value.
  static final int NO_VALUE = 0;
  static final int INT = 10;
  static final int LONG = 11;
  static final int FLOAT = 12;
  static final int DOUBLE = 13;
  static final int BOOLEAN = 14;
  static final int STRING = 15;
  static final int BYTES = 16;
  static final int DATA_SET = 17;
  static final int TEMPLATE = 18;

  private static final int SEQ_MAX = 255;
  private static final int FIRST_SIZE = 64;

  final Wire wire = new Wire();
  byte[] bytes = {};

  /** Milliseconds since the epoch, or {@link #NO_TIME}. */
  long time;

  /** 0 to 255, or {@link #NO_SEQ}. */
  int seq;

  int count;
  int[] place = new int[FIRST_SIZE];
  int[] nameAt = new int[FIRST_SIZE];
  int[] nameEnd = new int[FIRST_SIZE];
  long[] alias = new long[FIRST_SIZE];
  long[] times = new long[FIRST_SIZE];
  DataType[] types = new DataType[FIRST_SIZE];
  int[] flags = new int[FIRST_SIZE];
  int[] propertiesAt = new int[FIRST_SIZE];
  int[] propertiesEnd = new int[FIRST_SIZE];
  int[] valueField = new int[FIRST_SIZE];

  /** A number as it stands in the field: the bits of a float too. */
  long[] bits = new long[FIRST_SIZE];

  int[] valueAt = new int[FIRST_SIZE];
  int[] valueEnd = new int[FIRST_SIZE];

  /** What the births say of each, once that was looked up. */
  @Nullable Known[] known = new Known[FIRST_SIZE];

  /** Takes a payload apart, and one that is compressed within it in its place. */
  Metrics read(byte[] payload) throws PayloadException {
    byte[] within = take(payload);
    if (within != null && take(within) != null) {
      throw Wire.fault(0, "a compressed payload holds another one; compress once");
    }
    return this;
  }

  /** Null where it is not compressed; else what is in it. */
  private byte @Nullable [] take(byte[] payload) throws PayloadException {
    begin(payload);
    wire.over(payload);
    boolean isCompressed = false;
    int bodyAt = NOWHERE;
    int bodyLength = 0;
    while (wire.next()) {
      switch (wire.field) {
        case TIMESTAMP -> time = wire.number();
        case METRICS -> add();
        case SEQ -> seq(wire.number());
        case UUID -> isCompressed = wire.text().equals(Compressed.UUID);
        case BODY -> {
          bodyLength = wire.length();
          bodyAt = wire.at();
          wire.skipTo(bodyAt + bodyLength);
        }
        default -> wire.skip();
      }
    }
    return isCompressed && bodyAt != NOWHERE
        ? Compressed.inflated(payload, bodyAt, bodyLength)
        : null;
  }

  /** Takes the metrics of a template apart: field 2 as in a payload. */
  Metrics readTemplate(byte[] payload, int from, int to) throws PayloadException {
    begin(payload);
    wire.over(payload, from, to);
    while (wire.next()) {
      if (wire.field == METRICS) {
        add();
      } else {
        wire.skip();
      }
    }
    return this;
  }

  private void begin(byte[] payload) {
    Arrays.fill(known, 0, count, null);
    bytes = payload;
    time = NO_TIME;
    seq = NO_SEQ;
    count = 0;
  }

  private void seq(long number) throws PayloadException {
    if (number < 0 || number > SEQ_MAX) {
      throw Wire.fault(wire.place, "seq is " + Long.toUnsignedString(number) + "; send 0 to 255");
    }
    seq = (int) number;
  }

  private void add() throws PayloadException {
    if (count == MAX) {
      throw Wire.fault(wire.place, "has more than " + MAX + " metrics; send them in several");
    }
    if (count == place.length) {
      grow();
    }
    int i = count;
    place[i] = wire.place;
    nameAt[i] = NOWHERE;
    nameEnd[i] = NOWHERE;
    times[i] = NO_TIME;
    types[i] = DataType.UNKNOWN;
    flags[i] = 0;
    propertiesAt[i] = NOWHERE;
    valueField[i] = NO_VALUE;
    int outer = wire.enter();
    while (wire.next()) {
      take(i);
    }
    wire.leave(outer);
    count++;
  }

  private void take(int i) throws PayloadException {
    switch (wire.field) {
      case 1 -> {
        int length = wire.length();
        nameAt[i] = wire.at();
        nameEnd[i] = wire.at() + length;
        wire.skipTo(nameEnd[i]);
      }
      case 2 -> {
        alias[i] = wire.number();
        flags[i] |= ALIAS;
      }
      case 3 -> times[i] = wire.number();
      case 4 -> types[i] = DataType.of(Math.clamp(wire.number(), -1, 99));
      case 5 -> flag(i, HISTORICAL);
      case 7 -> flag(i, NULL);
      case 9 -> {
        int length = wire.length();
        propertiesAt[i] = wire.at();
        propertiesEnd[i] = wire.at() + length;
        wire.skipTo(propertiesEnd[i]);
      }
      case INT, LONG, BOOLEAN -> value(i, wire.number());
      case FLOAT -> value(i, wire.float32());
      case DOUBLE -> value(i, wire.float64());
      case STRING, BYTES, DATA_SET, TEMPLATE -> {
        int length = wire.length();
        valueField[i] = wire.field;
        valueAt[i] = wire.at();
        valueEnd[i] = wire.at() + length;
        wire.skipTo(valueEnd[i]);
      }
      default -> wire.skip();
    }
  }

  private void flag(int i, int flag) throws PayloadException {
    flags[i] = wire.number() == 0 ? flags[i] & ~flag : flags[i] | flag;
  }

  private void value(int i, long number) {
    valueField[i] = wire.field;
    bits[i] = number;
  }

  boolean has(int i, int flag) {
    return (flags[i] & flag) != 0;
  }

  boolean hasName(int i) {
    return nameAt[i] != NOWHERE;
  }

  String name(int i) {
    return new String(bytes, nameAt[i], nameEnd[i] - nameAt[i], StandardCharsets.UTF_8);
  }

  /** Whether the name is that, without making a text of it. */
  boolean isNamed(int i, byte[] utf8) {
    return Arrays.equals(bytes, nameAt[i], nameEnd[i], utf8, 0, utf8.length);
  }

  /** Whether it says that there is no value, or says none. */
  boolean isNull(int i) {
    return has(i, NULL) || valueField[i] == NO_VALUE;
  }

  private void grow() {
    int size = Math.min(MAX, place.length * 2);
    place = Arrays.copyOf(place, size);
    nameAt = Arrays.copyOf(nameAt, size);
    nameEnd = Arrays.copyOf(nameEnd, size);
    alias = Arrays.copyOf(alias, size);
    times = Arrays.copyOf(times, size);
    types = Arrays.copyOf(types, size);
    flags = Arrays.copyOf(flags, size);
    propertiesAt = Arrays.copyOf(propertiesAt, size);
    propertiesEnd = Arrays.copyOf(propertiesEnd, size);
    valueField = Arrays.copyOf(valueField, size);
    bits = Arrays.copyOf(bits, size);
    valueAt = Arrays.copyOf(valueAt, size);
    valueEnd = Arrays.copyOf(valueEnd, size);
    known = Arrays.copyOf(known, size);
  }

  /**
   * Payloads within payloads, as Eclipse Tahu and sparkplug-client write them where they are told
   * to compress: {@code uuid} says so, {@code body} holds the payload in zlib's form or that of
   * gzip. Stateless.
   */
  private static final class Compressed {
    static final String UUID = "SPBV1.0_COMPRESSED";

    private static final int GZIP_FIRST = 0x1F;
    private static final int GZIP_SECOND = 0x8B;

    private Compressed() {}

    /**
     * The payload within.
     *
     * @throws PayloadException where it is none, or larger than the gateway takes
     */
    static byte[] inflated(byte[] bytes, int from, int length) throws PayloadException {
      boolean isGzip =
          length > 2
              && (bytes[from] & 0xFF) == GZIP_FIRST
              && (bytes[from + 1] & 0xFF) == GZIP_SECOND;
      InputStream packed = new ByteArrayInputStream(bytes, from, length);
      try (InputStream in =
          isGzip ? new GZIPInputStream(packed) : new InflaterInputStream(packed)) {
        byte[] inflated = in.readNBytes(MessageBounds.PAYLOAD_MAX_BYTES + 1);
        if (inflated.length > MessageBounds.PAYLOAD_MAX_BYTES) {
          throw Wire.fault(
              from,
              "the compressed body has more than "
                  + MessageBounds.PAYLOAD_MAX_BYTES
                  + " bytes; send less at a time");
        }
        return inflated;
      } catch (IOException e) {
        throw Wire.fault(from, "the body is neither zlib's nor gzip's (" + e.getMessage() + ")");
      }
    }
  }
}
