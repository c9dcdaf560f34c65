package io.sluice.sim.audit;

import io.sluice.sim.audit.coverage.CoverageTruth;
import io.sluice.sim.fleet.FleetRun.Played;
import java.util.List;

/** Which messages of a run are at the far end. */
public interface FarEnd {
  /** Whether message {@code index} of a device's log is there. */
  boolean has(Played played, int index);

  /**
   * How long after its own time a message was received, by the gateway's word, microseconds; 0
   * where it is not there.
   */
  long latenessMicros(Played played, int index);

  /** How many of a device's messages are there more than once, each copy counted. */
  long copies(Played played);

  /** What the gateway itself said of its alarms, in the order of arrival; the first of them. */
  List<AlarmRecord> alarmRecords();

  /** As the truth of coverage asks for it. */
  default CoverageTruth.Outcome outcome(Played played, int index) {
    if (!played.device().spec().group().form().carriesCounter()) {
      return CoverageTruth.Outcome.UNKNOWN;
    }
    return has(played, index) ? CoverageTruth.Outcome.ARRIVED : CoverageTruth.Outcome.LOST;
  }
}
