package io.sluice.engine.coverage;

import io.sluice.engine.record.EncodedRecord;
import io.sluice.spool.Term;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The places of metrics by the bytes of their names. Measurements mostly come in the same order
 * each time: the one that followed the last one is tried first, a table by hash finds the others.
 * Not thread-safe.
 */
final class MetricPlaces {
  /** A name that has no place. */
  static final int NONE = -1;

  private final byte[][] names;
  private final int[] hashes;

  /** By place: the term by which the name came last. */
  private final @Nullable Term[] terms;

  /** By the place before it, plus 1: the place that came next. */
  private final int[] next;

  /** Open addressing; a place plus 1, or 0. At most half full. */
  private final int[] table;

  /**
   * @param places by name, from 0 without gaps
   */
  MetricPlaces(Map<String, Integer> places) {
    names = new byte[places.size()][];
    hashes = new int[names.length];
    terms = new @Nullable Term[names.length];
    next = new int[names.length + 1];
    table = new int[Integer.highestOneBit(Math.max(1, names.length)) << 2];
    places.forEach(this::enter);
  }

  private void enter(String name, int place) {
    byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
    names[place] = utf8;
    hashes[place] = EncodedRecord.nameHash(utf8, 0, utf8.length);
    next[place] = place;
    int slot = slot(hashes[place]);
    while (table[slot] != 0) {
      slot = (slot + 1) & (table.length - 1);
    }
    table[slot] = place + 1;
  }

  private boolean isAt(int place, EncodedRecord view) {
    Term given = view.measurementTerm();
    if (given != null && given == terms[place]) {
      return true;
    }
    boolean isNamed = view.measurementNameIs(names[place]);
    if (isNamed) {
      terms[place] = given;
    }
    return isNamed;
  }

  private int slot(int hash) {
    return (hash ^ (hash >>> 15)) & (table.length - 1);
  }

  /**
   * The place of the measurement under the cursor, or {@link #NONE}.
   *
   * @param before the place found before it in the record, or {@link #NONE}
   */
  int find(EncodedRecord view, int before) {
    int likely = next[before + 1];
    if (likely < names.length && isAt(likely, view)) {
      return likely;
    }
    int hash = view.measurementNameHash();
    int slot = slot(hash);
    while (table[slot] != 0) {
      int place = table[slot] - 1;
      if (hashes[place] == hash && view.measurementNameIs(names[place])) {
        next[before + 1] = place;
        return place;
      }
      slot = (slot + 1) & (table.length - 1);
    }
    return NONE;
  }
}
