package io.sluice.sim.figures;

import io.sluice.sim.time.FleetTime;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Recorder;

/** Counts for the whole fleet; every event loop adds. */
public final class FleetCounters {
  /** Longer ones count as this. */
  public static final long MOST_LATENCY_MICROS = TimeUnit.HOURS.toMicros(1);

  private static final int MOST_REFUSALS = 20;
  private static final int MOST_TOLD = 100_000;

  public final Silences silences;
  public final LongAdder connected = new LongAdder();
  public final LongAdder connects = new LongAdder();
  public final LongAdder sent = new LongAdder();
  public final LongAdder acked = new LongAdder();

  /** Messages, not samples, that went out and were not spoilt on purpose; each sending counts. */
  public final LongAdder messages = new LongAdder();

  /** Of them, those that were acknowledged, each once. */
  public final LongAdder messagesAcked = new LongAdder();

  /** Sent at QoS 0 or Non-confirmable. */
  public final LongAdder unasked = new LongAdder();

  public final LongAdder refused = new LongAdder();
  public final LongAdder resent = new LongAdder();
  public final LongAdder skipped = new LongAdder();
  public final LongAdder bad = new LongAdder();
  public final LongAdder badRefused = new LongAdder();
  public final LongAdder duplicates = new LongAdder();
  public final LongAdder forgotten = new LongAdder();
  public final LongAdder alarms = new LongAdder();
  public final LongAdder commands = new LongAdder();
  public final LongAdder connectFailures = new LongAdder();
  public final LongAdder retransmitted = new LongAdder();
  public final LongAdder vanished = new LongAdder();
  public final LongAdder moved = new LongAdder();
  public final LongAdder handshakes = new LongAdder();

  /** From dispatch to acknowledgement, microseconds. */
  public final Recorder latency = new Recorder(MOST_LATENCY_MICROS, 3);

  /** What was refused though nothing was wrong with it: the first ones. */
  private final Queue<String> refusals = new ArrayBlockingQueue<>(MOST_REFUSALS);

  /** What devices were told: the first ones. */
  private final Queue<Told> told = new ArrayBlockingQueue<>(MOST_TOLD);

  private volatile String lastTrouble = "";

  /**
   * A command that reached a device.
   *
   * @param atMillis by the fleet's clock
   */
  public record Told(String device, String topic, String payload, long atMillis) {}

  public FleetCounters(FleetTime time) {
    silences = new Silences(time::millis);
  }

  public void refused(String what) {
    var _ = refusals.offer(what); // those beyond the bound are counted only
    trouble(what);
  }

  public List<String> refusals() {
    return List.copyOf(refusals);
  }

  /** Those beyond the bound are counted only. */
  public void told(Told what) {
    var _ = told.offer(what);
  }

  public List<Told> told() {
    return List.copyOf(told);
  }

  public void trouble(String what) {
    lastTrouble = what;
  }

  public FleetSnapshot snapshot(int devices) {
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
