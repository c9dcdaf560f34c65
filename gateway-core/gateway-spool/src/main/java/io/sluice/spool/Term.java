package io.sluice.spool;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Texts that records name together by one number: the name and the unit of a measurement, say.
 * Immutable.
 */
public final class Term {
  /** The number of a term that this run has none for. */
  public static final int UNNUMBERED = -1;

  private final int number;
  private final @Nullable String[] texts;
  private final byte[] @Nullable [] utf8;
  private final int hash;

  /**
   * @param number in this run, or {@link #UNNUMBERED}
   * @param texts null where one is not there
   */
  Term(int number, @Nullable String... texts) {
    this.number = number;
    this.texts = new @Nullable String[texts.length];
    this.utf8 = new byte[texts.length] @Nullable [];
    for (int i = 0; i < texts.length; i++) {
      String text = texts[i];
      if (text != null) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        this.utf8[i] = bytes;
        this.texts[i] = new String(bytes, StandardCharsets.UTF_8); // as it is read back
      }
    }
    this.hash = Arrays.hashCode(utf8[0]);
  }

  /**
   * Its number in this run of the gateway, whatever it has in the segment that it was read from;
   * {@link #UNNUMBERED} where it got none.
   */
  public int number() {
    return number;
  }

  /** How many texts it is made of. */
  public int count() {
    return texts.length;
  }

  public @Nullable String text(int index) {
    return texts[index];
  }

  /** A text that is there. */
  public String required(int index) {
    return Objects.requireNonNull(texts[index], "checked when it was read");
  }

  /** The text in UTF-8. Must not be changed. */
  public byte @Nullable [] utf8(int index) {
    return utf8[index];
  }

  /** A text that is there, in UTF-8. Must not be changed. */
  public byte[] requiredUtf8(int index) {
    return Objects.requireNonNull(utf8[index], "checked when it was read");
  }

  /** {@link Arrays#hashCode(byte[])} of the first text in UTF-8. */
  public int firstHash() {
    return hash;
  }

  /** Most bytes that its definition takes. */
  public int definitionBytes() {
    int bytes = 1;
    for (byte @Nullable [] each : utf8) {
      bytes += each == null ? 1 : 3 + each.length;
    }
    return bytes;
  }

  @Override
  public String toString() {
    return number + " " + Arrays.toString(texts);
  }
}
