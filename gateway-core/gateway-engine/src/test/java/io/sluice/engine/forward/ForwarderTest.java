package io.sluice.engine.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.api.Lane;
import io.sluice.api.MessageClass;
import io.sluice.api.health.Health;
import io.sluice.api.upstream.Delivery;
import io.sluice.api.upstream.ForwardSettings;
import io.sluice.api.upstream.OutboundBatch;
import io.sluice.api.upstream.Upstream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
@Tag("slow")
class ForwarderTest {
  private static final Instant RECEIVED = Instant.parse("2026-03-01T12:00:00Z");
  private static final ForwardLimits LIMITS =
      new ForwardLimits(4, 1 << 20, 1, 30_000, 2_000, 1, 4, 2_000);

  private final MemorySpool spool = new MemorySpool(RECEIVED.toEpochMilli() * 1_000);
  private final ScriptedUpstream upstream = new ScriptedUpstream();
  private final List<String> setAside = new CopyOnWriteArrayList<>();
  private final AtomicLong skippedNanos = new AtomicLong();
  private final List<Forwarder> forwarders = new ArrayList<>();
  private volatile Instant now = RECEIVED;

  @AfterEach
  void closeAll() {
    forwarders.forEach(Forwarder::close);
  }

  @Test
  void recordsArriveInOrderAndAreCommitted() {
    List<String> ids = spool.append(MessageClass.TELEMETRY, "press-07", 500);
    Forwarder forwarder = start(64, LIMITS);
    awaitDrained();
    assertThat(upstream.delivered).containsExactlyElementsOf(ids);
    await().until(() -> forwarder.forwarded(Lane.TELEMETRY) == 500);
    assertThat(forwarder.view().state()).isEqualTo("connected");
    // the running second is left out, and may be the one in which all arrived
    await().until(() -> forwarder.view().ratePerSecond() > 0);
  }

  @Test
  void alarmsGoBeforeEventsAndEventsBeforeTelemetry() {
    List<String> telemetry = spool.append(MessageClass.TELEMETRY, "d", 100);
    List<String> events = spool.append(MessageClass.EVENT, "d", 100);
    List<String> alarms = spool.append(MessageClass.ALARM, "d", 100);
    start(16, LIMITS);
    awaitDrained();
    List<String> expected = new ArrayList<>(alarms);
    expected.addAll(events);
    expected.addAll(telemetry);
    assertThat(upstream.delivered).containsExactlyElementsOf(expected);
  }

  @Test
  void alarmPassesAFullWindowOfTelemetry() {
    upstream.script = ids -> ids.get(0).contains("-t") ? null : new Delivery.Delivered();
    spool.append(MessageClass.TELEMETRY, "d", 1_000);
    start(16, LIMITS);
    await().until(() -> upstream.pending.size() == LIMITS.windowBatches());
    String alarm = spool.append(MessageClass.ALARM, "d");
    await().until(() -> upstream.delivered.contains(alarm));
    assertThat(upstream.pending).hasSize(LIMITS.windowBatches());
  }

  @Test
  void errorThatJavaCodeThrowsDoesNotEndForwarding() {
    AtomicInteger left = new AtomicInteger(2);
    upstream.script =
        ids -> {
          if (left.getAndDecrement() > 0) {
            throw new OutOfMemoryError("Cannot reserve 4194304 bytes of direct buffer memory");
          }
          return new Delivery.Delivered();
        };
    List<String> ids = spool.append(MessageClass.ALARM, "press-07", 3);
    long before = Health.ofProcess().faults().getOrDefault("forward-test", 0L);
    start(64, LIMITS);
    awaitDrained();
    assertThat(upstream.delivered).containsExactlyElementsOf(ids);
    assertThat(Health.ofProcess().faults().get("forward-test") - before).isEqualTo(2);
    assertThat(upstream.closed).hasValue(2);
  }

