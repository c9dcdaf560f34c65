package io.sluice.engine.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Gathers the faults of one pass over one or several files. Keeps the first {@link #MAX_KEPT}, and
 * beyond them the first of each further kind; counts the rest. Not thread-safe.
 */
public final class Faults {
  /** More than anybody mends in one go; bounds what a broken file of devices can take. */
  public static final int MAX_KEPT = 1_000;

  /** Kinds that are told apart; faults of further ones are counted alone. */
  private static final int MAX_KINDS = 200;

  private static final Comparator<Fault> BY_PLACE =
      Comparator.<Fault, String>comparing(fault -> fault.location().file())
          .thenComparingInt(fault -> fault.location().line())
          .thenComparingInt(fault -> fault.location().column());

  private final List<Fault> kept = new ArrayList<>();
  private final Map<String, Integer> kinds = new HashMap<>();
  private String lastMessage = "";
  private String lastKind = "";
  private int count;

  public void add(Fault fault) {
    count++;
    boolean isFirst = isFirstOfItsKind(kindOf(fault));
    if (isFirst || kept.size() < MAX_KEPT) {
      kept.add(fault);
    }
  }

  /** A file that is broken by a program has one sentence many times over. */
  private String kindOf(Fault fault) {
    if (!fault.message().equals(lastMessage)) {
      lastMessage = fault.message();
      lastKind = fault.kind();
    }
    return lastKind;
  }

  private boolean isFirstOfItsKind(String kind) {
    if (kinds.size() >= MAX_KINDS && !kinds.containsKey(kind)) {
      return false;
    }
    return kinds.merge(kind, 1, Integer::sum) == 1;
  }

  public void add(ConfigNode node, String message) {
    add(node.fault(message));
  }

  /** Those that the others kept. */
  void addAll(Faults others) {
    others.kept.forEach(this::add);
  }

  public boolean isEmpty() {
    return count == 0;
  }

  /** All faults met, those not kept included. */
  public int count() {
    return count;
  }

  /** How many there are of each {@link Fault#kind}, those not kept included. */
  public Map<String, Integer> kinds() {
    return Map.copyOf(kinds);
  }

  /** Those kept, in the order of files, lines and columns. */
  public List<Fault> list() {
    return kept.stream().sorted(BY_PLACE).toList();
  }
}
