package io.sluice.sim.audit.alarm;

import java.util.List;
import java.util.Map;

/**
 * Whether a gateway's alarm book has the alarms that the fleet raised, and no others. What was in
 * the book before the run is not judged.
 */
public final class AlarmBookAudit {
  private static final int MOST_PRINTED = 100;

  private AlarmBookAudit() {}

  /**
   * What the book has, against what the fleet knows that it raised.
   *
   * @param raised alarms that certainly came about, each as often as it did
   * @param booked entries of the fleet's devices that came in the run
   * @param open alarms of the fleet's devices that are open now
   * @param missing alarms that were acknowledged as raised, and are in the book too seldom or not
   *     at all
   * @param twice alarms that are in the book, or open, more than they came about
   * @param stillOpen open though the device ended them
   * @param notOpen over though the device never ended them, nor an operator
   * @param altered severity or status differs from what was sent
   * @param invented of a device that never raised them
   * @param leftOut missing while the bounds of the book left alarms out: no fault
   * @param unjudged devices whose alarms carry no name, or a point that is not agreed
   * @param byDevice faults by device, then by kind
   * @param faults the first hundred of each kind, in words
   */
  public record Result(
      long raised,
      long booked,
      long open,
      long missing,
      long twice,
      long stillOpen,
      long notOpen,
      long altered,
      long invented,
      long leftOut,
      long unjudged,
      Map<String, Map<String, Long>> byDevice,
      List<String> faults) {
    /** Whether the book has what was raised, as it was raised, and nothing else. */
    public boolean holds() {
      return missing + twice + stillOpen + notOpen + altered + invented == 0;
    }

    /** A few aligned lines. */
    public String text() {
      StringBuilder text = new StringBuilder("alarm book: ");
      text.append(holds() ? "as it was" : "NOT AS IT WAS").append('\n');
      line(text, "raised", raised);
      line(text, "in the book", booked);
      line(text, "open", open);
      line(text, "raised, not in the book", missing);
      line(text, "more than once", twice);
      line(text, "ended, yet open", stillOpen);
      line(text, "not ended, yet over", notOpen);
      line(text, "altered", altered);
      line(text, "never raised", invented);
      if (leftOut > 0) {
        line(text, "left out by its bounds", leftOut);
      }
      if (unjudged > 0) {
        line(text, "devices not judged", unjudged);
      }
      faults.stream()
          .limit(MOST_PRINTED)
          .forEach(fault -> text.append("  ").append(fault).append('\n'));
      if (faults.size() > MOST_PRINTED) {
        text.append("  and more, of ").append(byDevice.size()).append(" devices; report.json\n");
      }
      return text.toString();
    }

    private static void line(StringBuilder text, String name, long value) {
      text.append("  %-24s %,12d%n".formatted(name, value));
    }
  }

  static Result of(AlarmScene scene) {
    return new AlarmComparison(scene.ledger(), scene.before(), scene.now()).result();
  }
}
