package io.sluice.sim.fleet;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Recorder;

/** Counts for the whole fleet; every event loop adds. */
final class FleetCounters {
  /** Longer ones count as this. */
  static final long MOST_LATENCY_MICROS = TimeUnit.HOURS.toMicros(1);

  private static final int MOST_REFUSALS = 20;

  final Silences silences;
  final LongAdder connected = new LongAdder();
  final LongAdder connects = new LongAdder();
  final LongAdder sent = new LongAdder();
  final LongAdder acked = new LongAdder();

  /** Sent at QoS 0 or Non-confirmable. */
  final LongAdder unasked = new LongAdder();

  final LongAdder refused = new LongAdder();
  final LongAdder resent = new LongAdder();
  final LongAdder skipped = new LongAdder();
  final LongAdder bad = new LongAdder();
  final LongAdder badRefused = new LongAdder();
  final LongAdder duplicates = new LongAdder();
  final LongAdder forgotten = new LongAdder();
  final LongAdder alarms = new LongAdder();
  final LongAdder commands = new LongAdder();
  final LongAdder connectFailures = new LongAdder();
  final LongAdder retransmitted = new LongAdder();
  final LongAdder vanished = new LongAdder();
  final LongAdder moved = new LongAdder();
  final LongAdder handshakes = new LongAdder();

  /** From dispatch to acknowledgement, microseconds. */
  final Recorder latency = new Recorder(MOST_LATENCY_MICROS, 3);

  /** What was refused though nothing was wrong with it: the first ones. */
  private final Queue<String> refusals = new ArrayBlockingQueue<>(MOST_REFUSALS);

  private volatile String lastTrouble = "";

  FleetCounters(FleetTime time) {
    silences = new Silences(time::millis);
  }

  void refused(String what) {
    var _ = refusals.offer(what); // those beyond the bound are counted only
    trouble(what);
  }

  List<String> refusals() {
    return List.copyOf(refusals);
  }

  void trouble(String what) {
    lastTrouble = what;
  }

  FleetSnapshot snapshot(int devices) {
    return new FleetSnapshot(
        devices,
        connected.sum(),
        connects.sum(),
        sent.sum(),
        acked.sum(),
        refused.sum(),
        resent.sum(),
        skipped.sum(),
        bad.sum(),
        badRefused.sum(),
        duplicates.sum(),
        forgotten.sum(),
        alarms.sum(),
        commands.sum(),
        connectFailures.sum(),
        retransmitted.sum(),
        vanished.sum(),
        moved.sum(),
        handshakes.sum(),
        unasked.sum(),
        lastTrouble);
  }
}
