package io.sluice.engine.alarm.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.adapter.testkit.Damage;
import io.sluice.api.Cap;
import io.sluice.api.DeviceId;
import io.sluice.api.operator.AlarmService.AlarmView;
import io.sluice.api.operator.AlarmService.Filter;
import io.sluice.api.operator.AlarmService.Kind;
import io.sluice.api.operator.AlarmService.State;
import io.sluice.api.operator.CoverageService.Stop;
import io.sluice.api.operator.CoverageService.StopScope;
import io.sluice.api.operator.DeviceDirectory.DeviceSpec;
import io.sluice.engine.alarm.AlarmBook;
import io.sluice.engine.alarm.AlarmException;
import io.sluice.engine.alarm.AlarmSettings;
import io.sluice.engine.alarm.DeviceAlarmsDuty;
import io.sluice.engine.alarm.OutboxRecords;
import io.sluice.engine.alarm.Signal;
import io.sluice.engine.alarm.SteppedClock;
import io.sluice.engine.limits.LimitSettings;
import io.sluice.engine.normalize.profile.Profiles;
import io.sluice.engine.registry.Registry;
import io.sluice.engine.registry.credential.AccessSettings;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Supervision of registered devices, with a real registry and a real book. */
@Tag("slow")
class SupervisionDutyTest {
  @TempDir Path data;

  private final Map<String, String> intervals = new HashMap<>();
  private Registry registry;
  private AlarmBook book;
  private final List<Stop> stops = new ArrayList<>();
  private final SteppedClock clock = new SteppedClock();
  private SupervisionDuty duty;
  private DeviceAlarmsDuty devices;
  private long nanos = -3;
  private long sequence;

  @BeforeEach
  void open() throws Exception {
    registry =
        Registry.open(
            data,
            AccessSettings.DEFAULTS,
            LimitSettings.DEFAULTS,
            Set.of("cnc"),
            Clock.systemUTC());
    book = AlarmBook.open(data, settings(), "edge-01", clock);
  }

  @AfterEach
  void close() {
    book.close();
    registry.close();
  }

  private AlarmSettings settings() {
    AlarmSettings all = AlarmSettings.DEFAULTS;
    return new AlarmSettings(
        all.keep(),
        all.keepMost(),
        Map.copyOf(intervals),
        all.escalateExtreme(),
        all.escalateSevere(),
        all.escalateModerate(),
        all.escalateMinor(),
        null,
        all.webhookKeep(),
        null,
        null,
        null);
  }

  private void supervise() {
    duty =
        new SupervisionDuty(
            book, settings(), registry, Profiles.NONE, () -> stops, clock, () -> nanos);
    devices = new DeviceAlarmsDuty(book, registry);
  }

  private void register(String id, boolean commissioned) throws Exception {
    register(id, "plant-a", commissioned);
  }

  private void register(String id, String site, boolean commissioned) throws Exception {
    registry
        .directory()
        .put(
            new DeviceSpec(
                new DeviceId(id),
                "cnc",
                "factory",
                site,
                Duration.ofSeconds(10),
                null,
                true,
                commissioned,
                null));
  }

  private void pass(int seconds) {
    for (int second = 0; second < seconds; second++) {
      nanos += TimeUnit.SECONDS.toNanos(1);
      clock.forward(Duration.ofSeconds(1));
      devices.run();
      duty.run();
    }
  }

  private List<AlarmView> in(State... states) {
    return book.list(new Filter(List.of(states), null, null, null, 1000));
  }

  @Test
  void silentDeviceIsOneAlarmUntilItIsHeard() throws Exception {
    intervals.put("press-1", "20s");
    register("press-1", true);
    register("press-2", true);
    supervise();
    pass(19);
    assertThat(in(State.values())).isEmpty();
    pass(300);
    assertThat(in(State.ACTIVE)).extracting(AlarmView::device).containsExactly("press-1");
    assertThat(in(State.ACTIVE).getFirst().text()).isEqualTo("nothing heard for 20 s");
    duty.heard("press-1");
    pass(1);
    assertThat(in(State.CLEARED)).extracting(AlarmView::clearedBy).containsExactly("gateway");
    assertThat(in(State.values())).hasSize(1);
  }

