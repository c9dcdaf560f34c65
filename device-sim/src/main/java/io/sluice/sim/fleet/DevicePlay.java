package io.sluice.sim.fleet;

import io.netty.channel.EventLoop;
import io.sluice.sim.device.Hash;
import io.sluice.sim.device.Kind;
import io.sluice.sim.device.Sample;
import io.sluice.sim.device.Sample.Field;
import io.sluice.sim.device.SimDevice;
import io.sluice.sim.figures.FleetCounters;
import io.sluice.sim.figures.FleetCounters.Told;
import io.sluice.sim.figures.SignsOfLife;
import io.sluice.sim.link.Link;
import io.sluice.sim.link.Link.Birth;
import io.sluice.sim.link.Link.Message;
import io.sluice.sim.scenario.DeviceGroup;
import io.sluice.sim.scenario.ScenarioFault;
import io.sluice.sim.time.FleetTime;
import io.sluice.sim.time.Timers;
import io.sluice.sim.vendor.Firmware;
import io.sluice.sim.vendor.Presence;
import io.sluice.sim.vendor.Publication;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One device at play: when it samples, what it sends, what goes wrong with it. Confined to its
 * event loop.
 */
final class DevicePlay implements Link.Owner {
  private final SimDevice device;
  private final SentLog log;
  private final EventLoop loop;
  private final FleetCounters counters;
  private final DeviceFaults faults;
  private final FleetTime time;
  private final long startMillis;
  private final long intervalMillis;
  private final SignsOfLife signs;
  private final Batches batches;
  private final AlarmCycle alarms;
  private final Link link;
  private final Outbox outbox;
  private @Nullable Message heldBack;

  /** Over CoAP each message shows the secrets: those sent now are meant to be refused. */
  private boolean isLying;

  private long ticks;

  private final RecentAcks lately = new RecentAcks();

  /** When the next sample would be taken, if the device had no jitter. */
  private double dueMillis;

  private boolean stopping;
  private Runnable whenDrained = () -> {};

  DevicePlay(
      SimDevice device,
      EventLoop loop,
      FleetCounters counters,
      DeviceFaults faults,
      FleetTime time,
      long startMillis,
      java.util.function.Function<DevicePlay, Link> links) {
    this.device = device;
    this.loop = loop;
    this.counters = counters;
    this.faults = faults;
    this.time = time;
    this.startMillis = startMillis;
    this.log = new SentLog(startMillis);
    this.signs = new SignsOfLife(group().supervision(), startMillis);
    this.alarms = new AlarmCycle(device, startMillis);
    this.batches = new Batches(device, log, startMillis);
    this.intervalMillis = Math.max(1, group().interval().toMillis());
    this.link = links.apply(this);
    this.outbox = new Outbox(loop, time, counters, batches, link, group().isAnswered());
  }

  @Override
  public SimDevice device() {
    return device;
  }

  SentLog log() {
    return log;
  }

  @Override
  public EventLoop loop() {
    return loop;
  }

  SignsOfLife signs() {
    return signs;
  }

  private DeviceGroup group() {
    return device.spec().group();
  }

  private boolean isSleepy() {
    return group().sleepy() && group().transport().mqtt();
  }

  /** Connects after a while, and takes its first sample somewhere in its first interval. */
  void begin(long connectDelayMillis) {
    if (!isSleepy()) {
      Timers.after(loop, link::open, connectDelayMillis);
    }
    dueMillis =
        time.millis()
            + time.fleetMillis(connectDelayMillis)
            + intervalMillis * Hash.unit(device.spec().seed(), -1);
    if (!device.spec().isConcentrator()) {
      scheduleAt((long) dueMillis, this::tick);
    }
    faults.scheduled().forEach(this::expect);
  }

  private void expect(ScenarioFault fault) {
    schedule(() -> strike(fault), faults.nextBegin(fault, time.millis() - startMillis));
  }

  private void strike(ScenarioFault fault) {
    if (stopping) {
      return;
    }
    switch (fault.kind()) {
      case DROPOUT, LINK_DOWN, STORM -> link.cut();
      case HALF_OPEN -> link.mute();
      case WRONG_CREDENTIALS -> lie(true);
      case HISTORY -> handIn(fault);
      case LOSS -> link.lose(fault.chance());
      case ADDRESS_CHANGE -> {
        counters.moved.increment();
        link.move();
      }
      default -> throw new IllegalStateException(fault.kind() + " does not begin at a moment");
    }
    if (fault.kind() == ScenarioFault.Kind.HISTORY) {
      if (fault.every() != null) {
        expect(fault);
      }
    } else if (fault.length() != null) {
      schedule(() -> recover(fault), faults.lengthMillis(fault));
    }
  }

  private void handIn(ScenarioFault fault) {
    if (batches.isGathering()) {
      sendBatch();
    }
    batches.gatherHistory(fault, intervalMillis);
    counters.sent.add(batches.gatheredSamples());
    sendBatch();
    if (isSleepy()) {
      link.restore();
    }
  }

  private void lie(boolean isWrong) {
    if (isLying && !isWrong) {
      outbox.dropBad(); // what was to be refused may not go out with right secrets
    }
    isLying = isWrong && !group().transport().mqtt();
    link.lie(isWrong);
  }

