package io.sluice.engine.registry;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Finds the word that was probably meant. */
final class Nearest {
  private static final int MOST_EDITS = 3;

  private Nearest() {}

  /** The nearest of the known words by edit distance, null where none is near. */
  static @Nullable String of(String word, Collection<String> known) {
    if (word.length() > 64) {
      return null;
    }
    String nearest = null;
    int least = Math.min(MOST_EDITS, Math.max(1, word.length() / 2)) + 1;
    for (String candidate : known.stream().sorted().toList()) {
      int edits = edits(word, candidate);
      if (edits < least) {
        least = edits;
        nearest = candidate;
      }
    }
    return nearest;
  }

  private static int edits(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substituted, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
