package io.sluice.sim.fleet;

import io.netty.channel.EventLoop;
import io.sluice.sim.device.Hash;
import io.sluice.sim.device.Kind;
import io.sluice.sim.device.Sample;
import io.sluice.sim.device.SimDevice;
import io.sluice.sim.scenario.Group;
import io.sluice.sim.scenario.Group.AlarmPlan;

/** One device at play: when it samples, what it sends. Confined to its event loop. */
final class DevicePlay implements Link.Listener {
  private final SimDevice device;
  private final SentLog log;
  private final EventLoop loop;
  private final FleetCounters counters;
  private final long startMillis;
  private final long intervalMillis;
  private Link link;
  private boolean alarmed;
  private long clearAtMillis;
  private long alarmDueMillis = Long.MAX_VALUE;
  private long ticks;
  private boolean stopping;
  private Runnable whenDrained = () -> {};

  DevicePlay(
      SimDevice device,
      EventLoop loop,
      FleetCounters counters,
      long startMillis,
      java.util.function.Function<DevicePlay, Link> links) {
    this.device = device;
    this.loop = loop;
    this.counters = counters;
    this.startMillis = startMillis;
    this.log = new SentLog(startMillis);
    this.intervalMillis = Math.max(1, group().interval().toMillis());
    this.link = links.apply(this);
  }

  SimDevice device() {
    return device;
  }

  SentLog log() {
    return log;
  }

  EventLoop loop() {
    return loop;
  }

  private Group group() {
    return device.spec().group();
  }

  /** Connects after a while, and takes its first sample somewhere in its first interval. */
  void begin(long connectDelayMillis) {
    schedule(link::open, connectDelayMillis);
    AlarmPlan alarms = group().alarms();
    if (alarms != null && alarms.every() != null) {
      alarmDueMillis =
          startMillis
              + (long)
                  (alarms.every().toMillis() * (0.5 + 0.5 * Hash.unit(device.spec().seed(), -2)));
    }
    schedule(
        this::tick,
        connectDelayMillis + (long) (intervalMillis * Hash.unit(device.spec().seed(), -1)));
  }

  /** No more samples; {@code drained} runs as soon as nothing is unanswered. */
  void stop(Runnable drained) {
    stopping = true;
    whenDrained = drained;
    drainedYet();
  }

  void close() {
    link.close();
  }

  private void tick() {
    if (stopping) {
      return;
    }
    long now = System.currentTimeMillis();
    if (!link.ready() || log.full()) {
      counters.skipped.increment();
    } else {
      alarm(now);
      if (link.ready()) {
        send(Kind.TELEMETRY, now);
      }
    }
    ticks++;
    double jitter = group().jitterShare() * (2 * Hash.unit(device.spec().seed() ^ 0x11, ticks) - 1);
    schedule(this::tick, Math.max(1, (long) (intervalMillis * (1 + jitter))));
  }

  private void alarm(long now) {
    AlarmPlan alarms = group().alarms();
    if (alarms == null) {
      return;
    }
    if (alarmed && now >= clearAtMillis) {
      alarmed = false;
      send(Kind.ALARM_CLEARED, now);
    } else if (!alarmed && (now >= alarmDueMillis || device.alarmStrikes(log.nextN()))) {
      alarmed = true;
      clearAtMillis = now + alarms.clearAfter().toMillis();
      if (alarms.every() != null) {
        alarmDueMillis = now + alarms.every().toMillis();
      }
      send(Kind.ALARM_RAISED, now);
    }
  }

  private void send(Kind kind, long nowMillis) {
    long n = log.append(kind, nowMillis - startMillis);
    Sample sample = device.sample(n, nowMillis * 1000, kind);
    counters.sent.increment();
    if (kind == Kind.ALARM_RAISED || kind == Kind.ALARM_CLEARED) {
      counters.alarms.increment();
    }
    link.send(n, kind, group().form().encode(sample));
  }

  @Override
  public void acked(long n) {
    log.acked(n);
    counters.acked.increment();
    drainedYet();
  }

  @Override
  public void refused(long n, String why) {
    log.refused(n);
    counters.refused.increment();
    counters.trouble(device.spec().id() + ": " + why);
    drainedYet();
  }

  @Override
  public void resent(long n) {
    log.resent(n);
    counters.resent.increment();
  }

  private void drainedYet() {
    if (stopping && link.pending() == 0) {
      whenDrained.run();
      whenDrained = () -> {};
    }
  }

  private void schedule(Runnable task, long delayMillis) {
    Timers.after(loop, task, delayMillis);
  }
}
