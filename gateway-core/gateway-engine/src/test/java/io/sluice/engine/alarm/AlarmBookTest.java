package io.sluice.engine.alarm;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.Cap;
import io.sluice.api.Following;
import io.sluice.api.operator.AlarmService.AlarmView;
import io.sluice.api.operator.AlarmService.Counts;
import io.sluice.api.operator.AlarmService.Filter;
import io.sluice.api.operator.AlarmService.Kind;
import io.sluice.api.operator.AlarmService.State;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AlarmBookTest {
  private static final Filter ALL = new Filter(List.of(State.values()), null, null, null, 1000);

  @TempDir Path data;

  private final SteppedClock clock = new SteppedClock();
  private AlarmBook book;

  @BeforeEach
  void open() throws Exception {
    book = AlarmBook.open(data, AlarmSettings.DEFAULTS, "edge-01", clock);
  }

  @AfterEach
  void close() {
    book.close();
  }

  private static Signal signal(String name, String severity, boolean isOver, long observed) {
    return with("Actual", name, severity, isOver, observed);
  }

  private static Signal with(
      String status, String name, String severity, boolean isOver, long observed) {
    Cap cap = new Cap(severity, "Immediate", "Observed", status);
    return new Signal(
        Kind.DEVICE,
        "gas-1",
        "emergency",
        "depot",
        "gas-detector",
        name,
        cap,
        isOver,
        observed,
        "sos true");
  }

  private AlarmView only() {
    assertThat(book.list(ALL)).hasSize(1);
    return book.list(ALL).getFirst();
  }

  private void take(long sequence, Signal... signals) {
    book.take(List.of(signals), "epoch", sequence);
  }

  @Test
  void lifeGoesFromActiveOverAcknowledgedToCleared() {
    take(0, signal("sos", "Extreme", false, 0));
    assertThat(only().state()).isEqualTo(State.ACTIVE);
    assertThat(book.counts()).isEqualTo(new Counts(1, 0));
    assertThat(book.severities())
        .hasSize(5)
        .containsEntry("Extreme", 1L)
        .containsEntry("Minor", 0L);

    clock.forward(Duration.ofSeconds(5));
    AlarmView seen = book.acknowledge(only().id(), "ann", "on my way");
    assertThat(seen.state()).isEqualTo(State.ACKNOWLEDGED);
    assertThat(seen.acknowledgedBy()).isEqualTo("ann");
    assertThat(seen.acknowledgedMicros()).isEqualTo(seen.raisedMicros() + 5_000_000);
    assertThat(book.acknowledge(seen.id(), "bob", null).acknowledgedBy()).isEqualTo("ann");

    take(1, signal("sos", "Extreme", true, 0));
    assertThat(only().state()).isEqualTo(State.CLEARED);
    assertThat(only().clearedBy()).isEqualTo("device");
    assertThat(only().note()).isEqualTo("on my way");
    assertThat(book.counts()).isEqualTo(new Counts(0, 0));
    assertThat(book.severities()).containsEntry("Extreme", 0L);
  }

  @Test
  void repeatedAlarmIsOneAlarm() {
    take(0, signal("sos", "Extreme", false, 50), signal("sos", "Extreme", false, 50));
    take(1, signal("sos", "Extreme", false, 51));
    assertThat(only().state()).isEqualTo(State.ACTIVE);
  }

  @Test
  void retryThatComesAfterTheClearingOpensNothing() {
    take(0, signal("sos", "Extreme", false, 50));
    book.clear(only().id(), "ann", null);
    take(1, signal("sos", "Extreme", false, 50));
    assertThat(only().clearedBy()).isEqualTo("ann");
    take(2, signal("sos", "Extreme", false, 60));
    assertThat(book.list(ALL)).hasSize(2);
  }

  @Test
  void clearingOfWhatIsNotOpenRaisesNothing() {
    take(0, signal("sos", "Extreme", true, 0));
    assertThat(book.list(ALL)).isEmpty();
  }

  @Test
  void graverAlarmWantsToBeSeenAgain() {
    take(0, signal("gas", "Moderate", false, 0));
    book.acknowledge(only().id(), "ann", null);
    take(1, signal("gas", "Moderate", false, 0));
    assertThat(only().state()).isEqualTo(State.ACKNOWLEDGED);
    take(2, signal("gas", "Severe", false, 0));
    assertThat(only().state()).isEqualTo(State.ACTIVE);
    assertThat(only().acknowledgedBy()).isNull();
  }

  @Test
  void drillNeitherChangesNorEndsAnActualAlarm() {
    take(0, signal("sos", "Severe", false, 0));
    take(1, with("Exercise", "sos", "Extreme", false, 0));
    take(2, with("Test", "sos", "Severe", true, 0));
    assertThat(only().state()).isEqualTo(State.ACTIVE);
    assertThat(only().status()).isEqualTo("Actual");
    assertThat(only().severity()).isEqualTo("Severe");
  }

  @Test
  void drillIsFlaggedAndAnActualAlarmTakesItsPlace() {
    take(0, with("Exercise", "sos", "Extreme", false, 0));
    assertThat(only().status()).isEqualTo("Exercise");
    book.acknowledge(only().id(), "ann", null);
    take(1, signal("sos", "Extreme", false, 0));
    assertThat(only().status()).isEqualTo("Actual");
    assertThat(only().state()).isEqualTo(State.ACTIVE);
  }

  @Test
  void unacknowledgedAlarmIsEscalatedOnce() {
    take(0, signal("sos", "Extreme", false, 0), signal("tamper", "Minor", false, 0));
    clock.forward(Duration.ofSeconds(119));
    assertThat(book.escalate()).isEmpty();
    clock.forward(Duration.ofSeconds(1));
    assertThat(book.escalate()).extracting(AlarmView::name).containsExactly("sos");
    clock.forward(Duration.ofDays(1));
    assertThat(book.escalate()).isEmpty();
  }

  @Test
  void acknowledgedAlarmIsNotEscalated() {
    take(0, signal("sos", "Extreme", false, 0));
    book.acknowledge(only().id(), "ann", null);
    clock.forward(Duration.ofDays(1));
    assertThat(book.escalate()).isEmpty();
  }

  @Test
  void bookIsThereAfterReopening() throws Exception {
    take(41, signal("sos", "Extreme", false, 0));
    AlarmView before = only();
    book.close();
    open();
    assertThat(only()).isEqualTo(before);
    assertThat(book.counts()).isEqualTo(new Counts(1, 0));
    assertThat(book.takenUpTo("epoch")).isEqualTo(41);
    assertThat(book.takenUpTo("another")).isEqualTo(-1);
  }

  @Test
  void clearedAlarmIsDeletedAfterItsTimeAndAnOpenOneIsNot() {
    take(0, signal("sos", "Extreme", false, 0), signal("gas", "Severe", false, 0));
    take(1, signal("gas", "Severe", true, 0));
    clock.forward(Duration.ofDays(91));
    book.prune();
    assertThat(only().name()).isEqualTo("sos");
  }

  @Test
  void openAlarmsOfOneDeviceAreBounded() {
    for (int i = 0; i < 150; i++) {
      take(i, signal("alarm " + i, "Minor", false, 0));
    }
    assertThat(book.list(ALL)).hasSize(AlarmTransitions.OPEN_PER_DEVICE);
  }

  @Test
  void listIsFilteredNewestFirst() {
    take(0, signal("sos", "Extreme", false, 0), signal("gas", "Severe", false, 0));
    assertThat(book.list(ALL)).extracting(AlarmView::name).containsExactly("gas", "sos");
    assertThat(book.list(new Filter(List.of(State.CLEARED), null, null, null, 10))).isEmpty();
    assertThat(book.list(new Filter(List.of(State.ACTIVE), "emergency", "depot", "gas-1", 1)))
        .hasSize(1);
    assertThat(book.list(new Filter(List.of(State.ACTIVE), "farm", null, null, 10))).isEmpty();
  }

  @Test
  void followersAreToldOfEachChange() {
    List<Counts> told = new CopyOnWriteArrayList<>();
    Following following = book.follow(told::add);
    take(0, signal("sos", "Extreme", false, 0));
    take(1, signal("sos", "Extreme", false, 0));
    book.acknowledge(only().id(), "ann", null);
    following.close();
    take(2, signal("sos", "Extreme", true, 0));
    assertThat(told).containsExactly(new Counts(1, 0), new Counts(0, 1));
  }
}
