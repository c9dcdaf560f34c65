package io.sluice.engine.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Gathers the faults of one pass over one or several files. Keeps the first {@link #MAX_KEPT} and
 * counts the rest. Not thread-safe.
 */
public final class Faults {
  /** More than anybody mends in one go; bounds what a broken file of devices can take. */
  public static final int MAX_KEPT = 1_000;

  private static final Comparator<Fault> BY_PLACE =
      Comparator.<Fault, String>comparing(fault -> fault.location().file())
          .thenComparingInt(fault -> fault.location().line())
          .thenComparingInt(fault -> fault.location().column());

  private final List<Fault> kept = new ArrayList<>();
  private int count;

  public void add(Fault fault) {
    count++;
    if (kept.size() < MAX_KEPT) {
      kept.add(fault);
    }
  }

  public void add(ConfigNode node, String message) {
    add(node.fault(message));
  }

  public boolean isEmpty() {
    return count == 0;
  }

  /** All faults met, those not kept included. */
  public int count() {
    return count;
  }

  /** Those kept, in the order of files, lines and columns. */
  public List<Fault> list() {
    return kept.stream().sorted(BY_PLACE).toList();
  }
}
