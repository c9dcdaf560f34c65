package io.sluice.engine.alarm;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.Cap;
import io.sluice.api.operator.AlarmService.AlarmView;
import io.sluice.api.operator.AlarmService.Filter;
import io.sluice.api.operator.AlarmService.Kind;
import io.sluice.api.operator.AlarmService.State;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which alarms stay in the book where there is no room for all. */
class AlarmBoundsTest {
  private static final int MOST = AlarmTransitions.OPEN_PER_DEVICE;

  @TempDir Path data;

  private AlarmBook book;
  private long sequence;

  @AfterEach
  void close() {
    book.close();
  }

  private void open(int keepMost) throws Exception {
    AlarmSettings all = AlarmSettings.DEFAULTS;
    book =
        AlarmBook.open(
            data,
            new AlarmSettings(
                all.keep(),
                keepMost,
                all.supervision(),
                all.escalateExtreme(),
                all.escalateSevere(),
                all.escalateModerate(),
                all.escalateMinor(),
                null,
                all.webhookKeep(),
                null,
                null,
                null),
            "edge-01",
            new SteppedClock());
  }

  private void raise(String device, String name, String severity, String status) {
    signal(device, name, severity, status, false);
  }

  private void signal(String device, String name, String severity, String status, boolean isOver) {
    Cap cap = new Cap(severity, "Immediate", "Observed", status);
    book.take(
        List.of(
            new Signal(
                Kind.DEVICE, device, "emergency", "depot", "panel", name, cap, isOver, 0, name)),
        "epoch",
        ++sequence);
  }

  private void fill(String severity) {
    for (int i = 0; i < MOST; i++) {
      raise("panel-1", severity + " " + i, severity, "Actual");
    }
  }

  private List<AlarmView> in(State... states) {
    return book.list(new Filter(List.of(states), null, null, null, 1000));
  }

  private List<String> names(State... states) {
    return in(states).stream().map(AlarmView::name).toList();
  }

  private long id(String name) {
    return in(State.ACTIVE).stream()
        .filter(alarm -> alarm.name().equals(name))
        .findFirst()
        .orElseThrow()
        .id();
  }

  @Test
  void fireOfAPanelFullOfTriflesTakesThePlaceOfTheNewestOfThem() throws Exception {
    open(100_000);
    fill("Minor");
    raise("panel-1", "FIRE", "Extreme", "Actual");
    assertThat(names(State.ACTIVE))
        .hasSize(MOST)
        .contains("FIRE", "Minor 0")
        .doesNotContain("Minor 99");
    AlarmView left = in(State.CLEARED).getFirst();
    assertThat(left.name()).isEqualTo("Minor 99");
    assertThat(left.clearedBy()).isEqualTo("gateway");
    assertThat(left.note()).contains("made room for a graver one", "100 open alarms");
    assertThat(book.counts().active()).isEqualTo(MOST);
    assertThat(book.figures().leftOut()).isEqualTo(Map.of("device", 1L, "book", 0L, "outbox", 0L));
  }

  @Test
  void newcomerThatIsNoGraverIsLeftOutAndCounted() throws Exception {
    open(100_000);
    fill("Severe");
    raise("panel-1", "late", "Severe", "Actual");
    raise("panel-1", "drill", "Extreme", "Exercise");
    assertThat(names(State.ACTIVE)).hasSize(MOST).doesNotContain("late", "drill");
    assertThat(in(State.CLEARED)).isEmpty();
    assertThat(book.figures().leftOut()).containsEntry("device", 2L);
    raise("panel-2", "other", "Minor", "Actual");
    assertThat(names(State.ACTIVE)).contains("other");
  }

  @Test
  void whatSomebodyHasSeenGivesWayToWhatNobodyHas() throws Exception {
    open(100_000);
    fill("Severe");
    book.acknowledge(id("Severe 3"), "ann", "crew is out");
    raise("panel-1", "late", "Severe", "Actual");
    assertThat(names(State.ACTIVE)).contains("late");
    assertThat(in(State.CLEARED).getFirst().name()).isEqualTo("Severe 3");
    assertThat(in(State.CLEARED).getFirst().note()).startsWith("crew is out; made room");
  }

  @Test
  void drillGivesWayToWhatIsActual() throws Exception {
    open(100_000);
    raise("panel-1", "drill", "Extreme", "Exercise");
    for (int i = 1; i < MOST; i++) {
      raise("panel-1", "Severe " + i, "Severe", "Actual");
    }
    raise("panel-1", "trifle", "Minor", "Actual");
    assertThat(names(State.CLEARED)).containsExactly("drill");
    assertThat(names(State.ACTIVE)).contains("trifle");
  }

  @Test
  void allClearOfWhatWasLeftOutEndsNothingElse() throws Exception {
    open(100_000);
    fill("Minor");
    raise("panel-1", "FIRE", "Extreme", "Actual");
    signal("panel-1", "Minor 99", "Minor", "Actual", true);
    assertThat(names(State.ACTIVE)).hasSize(MOST).contains("FIRE");
  }

  @Test
  void fullBookKeepsTheGravestOfAllDevices() throws Exception {
    open(5);
    for (int i = 0; i < 5; i++) {
      raise("pump-" + i, "leak " + i, i == 2 ? "Minor" : "Severe", "Actual");
    }
    raise("panel-1", "FIRE", "Extreme", "Actual");
    raise("panel-2", "dust", "Minor", "Actual");
    assertThat(names(State.ACTIVE))
        .containsExactlyInAnyOrder("FIRE", "leak 0", "leak 1", "leak 3", "leak 4");
    assertThat(book.figures().leftOut()).containsEntry("book", 2L);
    book.report(
        List.of(
            new Signal(
                Kind.GATEWAY,
                "",
                "",
                "",
                "",
                "alarm lane full",
                new Cap("Extreme", "Immediate", "Observed", "Actual"),
                false,
                0,
                "full")));
    assertThat(names(State.ACTIVE)).contains("alarm lane full").hasSize(5);
  }
}