  @Test
  void upstreamThatThrowsAsItIsClosedIsSentEverythingAgain() {
    AtomicInteger left = new AtomicInteger(1);
    Upstream slamming =
        new Upstream() {
          @Override
          public void open() throws IOException {
            upstream.open();
          }

          @Override
          public CompletableFuture<Delivery> send(OutboundBatch batch) {
            return left.get() > 0
                ? CompletableFuture.completedFuture(new Delivery.Retry(0, "not now"))
                : upstream.send(batch);
          }

          @Override
          public void close() {
            if (left.getAndDecrement() > 0) {
              throw new IllegalStateException("the door jams");
            }
          }
        };
    List<String> ids = spool.append(MessageClass.TELEMETRY, "press-07", 3);
    start(slamming, spool, 64, 50, LIMITS, this::keep);
    awaitDrained();
    assertThat(upstream.delivered).containsExactlyElementsOf(ids);
  }

  @Test
  void liveGetsItsShareWhileTheBacklogDrains() {
    upstream.reachable = false;
    List<String> backlog = spool.append(MessageClass.TELEMETRY, "d", 4_000);
    Forwarder forwarder = start(ForwardLimits.DEFAULTS.windowBatches() * 4, 75, LIMITS);
    await().until(() -> upstream.opened.get() > 2);
    now = RECEIVED.plusSeconds(60);
    upstream.script = ids -> null;
    upstream.reachable = true;
    await().until(() -> upstream.pending.size() == LIMITS.windowBatches());
    List<String> live = spool.append(MessageClass.TELEMETRY, "d", 3_000);
    assertThat(forwarder.view().backlogRecords()).isEqualTo(7_000);
    assertThat(forwarder.view().lagSeconds().get(Lane.TELEMETRY)).isEqualTo(60.0);
    upstream.script = ids -> new Delivery.Delivered();
    upstream.pending.forEach(verdict -> verdict.complete(new Delivery.Delivered()));
    awaitDrained();
    List<String> later = upstream.sent.subList(200, 2_200);
    long ofLive = later.stream().filter(live::contains).count();
    assertThat(ofLive).isBetween(1_400L, 1_600L);
    assertThat(upstream.sent).containsAll(backlog).containsAll(live).hasSize(7_000);
    assertThat(forwarder.view().backlogRecords()).isZero();
    assertThat(forwarder.view().drainSecondsLeft()).isNull();
  }

  @Test
  void shortInterruptionKeepsTheOrder() {
    AtomicInteger sends = new AtomicInteger();
    upstream.script =
        ids ->
            sends.incrementAndGet() == 5
                ? new Delivery.Retry(0, "connection lost")
                : new Delivery.Delivered();
    List<String> ids = spool.append(MessageClass.TELEMETRY, "d", 300);
    start(16, LIMITS);
    awaitDrained();
    assertThat(upstream.delivered).containsExactlyElementsOf(ids);
    assertThat(upstream.opened).hasValue(2);
  }

  @Test
  void unreachableUpstreamIsTriedAgainUntilItIsThere() {
    upstream.reachable = false;
    List<String> ids = spool.append(MessageClass.EVENT, "d", 10);
    Forwarder forwarder = start(16, LIMITS);
    await().until(() -> upstream.opened.get() > 5);
    assertThat(forwarder.view().detail()).isEqualTo("far end is not there");
    upstream.reachable = true;
    awaitDrained();
    assertThat(upstream.delivered).containsExactlyElementsOf(ids);
    await().until(() -> forwarder.view().detail() == null);
  }

  @Test
  void refusedRecordIsSetAsideAndTheRestArrives() {
    List<String> ids = spool.append(MessageClass.TELEMETRY, "d", 40);
    List<String> bad = List.of(ids.get(0), ids.get(7), ids.get(8), ids.get(39));
    upstream.script = sent -> refusingAnyOf(bad, sent);
    Forwarder forwarder = start(20, LIMITS);
    awaitDrained();
    List<String> good = new ArrayList<>(ids);
    good.removeAll(bad);
    assertThat(upstream.delivered).containsExactlyInAnyOrderElementsOf(good);
    assertThat(setAside).containsExactlyInAnyOrderElementsOf(bad);
    assertThat(spool.dropped()).isEqualTo(Map.of("refused", 4));
    await().until(() -> forwarder.refused(Lane.TELEMETRY) == 4);
    assertThat(forwarder.forwarded(Lane.TELEMETRY)).isEqualTo(36);
  }

