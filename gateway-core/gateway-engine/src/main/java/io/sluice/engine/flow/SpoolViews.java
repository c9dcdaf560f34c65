package io.sluice.engine.flow;

import io.sluice.api.operator.Operations.LaneView;
import io.sluice.api.operator.Operations.LedgerLine;
import io.sluice.spool.Spool;
import java.util.List;

/** The spool as operators see it. */
public final class SpoolViews {
  private SpoolViews() {}

  public static List<LaneView> lanes(Spool spool) {
    return spool.lanes().stream()
        .map(lane ->
            new LaneView(
                lane.lane(),
                lane.records(),
                lane.bytes(),
                lane.capacityBytes(),
                lane.oldestSeconds(),
                lane.owedBytes(),
                lane.atBound()))
        .toList();
  }

  /** Per upstream and lane. */
  public static List<LedgerLine> ledger(Spool spool) {
    return spool.ledger().stream()
        .map(line ->
            new LedgerLine(
                line.reader(),
                line.lane(),
                line.accepted(),
                line.delivered(),
                line.queued(),
                line.dropped()))
        .toList();
  }
}
