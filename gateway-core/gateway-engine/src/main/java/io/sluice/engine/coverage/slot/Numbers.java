package io.sluice.engine.coverage.slot;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** Numbers from 0 in as few bytes as they need: seven bits a byte, lowest first. */
public final class Numbers {
  private Numbers() {}

  /** Writes one. */
  public static void write(DataOutput out, long number) throws IOException {
    long left = number;
    while ((left & ~0x7FL) != 0) {
      out.writeByte((int) ((left & 0x7F) | 0x80));
      left >>>= 7;
    }
    out.writeByte((int) left);
  }

  /** Reads one. */
  public static long read(DataInput in) throws IOException {
    long number = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      byte next = in.readByte();
      number |= (next & 0x7FL) << shift;
      if (next >= 0) {
        return number;
      }
    }
    throw new IOException("a number of more than 64 bits");
  }
}