  @Test
  void recordThatCannotBeReadIsSetAsideAndTheRestArrives() {
    List<String> ids = new ArrayList<>(spool.append(MessageClass.TELEMETRY, "d", 5));
    spool.append(Lane.TELEMETRY, new byte[] {9, 9, 9});
    ids.addAll(spool.append(MessageClass.TELEMETRY, "d", 5));
    start(20, LIMITS);
    awaitDrained();
    assertThat(upstream.delivered).containsExactlyElementsOf(ids);
    assertThat(spool.dropped()).isEqualTo(Map.of("refused", 1));
  }

  @Test
  void refusedRecordThatCannotBeKeptIsNotCommitted() {
    List<String> ids = spool.append(MessageClass.EVENT, "d", 3);
    upstream.script = sent -> refusingAnyOf(List.of(ids.get(1)), sent);
    AtomicInteger attempts = new AtomicInteger();
    DeadLetterSink full =
        (name, batch, index, cause) -> {
          if (attempts.incrementAndGet() < 4) {
            throw new IOException("dead-letter log is full");
          }
          setAside.add(ids.get((int) batch.sequence(index)));
        };
    start(upstream, spool, 8, 50, LIMITS, full);
    awaitDrained();
    assertThat(attempts).hasValue(4);
    assertThat(setAside).containsExactly(ids.get(1));
    assertThat(upstream.delivered).contains(ids.get(0), ids.get(2));
  }

  @Test
  void connectionWithoutProgressIsMadeAnew() {
    upstream.script = ids -> upstream.opened.get() == 1 ? null : new Delivery.Delivered();
    List<String> ids = spool.append(MessageClass.EVENT, "d", 8);
    Forwarder forwarder = start(8, LIMITS);
    await().until(() -> upstream.pending.size() == 1);
    assertThat(forwarder.view().state()).isEqualTo("connected");
    skippedNanos.addAndGet(Duration.ofSeconds(31).toNanos());
    awaitDrained();
    assertThat(upstream.opened).hasValue(2);
    assertThat(upstream.delivered).containsExactlyElementsOf(ids);
  }

  @Test
  void stalledUpstreamSaysSo() {
    upstream.script =
        ids -> {
          upstream.reachable = false;
          return null;
        };
    spool.append(MessageClass.EVENT, "d", 8);
    Forwarder forwarder =
        start(8, new ForwardLimits(4, 1 << 20, 1, 30_000, 2_000, 600_000, 600_000, 2_000));
    await().until(() -> upstream.pending.size() == 1);
    skippedNanos.addAndGet(Duration.ofSeconds(31).toNanos());
    await().until(() -> forwarder.view().state().equals("stalled"));
    assertThat(forwarder.view().detail())
        .isEqualTo("connected, but nothing was confirmed for 30.0 s");
  }

  @Test
  void upstreamThatIsDownDoesNotSlowAnother() {
    MemorySpool ofOther = new MemorySpool(RECEIVED.toEpochMilli() * 1_000);
    ScriptedUpstream other = new ScriptedUpstream();
    upstream.script = ids -> null;
    spool.append(MessageClass.TELEMETRY, "d", 1_000);
    List<String> ids = ofOther.append(MessageClass.TELEMETRY, "d", 1_000);
    start(16, LIMITS);
    await().until(() -> upstream.pending.size() == LIMITS.windowBatches());
    start(other, ofOther, 16, 50, LIMITS, this::keep);
    await().until(() -> ofOther.queued() == 0);
    assertThat(other.delivered).containsExactlyElementsOf(ids);
    assertThat(spool.queued()).isEqualTo(1_000);
  }

  @Test
  void whatACrashLeftUncommittedIsSentAgain() {
    AtomicInteger sends = new AtomicInteger();
    upstream.script = ids -> sends.incrementAndGet() <= 10 ? new Delivery.Delivered() : null;
    List<String> ids = spool.append(MessageClass.TELEMETRY, "d", 1_000);
    Forwarder first = start(16, new ForwardLimits(4, 1 << 20, 1, 30_000, 2_000, 1, 4, 50));
    await().until(() -> upstream.pending.size() == LIMITS.windowBatches());
    first.close();
    assertThat(spool.queued()).isPositive();
    upstream.script = sent -> new Delivery.Delivered();
    start(16, LIMITS);
    awaitDrained();
    assertThat(upstream.delivered).containsExactlyElementsOf(ids);
  }

