package io.sluice.engine.config;

import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Finds what was probably meant by a misspelt key: least optimal-string-alignment distance
 * (Damerau-Levenshtein with adjacent transpositions), of at most a third of its length.
 */
public final class NearestKey {
  private static final int MAX_KEY_CHARS = 64;

  private NearestKey() {}

  /** The nearest of the known keys, or null where none is near. */
  public static @Nullable String of(String key, Collection<String> known) {
    if (key.length() > MAX_KEY_CHARS) {
      return null;
    }
    String nearest = null;
    int least = Math.max(1, key.length() / 3) + 1;
    for (String candidate : known) {
      int distance = distance(key.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
      if (distance < least) {
        least = distance;
        nearest = candidate;
      }
    }
    return nearest;
  }

  /** {@code did you mean "port"?}, or what there is to choose from. */
  public static String remedy(String key, Collection<String> known) {
    String nearest = of(key, known);
    return nearest != null
        ? "did you mean \"" + nearest + "\"?"
        : "known are " + String.join(", ", known);
  }

  private static int distance(String a, String b) {
    int[] beforeLast = new int[b.length() + 1];
    int[] last = new int[b.length() + 1];
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      last[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int cost = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        row[j] = Math.min(Math.min(row[j - 1], last[j]) + 1, last[j - 1] + cost);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
        }
      }
      int[] free = beforeLast;
      beforeLast = last;
      last = row;
      row = free;
    }
    return last[b.length()];
  }
}
