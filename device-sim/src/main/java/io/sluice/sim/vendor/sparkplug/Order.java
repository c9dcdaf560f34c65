package io.sluice.sim.vendor.sparkplug;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a command to a node or a device wants of one metric.
 *
 * @param name null where the command has an alias only
 * @param alias 0 where it has a name only
 * @param value Long, Double, Boolean or String; null where it has none that is played here
 */
public record Order(@Nullable String name, long alias, @Nullable Object value) {
  private static final int METRICS = 2;

  /**
   * The metrics of a payload of NCMD or DCMD.
   *
   * @throws IllegalArgumentException if it is no payload
   */
  public static List<Order> of(byte[] payload) {
    List<Order> orders = new ArrayList<>();
    try {
      ByteBuffer in = ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN);
      while (in.hasRemaining()) {
        long key = varint(in);
        if (key == ((METRICS << 3) | 2)) {
          orders.add(metric(slice(in)));
        } else {
          skip(in, (int) key & 7);
        }
      }
    } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
      throw new IllegalArgumentException("the payload of a command ends too early", e);
    }
    return orders;
  }

  private static Order metric(ByteBuffer in) {
    String name = null;
    long alias = 0;
    Object value = null;
    while (in.hasRemaining()) {
      long key = varint(in);
      switch ((int) (key >>> 3)) {
        case 1 -> name = text(slice(in));
        case 2 -> alias = varint(in);
        case 10, 11 -> value = varint(in);
        case 12 -> value = (double) in.getFloat();
        case 13 -> value = in.getDouble();
        case 14 -> value = varint(in) != 0;
        case 15 -> value = text(slice(in));
        default -> skip(in, (int) key & 7);
      }
    }
    return new Order(name, alias, value);
  }

  private static String text(ByteBuffer in) {
    return StandardCharsets.UTF_8.decode(in).toString();
  }

  private static ByteBuffer slice(ByteBuffer in) {
    int length = (int) varint(in);
    ByteBuffer slice = in.slice(in.position(), length).order(ByteOrder.LITTLE_ENDIAN);
    in.position(in.position() + length);
    return slice;
  }

  private static void skip(ByteBuffer in, int type) {
    switch (type) {
      case 0 -> varint(in);
      case 1 -> in.getLong();
      case 2 -> slice(in);
      case 5 -> in.getInt();
      default -> throw new IllegalArgumentException("a command has a field of wire type " + type);
    }
  }

  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      byte next = in.get();
      value |= (long) (next & 0x7F) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("a command has a number of more than 64 bits");
  }
}
