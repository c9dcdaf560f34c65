package io.sluice.engine.config;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A regular expression for the whole numbers of a range, as JSON Schema has no bounds for numbers
 * in a text.
 */
final class RangePattern {
  private RangePattern() {}

  /**
   * Matches the decimal digits of {@code least} to {@code most}, with up to three zeros before
   * them. Not anchored.
   *
   * @param least 0 or more
   * @param most {@code least} or more, at most 18 digits
   */
  static String of(long least, long most) {
    List<String> parts = new ArrayList<>();
    long from = least;
    for (long end : ends(least, most)) {
      parts.add(part(Long.toString(from), Long.toString(end)));
      from = end + 1;
    }
    return "0{0,3}(?:" + String.join("|", parts) + ")";
  }

  /** The last numbers of the parts in which each place has digits of its own. */
  private static SortedSet<Long> ends(long least, long most) {
    SortedSet<Long> ends = new TreeSet<>();
    ends.add(most);
    for (long unit = 10; unit <= 100_000_000_000_000_000L; unit *= 10) {
      long nines = least - least % unit + unit - 1;
      if (nines >= most) {
        break;
      }
      ends.add(nines);
    }
    for (long unit = 10; unit <= 100_000_000_000_000_000L; unit *= 10) {
      long zeros = (most + 1) - (most + 1) % unit - 1;
      if (zeros <= least) {
        break;
      }
      ends.add(zeros);
    }
    return ends;
  }

  /** Both have the same number of digits. */
  private static String part(String from, String to) {
    StringBuilder pattern = new StringBuilder();
    for (int i = 0; i < from.length(); i++) {
      char low = from.charAt(i);
      char high = to.charAt(i);
      pattern.append(low == high ? String.valueOf(low) : "[" + low + "-" + high + "]");
    }
    return pattern.toString();
  }
}
