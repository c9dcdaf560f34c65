package io.sluice.admin;

import io.sluice.api.Following;
import io.sluice.api.operator.AlarmService;
import io.sluice.api.store.StoreUnavailableException;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A book with one alarm, number 7, active; its disk is full for number {@value #DISK_FULL}. */
final class FixedAlarms implements AlarmService {
  static final long DISK_FULL = 99;

  /** A cursor that no page has given. */
  static final String PAST_THE_END = "forged";

  /** What was asked for last. */
  volatile @Nullable Filter asked;

  private static AlarmView alarm(State state, @Nullable String by, @Nullable String note) {
    Long micros = by == null ? null : 2L;
    boolean isSeen = state == State.ACKNOWLEDGED;
    boolean isOver = state == State.CLEARED;
    return new AlarmView(
        7,
        "panel-1",
        "emergency",
        "depot",
        "fire-panel",
        Kind.SUPERVISION,
        "supervision",
        "",
        "Moderate",
        "Expected",
        "Observed",
        "Actual",
        state,
        1,
        isSeen ? micros : null,
        isSeen ? by : null,
        isOver ? micros : null,
        isOver ? by : null,
        null,
        null,
        null,
        "nothing heard",
        note);
  }

  @Override
  public Found find(Filter filter) {
    asked = filter;
    if (PAST_THE_END.equals(filter.after())) {
      throw new IllegalArgumentException("after is not of a page in this order");
    }
    return filter.states().contains(State.ACTIVE)
        ? new Found(List.of(alarm(State.ACTIVE, null, null)), "more", 2, Map.of("Moderate", 2L))
        : new Found(List.of(), null, 0, Map.of());
  }

  @Override
  public @Nullable AlarmView get(long id) {
    if (id == DISK_FULL) {
      throw new StoreUnavailableException("alarms.db: the disk is full; free some space on it");
    }
    return id == 7 ? alarm(State.ACTIVE, null, null) : null;
  }

  @Override
  public @Nullable AlarmView acknowledge(long id, String by, @Nullable String note) {
    return id == 7 ? alarm(State.ACKNOWLEDGED, by, note) : null;
  }

  @Override
  public @Nullable AlarmView clear(long id, String by, @Nullable String note) {
    return id == 7 ? alarm(State.CLEARED, by, note) : null;
  }

  @Override
  public Figures figures() {
    return new Figures(
        Map.of("device", 3L, "book", 1L, "outbox", 0L),
        2,
        Map.of("delivered", 5L, "refused", 4L, "given-up", 0L));
  }

  @Override
  public Counts counts() {
    return new Counts(1, 0);
  }

  @Override
  public Map<String, Long> severities() {
    return Map.of("Extreme", 1L, "Minor", 0L);
  }

  @Override
  public Following follow(Consumer<Counts> listener) {
    return () -> {};
  }
}
