package io.sluice.codec.sparkplug;

import io.sluice.api.codec.PayloadException;
import java.nio.charset.StandardCharsets;

/**
 * Reads the wire format of Protocol Buffers from an array, field by field; no read goes beyond the
 * message that was entered. Source: protobuf.dev, "Encoding". Not thread-safe.
 */
final class Wire {
  static final int VARINT = 0;
  static final int FIXED64 = 1;
  static final int BYTES = 2;
  static final int FIXED32 = 5;

  private static final int MAX_VARINT_BYTES = 10;
  private static final byte[] NOTHING = {};

  private byte[] bytes = NOTHING;
  private int at;
  private int end;

  /** Number of the field that {@link #next} found. */
  int field;

  /** Its wire type. */
  int type;

  /** Where it begins. */
  int place;

  /** Begins with the whole of a message. */
  Wire over(byte[] message) {
    return over(message, 0, message.length);
  }

  /** Begins with a part of a message. */
  Wire over(byte[] message, int from, int to) {
    bytes = message;
    at = from;
    end = to;
    return this;
  }

  /** Where the next read begins. */
  int at() {
    return at;
  }

  /** Where the message ends that was entered. */
  int end() {
    return end;
  }

  /** Goes to the next field; false where the message ends. */
  boolean next() throws PayloadException {
    if (at == end) {
      return false;
    }
    place = at;
    long tag = varint();
    field = (int) (tag >>> 3);
    type = (int) (tag & 7);
    if (field <= 0 || tag > 0xFFFFFFFFL) {
      throw fault(place, "is no field of a Protobuf message");
    }
    return true;
  }

  /** The field's value as a number. A number of any wire type is taken. */
  long number() throws PayloadException {
    return switch (type) {
      case VARINT -> varint();
      case FIXED64 -> fixed(8);
      case FIXED32 -> fixed(4);
      default -> throw fault(place, "field " + field + " is no number");
    };
  }

  /** One of several numbers in a field of bytes. */
  long packed() throws PayloadException {
    place = at;
    return varint();
  }

  /** The bits of a float. */
  int float32() throws PayloadException {
    require(FIXED32);
    return (int) fixed(4);
  }

  /** The bits of a double. */
  long float64() throws PayloadException {
    require(FIXED64);
    return fixed(8);
  }

  /**
   * The length of a field of bytes, which begin at {@link #at}; the next read begins behind them
   * once {@link #skipTo} was called.
   */
  int length() throws PayloadException {
    require(BYTES);
    long length = varint();
    if (length < 0 || length > end - at) {
      throw fault(
          place,
          "field %d says %s bytes, and %d are left"
              .formatted(field, Long.toUnsignedString(length), end - at));
    }
    return (int) length;
  }

  void skipTo(int place) {
    at = place;
  }

  /** Enters a message within; returns what {@link #leave} wants. */
  int enter() throws PayloadException {
    int length = length();
    int outer = end;
    end = at + length;
    return outer;
  }

  /** Leaves a message within, whatever of it was read. */
  void leave(int outer) {
    at = end;
    end = outer;
  }

  String text() throws PayloadException {
    int length = length();
    String text = textAt(at, length);
    at += length;
    return text;
  }

  /** A text that stands in the message. */
  String textAt(int from, int length) {
    return new String(bytes, from, length, StandardCharsets.UTF_8);
  }

  /** Leaves a field out. */
  void skip() throws PayloadException {
    switch (type) {
      case VARINT -> {
        var _ = varint();
      }
      case FIXED64 -> {
        var _ = fixed(8);
      }
      case FIXED32 -> {
        var _ = fixed(4);
      }
      case BYTES -> {
        int length = length();
        at += length;
      }
      default -> throw fault(place, "field " + field + " has a wire type that there is not");
    }
  }

  private void require(int wanted) throws PayloadException {
    if (type != wanted) {
      throw fault(place, "field %d has wire type %d and not %d".formatted(field, type, wanted));
    }
  }

  private long varint() throws PayloadException {
    long value = 0;
    for (int i = 0; i < MAX_VARINT_BYTES; i++) {
      if (at == end) {
        throw fault(place, "is cut off");
      }
      byte next = bytes[at++];
      value |= (long) (next & 0x7F) << (7 * i);
      if (next >= 0) {
        return value;
      }
    }
    throw fault(place, "has a number of more than 10 bytes");
  }

  private long fixed(int length) throws PayloadException {
    if (end - at < length) {
      throw fault(place, "is cut off");
    }
    long value = 0;
    for (int i = length - 1; i >= 0; i--) {
      value = (value << 8) | (bytes[at + i] & 0xFF);
    }
    at += length;
    return value;
  }

  static PayloadException fault(int place, String what) {
    return new PayloadException(
        "Sparkplug payload at byte %d: %s; send one valid Sparkplug B payload"
            .formatted(place, what));
  }
}
