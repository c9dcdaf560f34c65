package io.sluice.engine.coverage;

import io.sluice.api.operator.CoverageService.Change;
import io.sluice.api.operator.CoverageService.ChangeFilter;
import io.sluice.api.operator.CoverageService.Changes;
import io.sluice.api.operator.CoverageService.What;
import io.sluice.engine.coverage.slot.Calendar;
import io.sluice.engine.coverage.slot.GroupKey;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What became of devices lately. Of each kind {@value #EACH_MAX} are kept, so that many
 * registrations drive no loss out; older ones go, and are counted. Not thread-safe.
 */
final class ChangeLog {
  static final int EACH_MAX = 1_000;
  static final long KEPT_MICROS = Calendar.DAY_MICROS;

  private final Map<What, ArrayDeque<Change>> newestFirst = new EnumMap<>(What.class);

  /**
   * Of each kind the newest that is not kept any more; it stays on disk, to be told after a
   * restart.
   */
  private final Map<What, Change> gone = new EnumMap<>(What.class);

  private final List<Change> unsaved = new ArrayList<>();
  private long nextId = 1;

  ChangeLog() {
    for (What what : What.values()) {
      newestFirst.put(what, new ArrayDeque<>());
    }
  }

  void add(long at, String device, GroupKey group, What what) {
    Change change =
        new Change(nextId++, at, device, group.sector(), group.site(), group.model(), what);
    keep(change);
    unsaved.add(change);
    if (unsaved.size() > What.values().length * EACH_MAX) {
      unsaved.removeFirst(); // it is among those that are gone
    }
  }

  /** Takes over one that was saved; they come in the order of their ids. */
  void restore(Change saved) {
    keep(saved);
    nextId = Math.max(nextId, saved.id() + 1);
  }

  private void keep(Change change) {
    ArrayDeque<Change> kept = of(change.what());
    kept.addFirst(change);
    if (kept.size() > EACH_MAX) {
      gone.put(change.what(), kept.removeLast());
    }
  }

  private ArrayDeque<Change> of(What what) {
    return newestFirst.computeIfAbsent(what, key -> new ArrayDeque<>());
  }

  /** Newest first. */
  Changes find(ChangeFilter filter, long sinceMicros) {
    Map<What, Long> counts = new EnumMap<>(What.class);
    List<Change> found = new ArrayList<>();
    boolean isCut = false;
    for (What what : What.values()) {
      List<Change> in = of(what).stream().filter(change -> change.at() >= sinceMicros).toList();
      if (!in.isEmpty()) {
        counts.put(what, (long) in.size());
      }
      Change left = gone.get(what);
      isCut |= left != null && left.at() >= sinceMicros;
      if (filter.takes(what)) {
        in.stream().filter(change -> change.id() < filter.before()).forEach(found::add);
      }
    }
    found.sort(Comparator.comparingLong(Change::id).reversed());
    return new Changes(
        List.copyOf(found.subList(0, Math.min(filter.limit(), found.size()))), counts, isCut);
  }

  /** What is to be saved, oldest first. */
  List<Change> unsaved() {
    return List.copyOf(unsaved);
  }

  /** The oldest id of a kind that is to stay on disk. */
  long oldest(What what) {
    Change left = gone.get(what);
    return left == null ? 0 : left.id();
  }

  void saved() {
    unsaved.clear();
  }

  /** Nothing is saved any more. */
  void forgetSaved() {
    unsaved.clear();
    newestFirst.values().forEach(unsaved::addAll);
    unsaved.sort(Comparator.comparingLong(Change::id));
  }
}