  @Test
  void closeWaitsForWhatIsUnderWay() {
    upstream.script = ids -> null;
    spool.append(MessageClass.EVENT, "d", 10);
    Forwarder forwarder = start(16, LIMITS);
    await().until(() -> upstream.pending.size() == 1);
    forwarder.stop();
    upstream.pending.get(0).complete(new Delivery.Delivered());
    forwarder.close();
    assertThat(spool.queued()).isZero();
    assertThat(upstream.closed).hasValue(1);
  }

  @Test
  void faultInAnUpstreamsCodeDoesNotEndForwarding() {
    AtomicInteger sends = new AtomicInteger();
    upstream.script =
        ids -> {
          if (sends.incrementAndGet() == 1) {
            throw new IllegalStateException("a fault of the program, made by this test");
          }
          return new Delivery.Delivered();
        };
    List<String> ids = spool.append(MessageClass.EVENT, "d", 10);
    start(16, LIMITS);
    awaitDrained();
    assertThat(upstream.delivered).containsExactlyElementsOf(ids);
  }

  @Test
  void randomVerdictsLoseNothing() {
    long seed = 20_260_301;
    SplittableRandom random = new SplittableRandom(seed);
    upstream.script =
        ids ->
            switch (random.nextInt(8)) {
              case 0 -> new Delivery.Retry(0, "lost");
              case 1 -> new Delivery.Refused(random.nextInt(ids.size()), "never");
              default -> new Delivery.Delivered();
            };
    List<MessageClass> classes = List.of(MessageClass.values());
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      ids.add(spool.append(classes.get(i % 4), "d" + i % 7));
    }
    start(16, LIMITS);
    awaitDrained();
    List<String> seen = new ArrayList<>(upstream.delivered);
    seen.addAll(setAside);
    assertThat(seen).as("seed " + seed).containsAll(ids);
  }

  @Test
  void aPausedUpstreamGetsNothingUntilItIsResumed() throws IOException {
    Forwarder forwarder = start(16, LIMITS);
    await().until(() -> forwarder.view().state().equals("connected"));
    forwarder.pause();
    await().until(() -> forwarder.view().state().equals("paused"));
    assertThat(upstream.closed).hasValue(1);
    List<String> ids = spool.append(MessageClass.ALARM, "d", 10);
    assertThat(forwarder.view().backlogRecords()).isEqualTo(10);
    forwarder.resume();
    awaitDrained();
    assertThat(upstream.delivered).containsExactlyElementsOf(ids);
    await().until(() -> forwarder.view().detail() == null);
  }

  private Delivery refusingAnyOf(List<String> bad, List<String> sent) {
    for (int i = 0; i < sent.size(); i++) {
      if (bad.contains(sent.get(i))) {
        return new Delivery.Refused(i, "too large");
      }
    }
    return new Delivery.Delivered();
  }

  private void keep(String name, io.sluice.spool.SpoolBatch batch, int index, String cause) {
    setAside.add(
        "edge-01-"
            + MemorySpool.EPOCH
            + '-'
            + "aet".charAt(List.of(Lane.values()).indexOf(batch.lane()))
            + batch.sequence(index));
  }

  private Forwarder start(int batchRecords, ForwardLimits limits) {
    return start(batchRecords, 50, limits);
  }

  private Forwarder start(int batchRecords, int liveShare, ForwardLimits limits) {
    return start(upstream, spool, batchRecords, liveShare, limits, this::keep);
  }

  private Forwarder start(
      Upstream to,
      MemorySpool from,
      int batchRecords,
      int liveShare,
      ForwardLimits limits,
      DeadLetterSink deadLetters) {
    Forwarder forwarder =
        new Forwarder(
            new Forwarder.Target(
                "test",
                "scripted",
                to,
                RecordBatch.encoder(
                    (lane, sequence) -> MemorySpool.EPOCH, new ForwardSettings("json", 50, 2_000))),
            from.reader(),
            new ForwardSettings("json", liveShare, batchRecords),
            limits,
            deadLetters,
            new Forwarder.Timing(
                (InstantSource) () -> now,
                () -> System.nanoTime() + skippedNanos.get(),
                new SplittableRandom(7)));
    forwarders.add(forwarder);
    forwarder.start();
    return forwarder;
  }

  private void awaitDrained() {
    await().atMost(Duration.ofSeconds(60)).until(() -> spool.queued() == 0);
  }
}
