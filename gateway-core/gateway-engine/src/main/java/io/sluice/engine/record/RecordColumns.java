package io.sluice.engine.record;

import io.sluice.spool.Term;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one record as a layout found them: checked once, read without a further look at the
 * bytes. Columns grow with the largest record and are used again. Not thread-safe.
 */
final class RecordColumns {
  static final int DEVICE = 0;
  static final int SECTOR = 1;
  static final int SITE = 2;
  static final int MODEL = 3;
  static final int GATEWAY = 4;
  static final int PROTOCOL = 5;
  static final int SOURCE = 6;

  /** Says that a measurement has no unit. */
  static final int NO_UNIT = -1;

  /** Says that a double stands as its bits. */
  static final byte AS_BITS = -1;

  private static final int FIRST_MEASUREMENTS = 16;

  byte[] bytes = new byte[0];
  int flags;
  long time;
  long received;

  // The record's strings: in the record itself, or in a term's bytes.
  final byte[][] textBytes = new byte[RecordFormat.STRING_COUNT][];
  final int[] textAt = new int[RecordFormat.STRING_COUNT];
  final int[] textLength = new int[RecordFormat.STRING_COUNT];

  /** Sector, site, model, gateway and protocol; null where they stand in the record. */
  @Nullable Term origin;

  /** The source; null where it stands in the record. */
  @Nullable Term source;

  // The classification: severity, urgency, certainty, status. As the flags say.
  final int[] capAt = new int[RecordFormat.CAP_STRINGS];
  final int[] capLength = new int[RecordFormat.CAP_STRINGS];

  /** Number of measurements. */
  int count;

  // Of each measurement.
  byte[] kinds = new byte[FIRST_MEASUREMENTS];
  byte[] judgements = new byte[FIRST_MEASUREMENTS];

  /** Decimals of a double whose digits are in {@link #bits}, else {@link #AS_BITS}. */
  byte[] decimals = new byte[FIRST_MEASUREMENTS];

  /** A number, or the digits of one, or bits of a double; of a blob where it begins. */
  long[] bits = new long[FIRST_MEASUREMENTS];

  int[] blobLengths = new int[FIRST_MEASUREMENTS];

  /** Its own, or {@link RecordFormat#NO_TIME}. */
  long[] times = new long[FIRST_MEASUREMENTS];

  /** Name and unit; null where they stand in the record. */
  @Nullable Term[] terms = new @Nullable Term[FIRST_MEASUREMENTS];

  int[] nameAt = new int[FIRST_MEASUREMENTS];
  int[] nameLength = new int[FIRST_MEASUREMENTS];
  int[] unitAt = new int[FIRST_MEASUREMENTS];
  int[] unitLength = new int[FIRST_MEASUREMENTS];

  /** A string that stands in the record. */
  void text(int which, int at, int length) {
    textBytes[which] = bytes;
    textAt[which] = at;
    textLength[which] = length;
  }

  /** One of a term. */
  void text(int which, byte[] utf8) {
    textBytes[which] = utf8;
    textAt[which] = 0;
    textLength[which] = utf8.length;
  }

  void ensure(int measurements) {
    if (measurements > kinds.length) {
      int length =
          Math.min(RecordFormat.MAX_MEASUREMENTS, Math.max(measurements, 2 * kinds.length));
      kinds = Arrays.copyOf(kinds, length);
      judgements = Arrays.copyOf(judgements, length);
      decimals = Arrays.copyOf(decimals, length);
      bits = Arrays.copyOf(bits, length);
      blobLengths = Arrays.copyOf(blobLengths, length);
      times = Arrays.copyOf(times, length);
      terms = Arrays.copyOf(terms, length);
      nameAt = Arrays.copyOf(nameAt, length);
      nameLength = Arrays.copyOf(nameLength, length);
      unitAt = Arrays.copyOf(unitAt, length);
      unitLength = Arrays.copyOf(unitLength, length);
    }
  }
}
