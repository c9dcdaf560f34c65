package io.sluice.sim.fleet;

import io.netty.channel.EventLoop;
import io.sluice.sim.device.Hash;
import io.sluice.sim.device.Kind;
import io.sluice.sim.device.Sample;
import io.sluice.sim.device.SimDevice;
import io.sluice.sim.fleet.Link.Message;
import io.sluice.sim.scenario.Fault;
import io.sluice.sim.scenario.Group;
import io.sluice.sim.scenario.Group.AlarmPlan;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One device at play: when it samples, what it sends, what goes wrong with it. Confined to its
 * event loop.
 */
final class DevicePlay implements Link.Listener {
  /** Messages that a device stores while its link is gone; the oldest are then lost. */
  static final int STORE_MESSAGES = 1_000;

  private static final long PUMP_MILLIS = 50;

  /** More than a link has under way: beyond are messages that never had an outcome. */
  private static final int UNDER_WAY_MOST = 64;

  private final SimDevice device;
  private final SentLog log;
  private final EventLoop loop;
  private final FleetCounters counters;
  private final DeviceFaults faults;
  private final long startMillis;
  private final long intervalMillis;
  private final ArrayDeque<Waiting> store = new ArrayDeque<>();
  private Link link;

  /** When each message that has no outcome was dispatched; the newest ones. */
  private final Map<Long, Long> dispatchedNanos =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Long> eldest) {
          return size() > UNDER_WAY_MOST;
        }
      };

  private @Nullable Message heldBack;
  private boolean alarmed;
  private boolean pumping;

  /** Over CoAP each message shows the secrets: those sent now are meant to be refused. */
  private boolean isLying;

  private long clearAtMillis;
  private long alarmDueMillis = Long.MAX_VALUE;
  private long ticks;
  private boolean stopping;
  private Runnable whenDrained = () -> {};

  /** A message that is not sent yet, and from when on it may be. */
  private record Waiting(Message message, long dueMillis) {}

  DevicePlay(
      SimDevice device,
      EventLoop loop,
      FleetCounters counters,
      DeviceFaults faults,
      long startMillis,
      java.util.function.Function<DevicePlay, Link> links) {
    this.device = device;
    this.loop = loop;
    this.counters = counters;
    this.faults = faults;
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

  private boolean isSleepy() {
    return group().sleepy() && group().transport().mqtt();
  }

  /** Connects after a while, and takes its first sample somewhere in its first interval. */
  void begin(long connectDelayMillis) {
    if (!isSleepy()) {
      schedule(link::open, connectDelayMillis);
    }
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
    faults.silencing().forEach(this::expect);
  }

  private void expect(Fault fault) {
    schedule(
        () -> strike(fault), faults.nextBegin(fault, System.currentTimeMillis() - startMillis));
  }

  private void strike(Fault fault) {
    if (stopping) {
      return;
    }
    switch (fault.kind()) {
      case DROPOUT, LINK_DOWN, STORM -> link.cut();
      case HALF_OPEN -> link.mute();
      case WRONG_CREDENTIALS -> lie(true);
      default -> throw new IllegalStateException(fault.kind() + " silences nobody");
    }
    if (fault.length() != null) {
      schedule(() -> recover(fault), faults.lengthMillis(fault));
    }
  }

  private void lie(boolean isWrong) {
    isLying = isWrong && !group().transport().mqtt();
    link.lie(isWrong);
  }

  private void recover(Fault fault) {
    if (stopping) {
      return;
    }
    if (fault.kind() == Fault.Kind.WRONG_CREDENTIALS) {
      lie(false);
    } else if (!isSleepy()) {
      link.restore();
    }
    if (fault.every() != null) {
      expect(fault);
    }
    pump();
  }

  /** No more samples; {@code drained} runs as soon as nothing is unanswered. */
  void stop(Runnable drained) {
    stopping = true;
    whenDrained = drained;
    counters.forgotten.add(store.size());
    store.clear();
    if (heldBack != null) {
      if (link.ready()) {
        link.send(heldBack);
      } else {
        counters.forgotten.increment();
      }
      heldBack = null;
    }
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
    long since = now - startMillis;
    boolean isStoring = faults.active(Fault.Kind.LINK_DOWN, since) != null || isSleepy();
    boolean isSilent = faults.isSilent(since) && !isStoring && !isLying;
    if (isSilent || log.full() || !(isStoring || link.ready())) {
      counters.skipped.increment();
    } else {
      alarm(now);
      if (isStoring || link.ready()) {
        send(Kind.TELEMETRY, now);
      }
      if (isSleepy()) {
        link.restore();
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
    long since = nowMillis - startMillis;
    long own = since + faults.skewMillis(since);
    long n = log.append(kind, own);
    Sample sample = device.sample(n, (startMillis + own) * 1000, kind);
    counters.sent.increment();
    if (kind == Kind.ALARM_RAISED || kind == Kind.ALARM_CLEARED) {
      counters.alarms.increment();
    }
    byte[] payload = group().form().encode(sample);
    Fault spoiling = kind == Kind.TELEMETRY ? faults.spoiling(n, since) : null;
    if (spoiling != null) {
      payload = SpoiltPayload.of(spoiling, group().form(), payload);
    }
    boolean isBad = spoiling != null || isLying;
    if (isBad) {
      log.bad(n);
      counters.bad.increment();
    }
    dispatch(new Message(n, kind, payload, isBad), since, nowMillis);
  }

  private void dispatch(Message message, long since, long nowMillis) {
    Message before = heldBack;
    heldBack = null;
    if (before == null
        && message.kind() == Kind.TELEMETRY
        && faults.strikes(Fault.Kind.REORDER, message.n(), since)) {
      log.anyOrder(message.n());
      heldBack = message; // until the next one is on its way
      return;
    }
    long due = nowMillis + faults.delayMillis(message.n(), since);
    offer(message, due);
    if (faults.strikes(Fault.Kind.DUPLICATE, message.n(), since) && !message.isBad()) {
      log.resent(message.n());
      counters.duplicates.increment();
      offer(message, due);
    }
    if (before != null) {
      offer(before, due);
    }
    pump();
  }

  private void offer(Message message, long dueMillis) {
    if (store.size() == STORE_MESSAGES) {
      store.removeFirst();
      counters.forgotten.increment();
    }
    store.add(new Waiting(message, dueMillis));
  }

  /** Sends what is due, as long as the link takes it; looks again later while something is left. */
  private void pump() {
    while (!store.isEmpty()
        && link.ready()
        && store.getFirst().dueMillis() <= System.currentTimeMillis()) {
      Message message = store.removeFirst().message();
      if (group().qos() > 0) {
        dispatchedNanos.put(message.n(), System.nanoTime());
      }
      link.send(message);
    }
    if (!store.isEmpty() && !pumping) {
      pumping = true;
      schedule(
          () -> {
            pumping = false;
            pump();
          },
          PUMP_MILLIS);
    }
  }

  @Override
  public void acked(long n) {
    log.acked(n);
    counters.acked.increment();
    Long dispatched = dispatchedNanos.remove(n);
    if (dispatched != null) {
      long micros = (System.nanoTime() - dispatched) / 1_000;
      counters.latency.recordValue(Math.min(micros, FleetCounters.MOST_LATENCY_MICROS));
    }
    settled();
  }

  @Override
  public void refused(long n, String why) {
    log.refused(n);
    dispatchedNanos.remove(n);
    if (log.badAt(log.index(n))) {
      counters.badRefused.increment();
    } else {
      counters.refused.increment();
      counters.trouble(device.spec().id() + ": " + why);
    }
    settled();
  }

  @Override
  public void resent(long n) {
    log.resent(n);
    counters.resent.increment();
  }

  private void settled() {
    if (isSleepy() && link.pending() == 0 && store.isEmpty()) {
      link.sleep();
    }
    drainedYet();
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
