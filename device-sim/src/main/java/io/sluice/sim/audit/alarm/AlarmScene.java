package io.sluice.sim.audit.alarm;

import io.sluice.sim.audit.coverage.OutageAudit.Outage;
import io.sluice.sim.fleet.FleetRun.Played;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What audits of alarms go by: the fleet, the gateway's book before and after, and when the gateway
 * was away.
 *
 * @param plan after how long the gateway escalates, as it is configured
 * @param outages within the run
 * @param askedMicros when the book was asked for the last time, by the fleet's clock
 */
record AlarmScene(
    List<Played> ledger,
    BookedAlarms before,
    BookedAlarms now,
    EscalationPlan plan,
    List<Outage> outages,
    long askedMicros) {
  /** Clocks of gateway and fleet may differ by so much, and moments be taken so coarsely. */
  static final long CLOCKS_MICROS = 2_000_000;

  /** How long the gateway may take for what it does by itself: it looks each second or two. */
  static final long LATE_MICROS = 10_000_000;

  /** When the run began. */
  long startMicros() {
    return ledger.isEmpty() ? 0 : ledger.getFirst().device().startMillis() * 1_000;
  }

  /** By id; a device of the fleet. */
  Map<String, Played> devices() {
    Map<String, Played> devices = new LinkedHashMap<>();
    ledger.forEach(each -> devices.put(each.device().spec().id(), each));
    return devices;
  }

  /** Entries of the fleet's devices that came in the run, oldest first. */
  List<BookedAlarm> fresh() {
    Map<String, Played> devices = devices();
    Set<Long> old = before.alarms().stream().map(BookedAlarm::id).collect(Collectors.toSet());
    List<BookedAlarm> fresh = new ArrayList<>();
    for (BookedAlarm alarm : now.alarms()) {
      boolean isOurs = devices.containsKey(alarm.device());
      if (isOurs && (alarm.isOfDevice() || alarm.isOfSupervision()) && !old.contains(alarm.id())) {
        fresh.add(alarm);
      }
    }
    fresh.sort(Comparator.comparingLong(BookedAlarm::id));
    return fresh;
  }

  /** Until when what is due then has to be done, microseconds; an outage puts it off. */
  long latest(long dueMicros) {
    long latest = dueMicros + LATE_MICROS;
    for (Outage outage : outages) {
      if (outage.fromMillis() * 1_000 <= latest && outage.toMillis() * 1_000 > dueMicros) {
        latest = Math.max(latest, outage.toMillis() * 1_000 + LATE_MICROS);
      }
    }
    return latest;
  }

  /** Whether the gateway was away some time between the two. */
  boolean isAway(long fromMicros, long toMicros) {
    return outages.stream()
        .anyMatch(outage ->
            outage.fromMillis() * 1_000 <= toMicros && outage.toMillis() * 1_000 >= fromMicros);
  }

  /** In seconds with one decimal, for words. */
  static String seconds(long micros) {
    return "%.1f s".formatted(micros / 1e6);
  }
}
