package io.sluice.spool;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Terms by the numbers that some records give them: those of this run, or those that a segment of
 * an earlier one defines. Numbers are added and never changed. Thread-safe; reading takes no lock.
 */
public final class Terms {
  /** Of records that name nothing by number. */
  public static final Terms NONE = new Terms(0);

  /** Bound of the terms of one run. */
  public static final int NUMBERS_MAX = 4_096;

  private static final int FIRST_CAPACITY = 16;

  private final int max;
  private volatile @Nullable Term[] terms = {};

  /** One more than the highest number; written after the term itself. */
  private volatile int size;

  public Terms() {
    this(NUMBERS_MAX);
  }

  private Terms(int max) {
    this.max = max;
  }

  /** The term of a number; null where it is not known. */
  public @Nullable Term at(int number) {
    @Nullable Term[] now = terms;
    return number >= 0 && number < now.length ? now[number] : null;
  }

  /** One more than the highest number. */
  public int size() {
    return size;
  }

  /**
   * Adds what a number means. One that is known already stays what it is.
   *
   * @return false where the number is out of bounds
   */
  public synchronized boolean add(int number, Term term) {
    if (number < 0 || number >= max) {
      return false;
    }
    @Nullable Term[] now = terms;
    if (number >= now.length) {
      int longer = Math.max(FIRST_CAPACITY, Integer.highestOneBit(number) << 1);
      now = Arrays.copyOf(now, longer);
    }
    if (now[number] == null) {
      now[number] = term;
    }
    terms = now; // after the element: who reads the array sees it
    size = Math.max(size, number + 1);
    return true;
  }
}
