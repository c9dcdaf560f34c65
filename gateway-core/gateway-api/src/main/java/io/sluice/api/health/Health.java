package io.sluice.api.health;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Reasons for which the gateway is not ready, each under a name of its own, and how often each
 * background task threw. A reason stands until it is taken back. Names are the program's, never a
 * peer's; beyond {@value #NAMES_MAX} they share one. Thread-safe; costs no lock to read.
 */
public final class Health {
  private static final Health PROCESS = new Health();
  private static final int NAMES_MAX = 256;
  private static final String OTHER = "other";

  private final ConcurrentMap<String, String> reasons = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, String> warnings = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, LongAdder> faults = new ConcurrentHashMap<>();

  /** Health of a part that is looked at alone: for tests. */
  public Health() {}

  /** That of this process: a thread that ended is gone for every gateway in it. */
  public static Health ofProcess() {
    return PROCESS;
  }

  /**
   * The gateway is not ready from now on, for this reason too.
   *
   * @param name of what is not ready: a later reason of the same name replaces this one
   * @param reason one line that says what is wrong and what to do
   */
  public void notReady(String name, String reason) {
    reasons.put(reasons.size() < NAMES_MAX || reasons.containsKey(name) ? name : OTHER, reason);
  }

  /** Takes a reason back. Does nothing where there is none of that name. */
  public void ready(String name) {
    reasons.remove(name);
  }

  /**
   * The gateway goes on, and an operator should know this.
   *
   * @param name of what is so: a later warning of the same name replaces this one
   */
  public void warn(String name, String warning) {
    if (warnings.size() < NAMES_MAX || warnings.containsKey(name)) {
      warnings.put(name, warning);
    }
  }

  /** Takes a warning back. Does nothing where there is none of that name. */
  public void over(String name) {
    warnings.remove(name);
  }

  /** Every warning, in the order of their names. */
  public List<String> warnings() {
    return warnings.isEmpty() ? List.of() : new ArrayList<>(new TreeMap<>(warnings).values());
  }

  /** Every reason, in the order of their names; empty where all is well. */
  public List<String> reasons() {
    return reasons.isEmpty() ? List.of() : new ArrayList<>(new TreeMap<>(reasons).values());
  }

  /** Task or thread to how often it threw, since the process began. */
  public SortedMap<String, Long> faults() {
    SortedMap<String, Long> all = new TreeMap<>();
    for (Map.Entry<String, LongAdder> each : faults.entrySet()) {
      all.put(each.getKey(), each.getValue().sum());
    }
    return all;
  }

  /** Counts one fault of a task that is caught elsewhere. */
  public void fault(String task) {
    LongAdder known = faults.get(task);
    if (known == null) {
      String name = faults.size() < NAMES_MAX ? task : OTHER;
      known = faults.computeIfAbsent(name, key -> new LongAdder());
    }
    known.increment();
  }
}
