package io.sluice.engine.alarm.watch;

import io.sluice.api.Cap;
import io.sluice.api.Lane;
import io.sluice.api.operator.AlarmService.Kind;
import io.sluice.engine.alarm.AlarmBook;
import io.sluice.engine.alarm.Signal;
import io.sluice.spool.LaneStats;
import java.util.List;
import java.util.function.Supplier;

/**
 * Raises an alarm of the gateway's own while the alarm lane is at its bound: alarms of devices are
 * refused, or the oldest are given up, and nothing but the alarm book, its page and the webhook can
 * say so. On the alarm thread, each second.
 */
public final class SpoolRule implements Runnable {
  static final String NAME = "alarm lane full";
  private static final Cap CAP = new Cap("Severe", "Immediate", "Observed", "Actual");

  private final AlarmBook book;
  private final Supplier<List<LaneStats>> lanes;

  public SpoolRule(AlarmBook book, Supplier<List<LaneStats>> lanes) {
    this.book = book;
    this.lanes = lanes;
  }

  @Override
  public void run() {
    boolean isFull =
        lanes.get().stream().anyMatch(lane -> lane.lane() == Lane.ALARM && lane.atBound());
    boolean isOpen = book.open(Kind.GATEWAY).stream().anyMatch(alarm -> alarm.name().equals(NAME));
    if (isFull != isOpen) {
      String text =
          isFull
              ? "the alarm lane is full: alarms of devices are not taken; see why upstreams take none"
              : "the alarm lane has room again";
      book.report(List.of(new Signal(Kind.GATEWAY, "", "", "", "", NAME, CAP, isOpen, 0, text)));
    }
  }
}
