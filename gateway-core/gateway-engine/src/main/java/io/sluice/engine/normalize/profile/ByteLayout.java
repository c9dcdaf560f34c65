package io.sluice.engine.normalize.profile;

import java.util.List;

/**
 * Where the values lie in a payload of raw bytes.
 *
 * @param exactLength length that every payload has, or -1
 */
public record ByteLayout(List<Place> places, int exactLength) {

  /** Bytes that the fields take up, or that every payload has. */
  public int length() {
    if (exactLength >= 0) {
      return exactLength;
    }
    int length = 0;
    for (Place place : places) {
      length = Math.max(length, place.end());
    }
    return length;
  }

  public enum Type {
    U8(1),
    I8(1),
    U16(2),
    I16(2),
    U24(3),
    U32(4),
    I32(4),
    U64(8),
    F32(4),
    F64(8),
    BITS(1);

    public final int bytes;

    Type(int bytes) {
      this.bytes = bytes;
    }
  }

  /**
   * @param bit lowest bit, of type BITS
   * @param width number of bits, of type BITS
   * @param optional whether a shorter payload may lack it
   */
  public record Place(
      Target.Field field,
      int offset,
      Type type,
      boolean littleEndian,
      int bit,
      int width,
      boolean optional) {

    public int end() {
      return offset + (type == Type.BITS ? (bit + width + 7) / 8 : type.bytes);
    }
  }
}
