package io.sluice.engine.normalize.yaml;

import org.jspecify.annotations.Nullable;

/** Finds the word that was probably meant. */
public final class Nearest {
  private Nearest() {}

  /** {@code ; did you mean "x"?} or the fallback, where nothing is near. */
  public static String hint(String word, Iterable<String> known, String otherwise) {
    String near = of(word, known);
    return near == null ? otherwise : "did you mean \"" + near + "\"?";
  }

  public static @Nullable String of(String word, Iterable<String> known) {
    String best = null;
    int least = Math.max(1, Math.min(3, (word.length() + 1) / 3)) + 1;
    for (String each : known) {
      int distance = distance(word, each, least);
      if (distance < least) {
        least = distance;
        best = each;
      }
    }
    return best;
  }

  /** Levenshtein's distance; words whose lengths differ by {@code bound} are given up at once. */
  private static int distance(String a, String b, int bound) {
    if (Math.abs(a.length() - b.length()) >= bound) {
      return bound;
    }
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
