package io.sluice.engine.alarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.api.Cap;
import io.sluice.api.operator.AlarmService.AlarmView;
import io.sluice.api.operator.AlarmService.Filter;
import io.sluice.api.operator.AlarmService.Found;
import io.sluice.api.operator.AlarmService.Kind;
import io.sluice.api.operator.AlarmService.Sort;
import io.sluice.api.operator.AlarmService.State;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AlarmSearchTest {
  private static final List<State> ANY = List.of(State.values());
  private static final List<String> SEVERITIES =
      List.of("Unknown", "Minor", "Moderate", "Severe", "Extreme");

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

  private static Signal signal(
      Kind kind, String device, String site, String name, String severity) {
    Cap cap = new Cap(severity, "Immediate", "Observed", "Actual");
    return new Signal(
        kind, device, "emergency", site, "fire-panel", name, cap, false, 0, name + " is on");
  }

  /** 60 alarms, some alike in each column, three in the same instant; a third is acknowledged. */
  private void fill() {
    for (int i = 0; i < 60; i++) {
      String name = i % 7 == 0 ? "a\0b" : "alarm " + i % 11;
      Kind kind = i % 2 == 0 ? Kind.DEVICE : Kind.SUPERVISION;
      book.take(
          List.of(signal(kind, "d-" + i, "site-" + i % 4, name, SEVERITIES.get(i % 5))), "e", i);
      if (i % 3 == 0) {
        clock.forward(Duration.ofSeconds(1));
      }
    }
    for (AlarmView each : book.list(filter(ANY, null, Sort.RAISED, true, null, 1000))) {
      if (each.id() % 3 == 0) {
        book.acknowledge(each.id(), "ann", null);
      } else if (each.id() % 5 == 0) {
        book.clear(each.id(), "ann", null);
      }
    }
  }

  private static Filter filter(
      List<State> states,
      @Nullable String text,
      Sort sort,
      boolean isDescending,
      @Nullable String after,
      int limit) {
    return new Filter(
        states, List.of(), List.of(), null, null, null, text, sort, isDescending, after, limit);
  }

  private static Comparator<AlarmView> order(Sort sort) {
    return switch (sort) {
      case RAISED -> Comparator.comparingLong(AlarmView::raisedMicros);
      case SEVERITY -> Comparator.comparingInt(view -> SEVERITIES.indexOf(view.severity()));
      case STATE -> Comparator.comparing(AlarmView::state);
      case SITE -> Comparator.comparing(AlarmView::site);
      case DEVICE -> Comparator.comparing(AlarmView::device);
      case NAME -> Comparator.comparing(AlarmView::name);
    };
  }

  @ParameterizedTest
  @CsvSource({
    "RAISED, true", "RAISED, false", "SEVERITY, true", "SEVERITY, false", "STATE, false",
    "SITE, false", "SITE, true", "DEVICE, false", "NAME, false", "NAME, true"
  })
  void pagesTogetherAreTheWholeBookInOrder(Sort sort, boolean isDescending) {
    fill();
    List<AlarmView> paged = new ArrayList<>();
    String after = null;
    do {
      Found page = book.find(filter(ANY, null, sort, isDescending, after, 7));
      assertThat(page.total()).isEqualTo(60);
      paged.addAll(page.alarms());
      after = page.next();
    } while (after != null);
    Comparator<AlarmView> by = isDescending ? order(sort).reversed() : order(sort);
    Comparator<AlarmView> newest =
        Comparator.comparingLong(AlarmView::raisedMicros).thenComparingLong(AlarmView::id);
    Comparator<AlarmView> whole =
        by.thenComparing(sort == Sort.RAISED && !isDescending ? newest : newest.reversed());
    assertThat(paged).hasSize(60).doesNotHaveDuplicates().isSortedAccordingTo(whole);
  }

  @Test
  void alarmRaisedBetweenTwoPagesNeitherRepeatsNorHidesOne() {
    fill();
    Found first = book.find(filter(ANY, null, Sort.RAISED, true, null, 10));
    clock.forward(Duration.ofSeconds(1));
    book.take(List.of(signal(Kind.DEVICE, "late", "site-1", "late", "Extreme")), "e", 100);
    Found second = book.find(filter(ANY, null, Sort.RAISED, true, first.next(), 10));
    List<AlarmView> whole = book.list(filter(ANY, null, Sort.RAISED, true, null, 21));
    assertThat(whole.getFirst().device()).isEqualTo("late");
    assertThat(whole.subList(1, 11)).isEqualTo(first.alarms());
    assertThat(whole.subList(11, 21)).isEqualTo(second.alarms());
  }

  @Test
  void lastPageThatIsFullHasNoNext() {
    fill();
    assertThat(book.find(filter(ANY, null, Sort.NAME, false, null, 60)).next()).isNull();
    assertThat(book.find(filter(ANY, null, Sort.NAME, false, null, 59)).next()).isNotNull();
  }

  @Test
  void totalsAreOfAllPagesAndBySeverity() {
    fill();
    Filter grave =
        new Filter(
            List.of(State.ACTIVE, State.ACKNOWLEDGED),
            List.of("Extreme", "Severe"),
            List.of(Kind.DEVICE),
            "emergency",
            "site-0",
            null,
            null,
            Sort.SEVERITY,
            true,
            null,
            1);
    Found found = book.find(grave);
    List<AlarmView> matching =
        book.list(filter(ANY, null, Sort.RAISED, true, null, 1000)).stream()
            .filter(view -> view.state() != State.CLEARED && view.kind() == Kind.DEVICE)
            .filter(view -> view.site().equals("site-0"))
            .filter(view -> SEVERITIES.indexOf(view.severity()) > 2)
            .toList();
    assertThat(matching).hasSizeGreaterThan(1);
    assertThat(found.total()).isEqualTo(matching.size());
    assertThat(found.severities()).containsOnlyKeys("Extreme", "Severe");
    assertThat(found.severities().values().stream().mapToLong(Long::longValue).sum())
        .isEqualTo(matching.size());
    assertThat(found.alarms())
        .hasSize(1)
        .first()
        .extracting(AlarmView::severity)
        .isEqualTo("Extreme");
  }

  @Test
  void textIsLookedForAsItStands() {
    book.take(
        List.of(
            signal(Kind.DEVICE, "panel_1", "北京", "100% full", "Minor"),
            signal(Kind.DEVICE, "panelX1", "depot", "100 full", "Minor"),
            signal(Kind.DEVICE, "c\\d", "depot", "Smoke", "Minor")),
        "e",
        0);
    Map<String, String> devices =
        Map.of(
            "100%", "panel_1", "panel_", "panel_1", "SMOKE", "c\\d", "\\", "c\\d", "北京", "panel_1");
    devices.forEach((text, device) ->
        assertThat(book.list(filter(ANY, text, Sort.RAISED, true, null, 10)))
            .as(text)
            .extracting(AlarmView::device)
            .containsExactly(device));
    assertThat(book.list(filter(ANY, "' OR 1=1 --", Sort.RAISED, true, null, 10))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"###", "abc", "cmFpc2VkLQAx", "''"})
  void forgedCursorIsRefused(String cursor) {
    assertThatThrownBy(() -> book.find(filter(ANY, null, Sort.RAISED, true, cursor, 10)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void cursorOfAnotherOrderIsRefused() {
    fill();
    String next = book.find(filter(ANY, null, Sort.RAISED, true, null, 10)).next();
    assertThatThrownBy(() -> book.find(filter(ANY, null, Sort.RAISED, false, next, 10)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> book.find(filter(ANY, null, Sort.SITE, true, next, 10)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void bookOfTheFirstSchemaKeepsItsAlarms() throws Exception {
    fill();
    List<AlarmView> before = book.list(filter(ANY, null, Sort.RAISED, true, null, 1000));
    book.close();
    FormerBook.make(data);
    open();
    assertThat(book.list(filter(ANY, null, Sort.RAISED, true, null, 1000))).isEqualTo(before);
  }
}
