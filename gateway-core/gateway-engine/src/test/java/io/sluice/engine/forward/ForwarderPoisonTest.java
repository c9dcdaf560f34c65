package io.sluice.engine.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.api.Lane;
import io.sluice.api.MessageClass;
import io.sluice.api.upstream.ForwardSettings;
import io.sluice.engine.forward.FarEnd.Answer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One record, or one destination, that the far end does not take holds up no other. */
@Timeout(60)
@Tag("slow")
class ForwarderPoisonTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final ForwardLimits LIMITS =
      new ForwardLimits(4, 1 << 20, 1, 30_000, 2_000, 1, 8, 2_000);

  /** Waits longer than a busy machine lets the forwarder stand still. */
  private static final ForwardLimits SEDATE =
      new ForwardLimits(4, 1 << 20, 1, 30_000, 2_000, 20, 160, 2_000);

  private final MemorySpool spool = new MemorySpool(NOW.toEpochMilli() * 1_000);
  private final FarEnd farEnd = new FarEnd();
  private final List<String> setAside = new CopyOnWriteArrayList<>();
  private final AtomicLong skippedNanos = new AtomicLong();
  private Forwarder forwarder;

  @AfterEach
  void close() {
    forwarder.close();
  }

  @ParameterizedTest
  @EnumSource(
      value = Answer.class,
      names = {"CLOSE", "FAIL", "SILENT", "REFUSE"})
  void oneRecordIsSetAsideAndTheRestArrivesOnce(Answer answer) {
    List<String> ids = spool.append(MessageClass.TELEMETRY, "d", 700);
    String poison = ids.get(123);
    farEnd.script = sent -> sent.id().equals(poison) ? answer : Answer.CONFIRM;
    start();
    awaitDrained();
    assertThat(setAside).containsExactly(poison);
    assertThat(farEnd.delivered).doesNotHaveDuplicates().hasSize(699);
    assertThat(spool.dropped()).isEqualTo(Map.of("refused", 1));
    skippedNanos.addAndGet(Duration.ofSeconds(11).toNanos());
    await()
        .untilAsserted(
            () -> assertThat(forwarder.view().detail()).contains("1 records refused since start"));
  }

  @ParameterizedTest
  @EnumSource(
      value = Answer.class,
      names = {"CLOSE", "FAIL", "SILENT"})
  void alarmsBehindOneThatIsNotTakenArrive(Answer answer) {
    List<String> telemetry = spool.append(MessageClass.TELEMETRY, "t", 100);
    List<String> alarms = spool.append(MessageClass.ALARM, "d", 20);
    farEnd.script = sent -> sent.id().equals(alarms.get(0)) ? answer : Answer.CONFIRM;
    start();
    await().until(() -> farEnd.delivered.containsAll(alarms.subList(1, 20)));
    List<String> later = spool.append(MessageClass.ALARM, "d", 20);
    await().until(() -> farEnd.delivered.containsAll(later));
    awaitDrained();
    assertThat(setAside).containsExactly(alarms.get(0));
    assertThat(farEnd.delivered).containsAll(telemetry).hasSize(139).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @EnumSource(
      value = Answer.class,
      names = {"CLOSE", "FAIL", "SILENT", "REFUSE"})
  void oneDeviceOfTenThatMayNotPublish(Answer answer) {
    Set<String> forbidden = new HashSet<>();
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      String id = spool.append(MessageClass.TELEMETRY, "d" + i % 10);
      ids.add(id);
      if (i % 10 == 3) {
        forbidden.add(id);
      }
    }
    farEnd.script = sent -> sent.device().equals("d3") ? answer : Answer.CONFIRM;
    start(SEDATE); // what is tried while others wait goes by time: a slow machine tries more
    awaitDrained();
    ids.removeAll(forbidden);
    assertThat(farEnd.delivered).containsExactlyInAnyOrderElementsOf(ids);
    assertThat(setAside).containsExactlyInAnyOrderElementsOf(forbidden);
    assertThat(spool.dropped()).isEqualTo(Map.of("refused", 200));
    assertThat(farEnd.opened.get()).isLessThan(100);
    if (answer == Answer.REFUSE) {
      assertThat(farEnd.sent).hasValue(2_000);
    }
  }

  @Test
  void aDeviceThatMayPublishAgainIsTakenAgain() {
    AtomicBoolean mended = new AtomicBoolean();
    farEnd.script =
        sent -> sent.device().equals("d3") && !mended.get() ? Answer.CLOSE : Answer.CONFIRM;
    start();
    for (int i = 0; i < 500; i++) {
      spool.append(MessageClass.TELEMETRY, "d" + i % 10);
    }
    awaitDrained();
    mended.set(true);
    int before = setAside.size();
    List<String> later = spool.append(MessageClass.TELEMETRY, "d3", 50);
    awaitDrained();
    assertThat(farEnd.delivered).containsAll(later);
    assertThat(setAside).hasSize(before);
  }

  @ParameterizedTest
  @EnumSource(
      value = Answer.class,
      names = {"CLOSE", "FAIL", "SILENT"})
  void aFarEndThatTakesNothingIsGivenNothingUp(Answer answer) {
    AtomicBoolean mended = new AtomicBoolean();
    farEnd.script = sent -> mended.get() ? Answer.CONFIRM : answer;
    List<String> ids = spool.append(MessageClass.TELEMETRY, "d", 200);
    ids.addAll(spool.append(MessageClass.ALARM, "d", 5));
    start();
    await().until(() -> farEnd.sent.get() > 300 || farEnd.opened.get() > 30);
    assertThat(setAside).isEmpty();
    mended.set(true);
    awaitDrained();
    assertThat(setAside).isEmpty();
    assertThat(farEnd.delivered).containsExactlyInAnyOrderElementsOf(ids);
  }

  @Test
  void aLineThatBreaksAtAnyRecordGivesNoneUp() {
    SplittableRandom random = new SplittableRandom(20_261_127);
    farEnd.script = sent -> random.nextInt(40) == 0 ? Answer.CLOSE : Answer.CONFIRM;
    List<String> ids = spool.append(MessageClass.TELEMETRY, "d", 3_000);
    start();
    awaitDrained();
    assertThat(setAside).isEmpty();
    assertThat(farEnd.delivered).containsExactlyInAnyOrderElementsOf(ids);
    assertThat(forwarder.view().reconnects()).isGreaterThan(30);
  }

  @Test
  void recordsOfADestinationThatIsNotThereWaitAndOthersGoOn() {
    AtomicBoolean made = new AtomicBoolean();
    farEnd.script =
        sent ->
            sent.device().equals("gone") && !made.get() ? Answer.NO_DESTINATION : Answer.CONFIRM;
    List<String> waiting = spool.append(MessageClass.ALARM, "gone", 30);
    List<String> others = new ArrayList<>(spool.append(MessageClass.ALARM, "there", 30));
    others.addAll(spool.append(MessageClass.TELEMETRY, "there", 500));
    start();
    await().until(() -> farEnd.delivered.containsAll(others));
    assertThat(forwarder.view().state()).isEqualTo("connected");
    assertThat(forwarder.view().missingDestinations()).containsExactly("gone");
    assertThat(forwarder.view().detail()).contains("gone is not there").contains("30 records");
    List<String> later = spool.append(MessageClass.ALARM, "there", 10);
    await().until(() -> farEnd.delivered.containsAll(later));
    made.set(true);
    awaitDrained();
    assertThat(farEnd.delivered).containsAll(waiting).doesNotHaveDuplicates();
    assertThat(setAside).isEmpty();
    await().until(() -> forwarder.view().missingDestinations().isEmpty());
    assertThat(forwarder.view().detail()).isNull();
  }

  private void keep(String name, io.sluice.spool.SpoolBatch batch, int index, String why) {
    setAside.add(
        "edge-01-"
            + MemorySpool.EPOCH
            + '-'
            + "aet".charAt(List.of(Lane.values()).indexOf(batch.lane()))
            + batch.sequence(index));
  }

  private void start() {
    start(LIMITS);
  }

  private void start(ForwardLimits limits) {
    forwarder =
        new Forwarder(
            new Forwarder.Target(
                "test",
                "scripted",
                farEnd,
                RecordBatch.encoder(
                    (lane, sequence) -> MemorySpool.EPOCH, new ForwardSettings("json", 50, 2_000))),
            spool.reader(),
            new ForwardSettings("json", 50, 500),
            limits,
            this::keep,
            new Forwarder.Timing(
                (InstantSource) () -> NOW,
                () -> System.nanoTime() + skippedNanos.get(),
                new SplittableRandom(7)));
    forwarder.start();
  }

  private void awaitDrained() {
    await().atMost(Duration.ofSeconds(60)).until(() -> spool.queued() == 0);
  }
}
