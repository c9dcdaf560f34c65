package io.sluice.engine.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class VarLongTest {
  /** Byte by byte, as the format tells it. */
  private static byte[] plain(long value) {
    byte[] bytes = new byte[8];
    int at = 0;
    long rest = value;
    while (rest > 0x7F) {
      bytes[at++] = (byte) ((rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    bytes[at] = (byte) rest;
    return bytes;
  }

  private static void check(long value) {
    byte[] expected = plain(value);
    int length = VarLong.bytes(value);
    byte[] written = new byte[8];
    VarLong.BYTES.set(written, 0, VarLong.word(value, length));
    assertThat(written).as("%x", value).isEqualTo(expected);
    byte[] followed = expected.clone();
    for (int i = length; i < 8; i++) {
      followed[i] = (byte) 0xFF; // what stands behind it is another's
    }
    long word = (long) VarLong.BYTES.get(followed, 0);
    assertThat(VarLong.length(word)).as("%x", value).isEqualTo(length);
    assertThat(VarLong.value(word, length)).isEqualTo(value);
  }

  @Test
  void numbersOfEachLengthAreTheBytesOfTheFormat() {
    for (int bits = 0; bits < 56; bits++) {
      long power = 1L << bits;
      check(power - 1);
      check(power);
      check(power + 1);
    }
    check(VarLong.EIGHT_BYTES_END - 1);
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 100_000; i++) {
      check(random.nextLong() >>> random.nextInt(8, 64));
    }
  }

  @Test
  void aNumberMayBeWrittenLongerThanItMust() {
    byte[] bytes = {(byte) 0x81, (byte) 0x80, 0, 7, 0, 0, 0, 0};
    long word = (long) VarLong.BYTES.get(bytes, 0);
    assertThat(VarLong.length(word)).isEqualTo(3);
    assertThat(VarLong.value(word, 3)).isEqualTo(1);
  }

  @Test
  void oneThatGoesOnBeyondEightBytesIsToldSo() {
    assertThat(VarLong.length(-1L)).isEqualTo(VarLong.LONGER);
  }
}