  private void recover(ScenarioFault fault) {
    if (stopping) {
      return;
    }
    if (fault.kind() == ScenarioFault.Kind.WRONG_CREDENTIALS) {
      lie(false);
    } else if (fault.kind() == ScenarioFault.Kind.LOSS) {
      link.lose(0);
    } else if (fault.kind() == ScenarioFault.Kind.ADDRESS_CHANGE) {
      outbox.pump();
    } else if (!isSleepy()) {
      link.restore();
    }
    if (fault.every() != null) {
      expect(fault);
    }
    outbox.pump();
  }

  /** A broker was killed that has acknowledged what it may not have kept. */
  void brokerForgot(long millis) {
    lately.since(Long.MIN_VALUE, log::resent); // what waited for the gateway comes once more
    lately.since(time.millis() - millis, log::forgotten);
  }

  /** No more samples; {@code drained} runs as soon as nothing is unanswered. */
  void stop(Runnable drained) {
    stopping = true;
    whenDrained = drained;
    outbox.clear();
    counters.forgotten.add(batches.gatheredSamples());
    if (heldBack != null) {
      if (link.ready()) {
        link.send(heldBack);
      } else {
        counters.forgotten.add(batches.size(heldBack.n()));
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
    long now = time.millis();
    long since = now - startMillis;
    ScenarioFault batching = faults.active(ScenarioFault.Kind.BATCH, since);
    boolean isStoring =
        faults.active(ScenarioFault.Kind.LINK_DOWN, since) != null
            || isSleepy()
            || batching != null
            || (group().isOfSession() && !faults.isSilent(since));
    boolean isSilent = faults.isSilent(since) && !isStoring && !isLying;
    if (isSilent || log.full() || !(isStoring || link.ready())) {
      counters.skipped.increment();
    } else {
      alarm(now);
      if (batching != null || batches.isGathering()) {
        gather(now, batching);
      } else if (isStoring || link.ready()) {
        send(Kind.TELEMETRY, now);
      }
      if (isSleepy() && !batches.isGathering()) {
        link.restore();
      }
    }
    ticks++;
    double jitter = group().jitterShare() * (Hash.unit(device.spec().seed() ^ 0x11, ticks) - 0.5);
    // on its grid, as a device with a clock; what it cannot catch up with it leaves out
    dueMillis += intervalMillis * Math.max(1, Math.floor((now - dueMillis) / intervalMillis));
    scheduleAt((long) (dueMillis + intervalMillis * jitter), this::tick);
  }

  /**
   * Takes a sample that goes with the next batch; sends that where it is full, or no more wanted.
   */
  private void gather(long nowMillis, @Nullable ScenarioFault batching) {
    long since = nowMillis - startMillis;
    batches.gather(log.append(Kind.TELEMETRY, since + faults.skewMillis(since)));
    counters.sent.increment();
    if (batching == null || batches.gatheredSamples() >= batching.samples()) {
      sendBatch();
    }
  }

  private void alarm(long now) {
    Kind kind = alarms.next(now, log.nextN());
    if (kind != null) {
      send(kind, now);
    }
  }

  private void send(Kind kind, long nowMillis) {
    long since = nowMillis - startMillis;
    long own = since + faults.skewMillis(since);
    long n = log.append(kind, own);
    Sample sample = device.sample(n, (startMillis + own) * 1000, kind);
    counters.sent.increment();
    if (!group().isAnswered()) {
      counters.unasked.increment();
    }
    if (kind.isAlarm()) {
      counters.alarms.increment();
      log.sent(n, nowMillis);
    }
    Firmware firmware = group().firmware();
    if (group().isOfSession()) {
      dispatch(new Message(sample, isLying), since, nowMillis);
      return;
    }
    if (firmware != null) {
      Publication publication = publication(firmware, sample);
      dispatch(new Message(n, kind, isLying, publication), since, nowMillis);
      return;
    }
    byte[] payload = group().form().encode(sample);
    ScenarioFault spoiling =
        kind == Kind.TELEMETRY ? faults.spoiling(device.index(n), since) : null;
    if (spoiling != null) {
      payload =
          SpoiltPayload.of(
              spoiling, group().form(), payload, Hash.mix(device.spec().seed(), device.index(n)));
    }
    boolean isBad = spoiling != null || isLying;
    if (isBad) {
      log.bad(n);
      counters.bad.increment();
    }
    dispatch(new Message(n, kind, payload, isBad), since, nowMillis);
  }

  private Publication publication(Firmware firmware, Sample sample) {
    Presence presence = sample.kind() == Kind.STATE ? firmware.presence(device.spec()) : null;
    return presence == null
        ? firmware.publication(device.spec(), sample, device.index(sample.n()))
        : presence.birth();
  }

  @Override
  public void connected() {
    Firmware firmware = group().firmware();
    if (firmware != null && firmware.presence(device.spec()) != null && !stopping && !log.full()) {
      send(Kind.STATE, time.millis());
    }
  }

  @Override
  public void told(String topic, byte[] payload) {
    counters.told(
        new Told(
            device.spec().id(), topic, new String(payload, StandardCharsets.UTF_8), time.millis()));
  }

  @Override
  public long nowMillis() {
    return time.millis();
  }

  @Override
  public @Nullable Birth born() {
    return device.spec().isConcentrator() ? said(Kind.STATE) : said(Kind.STATE, Kind.TELEMETRY);
  }

  @Override
  public @Nullable Birth written() {
    return said(Kind.WRITTEN);
  }

  /** What its session says of it now, beside its reports. */
  private @Nullable Birth said(Kind... kinds) {
    if (stopping || log.full()) {
      return null;
    }
    long since = time.millis() - startMillis;
    long own = since + faults.skewMillis(since);
    long[] ns = new long[kinds.length];
    List<Field> fields = List.of();
    for (int i = 0; i < kinds.length; i++) {
      ns[i] = log.append(kinds[i], own);
      if (kinds[i] == Kind.TELEMETRY) {
        fields = device.sample(ns[i], (startMillis + own) * 1000, kinds[i]).fields();
      }
    }
    counters.sent.add(kinds.length);
    counters.messages.add(kinds.length);
    return new Birth(ns, fields, startMillis + own);
  }

  @Override
  public void died() {
    if (!log.full()) {
      log.anyOrder(log.append(Kind.DEATH, time.millis() - startMillis));
      counters.sent.increment();
      counters.unasked.increment();
    }
  }

  @Override
  public void forwarded(long n) {
    log.history(n);
    log.anyOrder(n);
  }

  private void sendBatch() {
    long now = time.millis();
    Message message = batches.close(isLying);
    if (message.isBad()) {
      batches.forEach(message.n(), log::bad);
      counters.bad.add(batches.size(message.n()));
    }
    dispatch(message, now - startMillis, now);
  }

  private void dispatch(Message message, long since, long nowMillis) {
    Message before = heldBack;
    heldBack = null;
    if (before == null
        && message.kind() == Kind.TELEMETRY
        && faults.strikes(ScenarioFault.Kind.REORDER, device.index(message.n()), since)) {
      batches.forEach(message.n(), log::anyOrder);
      if (!link.swapsNext()) {
        heldBack = message; // until the next one is on its way
        return;
      }
    }
    long due = nowMillis + faults.delayMillis(device.index(message.n()), since);
    outbox.offer(message, due);
    if (faults.strikes(ScenarioFault.Kind.DUPLICATE, device.index(message.n()), since)
        && !message.isBad()) {
      batches.forEach(message.n(), log::resent);
      counters.duplicates.increment();
      outbox.offer(message, due);
    }
    if (before != null) {
      outbox.offer(before, due);
    }
    outbox.pump();
  }

  @Override
  public void mayBeHeard() {
    signs.mayBeHeard(time.millis());
  }

  @Override
  public void wasHeard(long sinceNanos) {
    long now = time.millis();
    long millisAgo = (System.nanoTime() - sinceNanos) / 1_000_000;
    signs.wasHeard(now - time.fleetMillis(millisAgo), now);
  }

  @Override
  public void speaksUnseen() {
    signs.speaksUnseen();
  }

  @Override
  public void acked(long n) {
    counters.silences.answered();
    Long dispatched = outbox.dispatchedNanos(n);
    if (dispatched != null) {
      wasHeard(dispatched);
    }
    log.answered(n, time.millis());
    if (!log.ackedAt(log.index(n)) && !log.badAt(log.index(n))) {
      counters.messagesAcked.increment();
    }
    batches.forEach(
        n,
        member -> {
          if (!log.ackedAt(log.index(member))) { // one that was sent twice has two answers
            counters.acked.increment();
          }
          log.acked(member);
          if (group().isBehindBroker()) {
            lately.acked(member, time.millis());
          }
        });
    batches.forget(n);
    outbox.acked(n);
    settled();
  }

  @Override
  public void refused(long n, String why) {
    counters.silences.answered();
    int samples = batches.size(n);
    batches.forEach(n, log::refused);
    batches.forget(n);
    outbox.ended(n);
    if (log.badAt(log.index(n))) {
      counters.badRefused.add(samples);
    } else {
      counters.refused.add(samples);
      counters.refused(device.spec().id() + " #" + n + ": " + why);
    }
    settled();
  }

  @Override
  public void resent(long n) {
    if (!log.badAt(log.index(n))) {
      counters.messages.increment();
    }
    batches.forEach(n, log::resent);
    counters.resent.increment();
  }

  @Override
  public void unanswered(long n) {
    batches.forget(n);
    outbox.ended(n);
    settled();
  }

  private void settled() {
    if (isSleepy() && link.pending() == 0 && outbox.isEmpty()) {
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

  /**
   * @param delayMillis of the fleet's time
   */
  private void schedule(Runnable task, long delayMillis) {
    Timers.afterNanos(loop, task, time.realNanos(delayMillis));
  }

  /**
   * @param atMillis by the fleet's clock
   */
  private void scheduleAt(long atMillis, Runnable task) {
    schedule(task, Math.max(0, atMillis - time.millis()));
  }
}
