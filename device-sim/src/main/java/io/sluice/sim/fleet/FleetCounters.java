package io.sluice.sim.fleet;

import java.util.concurrent.atomic.LongAdder;

/** Counts for the whole fleet; every event loop adds. */
final class FleetCounters {
  final LongAdder connected = new LongAdder();
  final LongAdder sent = new LongAdder();
  final LongAdder acked = new LongAdder();
  final LongAdder refused = new LongAdder();
  final LongAdder resent = new LongAdder();
  final LongAdder skipped = new LongAdder();
  final LongAdder alarms = new LongAdder();
  final LongAdder commands = new LongAdder();
  final LongAdder connectFailures = new LongAdder();
  private volatile String lastTrouble = "";

  void trouble(String what) {
    lastTrouble = what;
  }

  FleetSnapshot snapshot(int devices) {
    return new FleetSnapshot(
        devices,
        connected.sum(),
        sent.sum(),
        acked.sum(),
        refused.sum(),
        resent.sum(),
        skipped.sum(),
        alarms.sum(),
        commands.sum(),
        connectFailures.sum(),
        lastTrouble);
  }
}