  @Test
  void restartGivesTheWholeIntervalAndKeepsWhatIsOpen() throws Exception {
    intervals.put("press-1", "20s");
    intervals.put("press-2", "60s");
    register("press-1", true);
    register("press-2", true);
    supervise();
    pass(59);
    supervise();
    pass(59);
    assertThat(in(State.values())).extracting(AlarmView::device).containsExactly("press-1");
    pass(1);
    assertThat(in(State.ACTIVE)).hasSize(2);
    duty.heard("press-1");
    pass(1);
    assertThat(in(State.ACTIVE)).extracting(AlarmView::device).containsExactly("press-2");
  }

  @Test
  void retiredDeviceIsSupervisedNoMore() throws Exception {
    intervals.put("press-1", "20s");
    register("press-1", true);
    supervise();
    pass(30);
    assertThat(in(State.ACTIVE)).hasSize(1);
    assertThat(registry.directory().retire(new DeviceId("press-1"))).isTrue();
    pass(1);
    assertThat(in(State.ACTIVE)).isEmpty();
    pass(100);
    assertThat(in(State.ACTIVE)).isEmpty();
  }

  @Test
  void deviceIsSupervisedFromItsCommissioningOn() throws Exception {
    intervals.put("press-1", "20s");
    register("press-1", false);
    supervise();
    pass(100);
    assertThat(in(State.values())).isEmpty();
    register("press-1", true);
    pass(20);
    assertThat(in(State.values())).isEmpty();
    pass(1);
    assertThat(in(State.ACTIVE)).hasSize(1);
  }

  @Test
  void aWholeFleetThatFallsSilentIsInTheBookAtOnce() throws Exception {
    int fleet = 3_000;
    for (int i = 0; i < fleet; i++) {
      intervals.put("press-" + i, "20s");
      register("press-" + i, true);
    }
    supervise();
    pass(22);
    assertThat(book.counts().active()).isEqualTo(fleet);
    for (int i = 0; i < fleet; i++) {
      duty.heard("press-" + i);
    }
    pass(1);
    assertThat(book.counts().active()).isZero();
  }

  @Test
  void lossIsInTheBookAgainWhereItsFileWasDamagedMeanwhile() throws Exception {
    intervals.put("press-1", "20s");
    register("press-1", true);
    supervise();
    pass(30);
    assertThat(in(State.ACTIVE)).hasSize(1);

    Damage.whileInUse(data.resolve("alarms.db"), "INSERT INTO progress VALUES('x', 1)");
    assertThatThrownBy(() -> in(State.ACTIVE))
        .isInstanceOf(AlarmException.class)
        .hasMessageContaining("is damaged");

    pass(1);
    assertThat(in(State.ACTIVE)).hasSize(1);
    assertThat(data.resolve("alarms.db.damaged")).exists();
  }

  @Test
  void silenceThatSomebodyClearsIsRaisedAgainAfterAnInterval() throws Exception {
    intervals.put("press-1", "20s");
    register("press-1", true);
    supervise();
    pass(30);
    book.clear(in(State.ACTIVE).getFirst().id(), "ann", "known");
    pass(19);
    assertThat(in(State.ACTIVE)).isEmpty();
    pass(2);
    assertThat(in(State.ACTIVE)).extracting(AlarmView::device).containsExactly("press-1");
    duty.heard("press-1");
    pass(1);
    assertThat(in(State.ACTIVE)).isEmpty();
    assertThat(in(State.CLEARED))
        .extracting(AlarmView::clearedBy)
        .containsExactlyInAnyOrder("ann", "gateway");
  }

  @Test
  void silenceThatSomebodyClearedIsRaisedAgainAlsoByTheNextProcess() throws Exception {
    intervals.put("press-1", "20s");
    register("press-1", true);
    supervise();
    pass(30);
    book.clear(in(State.ACTIVE).getFirst().id(), "ann", null);
    supervise();
    pass(21);
    assertThat(in(State.ACTIVE)).hasSize(1);
  }

