package io.sluice.sim.audit;

import java.util.List;
import java.util.Map;

/**
 * What one audit of a gateway found.
 *
 * @param title what was judged
 * @param figures counts by name, in the order in which they are told
 * @param byDevice faults by device, then by kind
 * @param faults the first hundred of each kind, in words
 */
public record Verdict(
    String title,
    Map<String, Long> figures,
    Map<String, Map<String, Long>> byDevice,
    List<String> faults) {
  private static final int MOST_PRINTED = 100;

  /** Whether nothing is wrong. */
  public boolean holds() {
    return faults.isEmpty();
  }

  /** A few aligned lines. */
  public String text() {
    StringBuilder text = new StringBuilder(title);
    text.append(holds() ? ": as it was" : ": NOT AS IT WAS").append('\n');
    figures.forEach((name, value) -> text.append("  %-24s %,12d%n".formatted(name, value)));
    faults.stream()
        .limit(MOST_PRINTED)
        .forEach(fault -> text.append("  ").append(fault).append('\n'));
    if (faults.size() > MOST_PRINTED) {
      text.append("  and more; report.json\n");
    }
    return text.toString();
  }
}
