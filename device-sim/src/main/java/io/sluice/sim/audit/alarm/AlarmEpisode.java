package io.sluice.sim.audit.alarm;

import io.sluice.sim.audit.alarm.BookedAlarm.Identity;
import io.sluice.sim.device.Kind;
import io.sluice.sim.fleet.FleetRun.Played;
import io.sluice.sim.fleet.SentLog;
import io.sluice.sim.fleet.SentLog.Taken;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One alarm from its raising to its end, with the times between which the gateway took each
 * message, by what the device knows.
 *
 * @param actual null where it was raised as Actual, or stayed a drill
 * @param ended null while it is open
 */
record AlarmEpisode(Taken raised, @Nullable Taken actual, @Nullable Taken ended) {
  /**
   * Those of a device by alarm, each in its order. An alarm about which some message had no answer,
   * was sent twice or out of turn is left out: nobody knows when it was taken.
   */
  static Map<Identity, List<AlarmEpisode>> of(Played played) {
    Map<Identity, List<AlarmEpisode>> all = new LinkedHashMap<>();
    Set<Identity> unclear = new HashSet<>();
    SentLog log = played.log();
    for (int i = 0; i < log.size(); i++) {
      if (!log.kindAt(i).isAlarm() || log.badAt(i) || (log.refusedAt(i) && !log.ackedAt(i))) {
        continue;
      }
      Identity identity = AlarmTruth.identity(played, AlarmTruth.sample(played, i));
      List<AlarmEpisode> episodes = all.computeIfAbsent(identity, each -> new ArrayList<>());
      Taken taken = log.takenAt(i);
      if (taken == null || !log.ackedAt(i) || log.resentAt(i) || log.anyOrderAt(i)) {
        unclear.add(identity);
      } else {
        add(episodes, log.kindAt(i), taken);
      }
    }
    all.keySet().removeAll(unclear);
    return all;
  }

  private static void add(List<AlarmEpisode> episodes, Kind kind, Taken taken) {
    AlarmEpisode last = episodes.isEmpty() ? null : episodes.getLast();
    if (last == null || last.ended != null) {
      if (kind.raises()) {
        episodes.add(new AlarmEpisode(taken, null, null));
      }
    } else if (!kind.raises()) {
      episodes.set(episodes.size() - 1, new AlarmEpisode(last.raised, last.actual, taken));
    } else if (kind == Kind.ALARM_ACTUAL && last.actual == null) {
      episodes.set(episodes.size() - 1, new AlarmEpisode(last.raised, taken, null));
    }
  }
}
