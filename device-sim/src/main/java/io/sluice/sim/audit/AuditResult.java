package io.sluice.sim.audit;

import java.util.List;

/**
 * What the far end has, against what the fleet knows it sent.
 *
 * @param acked messages that were acknowledged to a device
 * @param found of those sent, how many are at the far end
 * @param lost acknowledged but absent
 * @param duplicated delivered twice under the same record id
 * @param doubled stored twice under different ids though sent once
 * @param doubledAfterResend the same, but the device had sent it twice: at-least-once allows it
 * @param reordered out of the device's order within its class
 * @param altered a value, a time or the class differs
 * @param wrongUnits the unit differs, the value does not
 * @param unreadable lines that are not JSON, or have no device
 * @param foreign records of other devices, other runs, or without the counter
 * @param bad sent spoilt on purpose
 * @param badAccepted those of them that are at the far end
 * @param goodRefused refused though nothing was wrong with them
 * @param faults the first hundred, in words
 */
public record AuditResult(
    long sent,
    long acked,
    long refused,
    long found,
    long lost,
    long duplicated,
    long doubled,
    long doubledAfterResend,
    long reordered,
    long altered,
    long wrongUnits,
    long unreadable,
    long foreign,
    long bad,
    long badAccepted,
    long goodRefused,
    List<String> faults) {

  /** Whether nothing is lost, duplicated, reordered, altered or unreadable. */
  public boolean holds() {
    return lost
            + duplicated
            + doubled
            + reordered
            + altered
            + wrongUnits
            + unreadable
            + badAccepted
            + goodRefused
        == 0;
  }

  /** Whether everything acknowledged has arrived, whatever else is wrong. */
  public boolean complete() {
    return lost == 0;
  }

  /** A few aligned lines. */
  public String text() {
    StringBuilder text = new StringBuilder();
    text.append("audit: ").append(holds() ? "holds" : "DOES NOT HOLD").append('\n');
    line(text, "sent", sent);
    line(text, "acknowledged", acked);
    line(text, "refused", refused);
    line(text, "found", found);
    line(text, "lost", lost);
    line(text, "duplicated", duplicated);
    line(text, "stored twice", doubled);
    line(text, "stored twice, resent", doubledAfterResend);
    line(text, "reordered", reordered);
    line(text, "altered", altered);
    line(text, "in a wrong unit", wrongUnits);
    line(text, "unreadable", unreadable);
    line(text, "foreign records", foreign);
    line(text, "spoilt on purpose", bad);
    line(text, "spoilt, yet taken", badAccepted);
    line(text, "good, yet refused", goodRefused);
    faults.forEach(fault -> text.append("  ").append(fault).append('\n'));
    return text.toString();
  }

  private static void line(StringBuilder text, String name, long value) {
    text.append("  %-22s %,12d%n".formatted(name, value));
  }
}
