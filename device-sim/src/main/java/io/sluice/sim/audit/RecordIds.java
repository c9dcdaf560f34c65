package io.sluice.sim.audit;

import java.util.Arrays;

/** The ids of all records so far, by a hash of 64 bits: 16 bytes an id at the most. */
final class RecordIds {
  private static final long OFFSET = 0xCBF29CE484222325L;
  private static final long PRIME = 0x100000001B3L;

  private long[] table = new long[1 << 10];
  private int size;

  /** FNV-1a of an id; never 0. */
  static long hash(String id) {
    long hash = OFFSET;
    for (int i = 0; i < id.length(); i++) {
      hash = (hash ^ id.charAt(i)) * PRIME;
    }
    return hash == 0 ? 1 : hash;
  }

  /** Whether it is a new one. */
  boolean add(long hash) {
    if (size * 2 > table.length) {
      long[] old = table;
      table = new long[old.length * 2];
      Arrays.stream(old).filter(each -> each != 0).forEach(this::put);
    }
    if (!put(hash)) {
      return false;
    }
    size++;
    return true;
  }

  private boolean put(long hash) {
    int mask = table.length - 1;
    int at = (int) (hash ^ (hash >>> 32)) & mask;
    while (table[at] != 0) {
      if (table[at] == hash) {
        return false;
      }
      at = (at + 1) & mask;
    }
    table[at] = hash;
    return true;
  }
}
