package io.sluice.adapter.testkit.seeded;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Makes damaged inputs out of good ones: bytes changed, cut, doubled, parts of two put together,
 * words of the format put in where they do not belong. Immutable, thread-safe.
 */
public final class Mutator {
  private static final int MAX_STEPS = 6;
  private static final int MAX_REPEATS = 3_000;

  private final List<byte[]> good;
  private final List<byte[]> words;
  private final int maxBytes;

  /**
   * @param words what is put in
   * @param maxBytes longest output
   */
  public Mutator(List<byte[]> good, List<byte[]> words, int maxBytes) {
    this.good = List.copyOf(good);
    this.words = List.copyOf(words);
    this.maxBytes = maxBytes;
  }

  public static Mutator ofText(List<String> good, List<String> words, int maxBytes) {
    return new Mutator(
        good.stream().map(text -> text.getBytes(UTF_8)).toList(),
        words.stream().map(text -> text.getBytes(UTF_8)).toList(),
        maxBytes);
  }

  /** A damaged input, now and then nothing but noise; never empty. */
  public byte[] next(SplittableRandom random) {
    if (random.nextInt(20) == 0) {
      return noise(random);
    }
    byte[] bytes = any(good, random);
    for (int step = random.nextInt(1, MAX_STEPS + 1); step > 0; step--) {
      bytes = damaged(bytes, random);
    }
    return bytes.length == 0 ? noise(random) : bytes;
  }

  /** As text: what is no UTF-8 comes as replacement characters. */
  public String nextText(SplittableRandom random) {
    return new String(next(random), UTF_8);
  }

  private static byte[] noise(SplittableRandom random) {
    byte[] noise = new byte[random.nextInt(1, 200)];
    random.nextBytes(noise);
    return noise;
  }

  private byte[] damaged(byte[] bytes, SplittableRandom random) {
    if (bytes.length == 0) {
      return any(words, random);
    }
    int at = random.nextInt(bytes.length);
    int end = Math.min(bytes.length, at + random.nextInt(1, 40));
    return switch (random.nextInt(8)) {
      case 0 -> changed(bytes, at, (byte) random.nextInt());
      case 1 -> changed(bytes, at, (byte) (bytes[at] ^ 1 << random.nextInt(8)));
      case 2 -> put(bytes, at, at, any(words, random));
      case 3 -> put(bytes, at, end, any(words, random));
      case 4 -> put(bytes, at, end, new byte[0]);
      case 5 -> put(bytes, at, at, Arrays.copyOfRange(bytes, at, end));
      case 6 -> spliced(bytes, at, any(good, random), random);
      default ->
          random.nextInt(4) == 0
              ? put(bytes, at, at, repeated(any(words, random), random))
              : Arrays.copyOf(bytes, at);
    };
  }

  private static byte[] changed(byte[] bytes, int at, byte value) {
    byte[] copy = bytes.clone();
    copy[at] = value;
    return copy;
  }

  private byte[] spliced(byte[] head, int at, byte[] other, SplittableRandom random) {
    int from = random.nextInt(other.length);
    return put(head, at, head.length, Arrays.copyOfRange(other, from, other.length));
  }

  private byte[] repeated(byte[] word, SplittableRandom random) {
    int times = 1 << random.nextInt(31 - Integer.numberOfLeadingZeros(MAX_REPEATS));
    byte[] all = new byte[Math.min(maxBytes, word.length * times)];
    for (int i = 0; i < all.length; i++) {
      all[i] = word[i % word.length];
    }
    return all;
  }

  private byte[] put(byte[] bytes, int at, int end, byte[] part) {
    byte[] all = new byte[bytes.length - (end - at) + part.length];
    System.arraycopy(bytes, 0, all, 0, at);
    System.arraycopy(part, 0, all, at, part.length);
    System.arraycopy(bytes, end, all, at + part.length, bytes.length - end);
    return all.length > maxBytes ? Arrays.copyOf(all, maxBytes) : all;
  }

  private static byte[] any(List<byte[]> all, SplittableRandom random) {
    return all.get(random.nextInt(all.size()));
  }
}
