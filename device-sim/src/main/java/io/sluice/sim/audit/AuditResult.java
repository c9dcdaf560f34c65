package io.sluice.sim.audit;

import java.util.List;
import java.util.Map;

/**
 * What the far end has, against what the fleet knows it sent.
 *
 * @param acked messages that were acknowledged to a device
 * @param found of those sent, how many are at the far end
 * @param lost acknowledged but absent
 * @param duplicated delivered twice under the same record id: a fault where exactly-once is asked
 *     for
 * @param doubled stored twice under different ids though sent once
 * @param doubledAfterResend the same, but the device had sent it twice: at-least-once allows it
 * @param reordered out of the device's order within its class, as stored or as it arrived
 * @param acrossBacklog out of the device's order in arrival, once for each backlog at the most: no
 *     fault
 * @param altered anything in the record that differs from what was sent: value, time, class,
 *     quality, who and where
 * @param wrongUnits the unit differs, the value does not
 * @param invented records, samples or values of a device that it never sent
 * @param idsReused two messages under one record id
 * @param unreadable lines that are not JSON, or have no device
 * @param foreign records of other devices and other runs
 * @param ofGateway records that the gateway itself made about devices
 * @param bad sent spoilt on purpose
 * @param badAccepted those of them that are at the far end
 * @param goodRefused refused though nothing was wrong with them
 * @param strangers records by device that the fleet does not have, of the first thousand such
 * @param byDevice faults by device, then by kind
 * @param faults the first hundred of each kind, in words
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
    long acrossBacklog,
    long altered,
    long wrongUnits,
    long invented,
    long idsReused,
    long unreadable,
    long foreign,
    long ofGateway,
    long bad,
    long badAccepted,
    long goodRefused,
    boolean exactlyOnce,
    boolean strict,
    Map<String, Long> strangers,
    Map<String, Map<String, Long>> byDevice,
    List<String> faults) {
  private static final int MOST_PRINTED = 100;
  private static final int MOST_NAMES = 10;

  /** Whether nothing is lost, duplicated, reordered, altered, invented or unreadable. */
  public boolean holds() {
    return lost
            + (exactlyOnce ? duplicated : 0)
            + doubled
            + reordered
            + altered
            + wrongUnits
            + invented
            + idsReused
            + unreadable
            + badAccepted
            + goodRefused
            + (strict ? strangers.size() : 0)
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
    line(text, exactlyOnce ? "duplicated" : "delivered twice, same id", duplicated);
    line(text, "stored twice", doubled);
    line(text, "stored twice, resent", doubledAfterResend);
    line(text, "reordered", reordered);
    if (acrossBacklog > 0) {
      line(text, "overtaken by live ones", acrossBacklog);
    }
    line(text, "altered", altered);
    line(text, "in a wrong unit", wrongUnits);
    line(text, "never sent", invented);
    line(text, "one id for two", idsReused);
    line(text, "unreadable", unreadable);
    line(text, "foreign records", foreign);
    line(text, "of the gateway itself", ofGateway);
    line(text, "spoilt on purpose", bad);
    line(text, "spoilt, yet taken", badAccepted);
    line(text, "good, yet refused", goodRefused);
    if (!strangers.isEmpty()) {
      text.append("  not of the fleet: ").append(names(strangers)).append('\n');
    }
    faults.stream()
        .limit(MOST_PRINTED)
        .forEach(fault -> text.append("  ").append(fault).append('\n'));
    if (faults.size() > MOST_PRINTED) {
      text.append("  and more, of ").append(byDevice.size()).append(" devices; report.json\n");
    }
    return text.toString();
  }

  private static String names(Map<String, Long> devices) {
    List<String> names =
        devices.entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(each -> each.getKey() + " (" + each.getValue() + ")")
            .toList();
    return names.size() <= MOST_NAMES
        ? String.join(", ", names)
        : String.join(", ", names.subList(0, MOST_NAMES))
            + " and "
            + (names.size() - MOST_NAMES)
            + " more";
  }

  private static void line(StringBuilder text, String name, long value) {
    text.append("  %-24s %,12d%n".formatted(name, value));
  }
}