  @Test
  void deviceThatIsHeardAfterSomebodyClearedItsAlarmHasNoOther() throws Exception {
    intervals.put("press-1", "20s");
    register("press-1", true);
    supervise();
    pass(30);
    book.clear(in(State.ACTIVE).getFirst().id(), "ann", null);
    duty.heard("press-1");
    pass(15);
    duty.heard("press-1");
    pass(15);
    assertThat(in(State.values())).hasSize(1);
  }

  private static Stop stop(StopScope scope, String key, long from, Long to) {
    return new Stop(1, scope, key, from, to, "overhaul", "ann");
  }

  private long nowMicros() {
    return TimeUnit.MILLISECONDS.toMicros(clock.millis());
  }

  @ParameterizedTest
  @CsvSource({"ALL, ''", "SECTOR, factory", "SITE, plant-a", "MODEL, cnc", "DEVICE, press-1"})
  void approvedStopStillsSupervisionAndGivesAWholeIntervalAfterIt(StopScope scope, String key)
      throws Exception {
    intervals.put("press-1", "20s");
    register("press-1", true);
    supervise();
    pass(30);
    assertThat(in(State.ACTIVE)).hasSize(1);
    stops.add(stop(scope, key, nowMicros(), nowMicros() + 60_000_000));
    pass(1);
    assertThat(in(State.ACTIVE)).isEmpty();
    pass(59 + 19);
    assertThat(in(State.values())).hasSize(1);
    pass(2);
    assertThat(in(State.ACTIVE)).hasSize(1);
  }

  @Test
  void stopOfOthersAndStopToComeStillNothing() throws Exception {
    intervals.put("press-1", "20s");
    register("press-1", true);
    stops.add(stop(StopScope.DEVICE, "press-2", nowMicros(), null));
    stops.add(stop(StopScope.ALL, "", nowMicros() + 3_600_000_000L, null));
    supervise();
    pass(21);
    assertThat(in(State.ACTIVE)).hasSize(1);
  }

  private void fire(String device, String site) {
    Cap cap = new Cap("Extreme", "Immediate", "Observed", "Actual");
    book.take(
        List.of(
            new Signal(Kind.DEVICE, device, "factory", site, "cnc", "fire", cap, false, 0, "fire")),
        "epoch",
        ++sequence);
  }

  @Test
  void openAlarmsGoWithTheDeviceThatMoves() throws Exception {
    register("press-1", true);
    supervise();
    fire("press-1", "plant-a");
    register("press-1", "plant-b", true);
    pass(1);
    assertThat(in(State.ACTIVE)).extracting(AlarmView::site).containsExactly("plant-b");
  }

  @Test
  void moveThatTheFormerProcessDidNotSeeThroughIsMadeGood() throws Exception {
    register("press-1", "plant-b", true);
    fire("press-1", "plant-a");
    fire("gone-1", "plant-a");
    supervise();
    pass(1);
    assertThat(in(State.ACTIVE)).extracting(AlarmView::site).containsExactly("plant-b");
  }

  @Test
  void allAlarmsOfADeviceThatIsRetiredOrRemovedAreOver() throws Exception {
    intervals.put("press-1", "20s");
    for (String id : List.of("press-1", "press-2", "press-3")) {
      register(id, true);
    }
    supervise();
    pass(30);
    for (String id : List.of("press-1", "press-2", "press-3")) {
      fire(id, "plant-a");
    }
    assertThat(in(State.ACTIVE)).hasSize(4);
    registry.directory().retire(new DeviceId("press-1"));
    registry.directory().remove(new DeviceId("press-2"));
    pass(1);
    assertThat(in(State.ACTIVE)).extracting(AlarmView::device).containsExactly("press-3");
    assertThat(in(State.CLEARED)).extracting(AlarmView::clearedBy).containsOnly("gateway");
    assertThat(OutboxRecords.of(book))
        .containsExactlyInAnyOrder(
            "supervision raised",
            "fire raised",
            "fire raised",
            "fire raised",
            "supervision cleared by gateway",
            "fire cleared by gateway",
            "fire cleared by gateway");
  }
}
