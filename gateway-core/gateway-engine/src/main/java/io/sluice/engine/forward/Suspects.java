package io.sluice.engine.forward;

import io.sluice.api.Lane;
import io.sluice.api.PerLane;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Records that are held back so that others go on: those for which the far end seems to end the
 * connection or says no, and those whose destination is not there. Decides when each is tried again
 * and when it has failed often enough.
 *
 * <p>A failure counts only where others were confirmed since the one before, or many since the
 * first: a far end that takes nothing refuses nothing. A record that was blamed and is then
 * confirmed shows that the line was at fault, and all that was held against others by it is
 * forgotten. Bounded: what is beyond {@link #CASES_MAX} is sent as any other record. Owned by the
 * Forwarder's thread.
 */
final class Suspects {
  static final int CASES_MAX = 10_000;

  /** Failures after which a record is given up. */
  private static final int STRIKES = 5;

  /** The same where others were given up before it, and none of them was taken since. */
  private static final int STRIKES_KNOWN = 2;

  /**
   * Records of one destination that failed in a row, after which the destination counts as shut;
   * and those given up in a row, after which all others held of it are.
   */
  private static final int IN_A_ROW_SHUT = 3;

  /** Where so many others were confirmed since the first failure, none need be between two. */
  private static final int CONFIRMED_ENOUGH = 5;

  private static final int DESTINATIONS_MAX = 1_000;
  private static final int NAMES_MAX = 20;
  private static final long KNOWN_NANOS = TimeUnit.MINUTES.toNanos(10);

  private final long shortestNanos;
  private final long longestNanos;
  private final PerLane<TreeMap<Long, Case>> cases = PerLane.of(lane -> new TreeMap<>());
  private final Map<String, Shut> shut = new LinkedHashMap<>();
  private final Map<String, Integer> blames = new HashMap<>();
  private final Map<String, Integer> convictions = new HashMap<>();
  private int size;
  private int convictedInARow;
  private long confirmedAtConviction = -1;
  private long lastNanos;
  private boolean isLineAtFault;

  /** A record that is held back. */
  static final class Case {
    final Lane lane;
    final long sequence;
    final String destination;
    String cause;
    int strikes;

    /**
     * Whether the connection ended with it: it is tried alone, so that nothing else is to blame.
     */
    boolean isAlone;

    private long confirmedAtFirst = -1;
    private long confirmedAtStrike;
    private long holdNanos;
    private long notBeforeNanos;

    private Case(Lane lane, long sequence, String destination, String cause) {
      this.lane = lane;
      this.sequence = sequence;
      this.destination = destination;
      this.cause = cause;
    }
  }

  /** A destination that takes nothing: tried now and then with one of its records. */
  private static final class Shut {
    final boolean isAbsent;
    String cause;
    long waitNanos;
    long notBeforeNanos;
    long triedNanos;

    Shut(boolean isAbsent, String cause, long waitNanos, long nowNanos) {
      this.isAbsent = isAbsent;
      this.cause = cause;
      this.waitNanos = waitNanos;
      this.triedNanos = nowNanos;
      this.notBeforeNanos = nowNanos + waitNanos;
    }
  }

  /**
   * @param shortestNanos unit of the waits between two tries
   * @param longestNanos bound of each
   */
  Suspects(long shortestNanos, long longestNanos) {
    this.shortestNanos = shortestNanos;
    this.longestNanos = longestNanos;
  }

  /** Whether there is nothing to look at: no record is held, no destination is known to fail. */
  boolean isIdle() {
    return size == 0 && blames.isEmpty();
  }

  /** Records held. */
  int size() {
    return size;
  }

  @Nullable Case of(Lane lane, long sequence) {
    return size == 0 ? null : cases.get(lane).get(sequence);
  }

  /**
   * Whether a record that was just read is to be held back: it was before, or its destination is.
   */
  boolean holds(Lane lane, long sequence, Supplier<String> destination) {
    if (of(lane, sequence) != null) {
      return true;
    }
    Shut closed = shut.isEmpty() ? null : shut.get(destination.get());
    return closed != null && add(lane, sequence, destination.get(), closed.cause) != null;
  }

  private @Nullable Case add(Lane lane, long sequence, String destination, String cause) {
    if (size >= CASES_MAX) {
      return null;
    }
    Case added = new Case(lane, sequence, destination, cause);
    added.confirmedAtStrike = convictions.containsKey(destination) ? confirmedAtConviction : -1;
    cases.get(lane).put(sequence, added);
    size++;
    return added;
  }

  /**
   * A record was not taken.
   *
   * @param isAlone whether the connection ended with it
   * @param confirmed how many records were ever confirmed: whether any was since the last time
   * @return the record's case where it has failed often enough, and is now to be refused
   */
  @Nullable Case strike(
      Lane lane,
      long sequence,
      String destination,
      String cause,
      boolean isAlone,
      long confirmed,
      long nowNanos) {
    Case struck = of(lane, sequence);
    lastNanos = nowNanos;
    if (struck == null) {
      blame(destination, cause, nowNanos);
      struck = add(lane, sequence, destination, cause);
    }
    if (struck == null) {
      return null;
    }
    if (struck.confirmedAtFirst < 0) {
      struck.confirmedAtFirst = confirmed;
    }
    struck.cause = cause;
    struck.isAlone = isAlone;
    struck.holdNanos =
        Math.clamp(struck.holdNanos * 2, Math.min(2 * shortestNanos, longestNanos), longestNanos);
    struck.notBeforeNanos = nowNanos + struck.holdNanos;
    if (confirmed > struck.confirmedAtStrike
        || confirmed - struck.confirmedAtFirst >= CONFIRMED_ENOUGH) {
      struck.strikes++;
    }
    struck.confirmedAtStrike = confirmed;
    return struck.strikes >= needed(struck) ? struck : null;
  }

  /** One more record of a destination failed, and none was confirmed since the first. */
  private void blame(String destination, String cause, long nowNanos) {
    if (blames.size() >= DESTINATIONS_MAX) {
      blames.clear();
      convictions.clear();
    }
    int count = blames.merge(destination, 1, Integer::sum);
    if (count >= IN_A_ROW_SHUT && shut.size() < DESTINATIONS_MAX) {
      shut.computeIfAbsent(
          destination, name -> new Shut(false, cause, 5 * shortestNanos, nowNanos));
    }
  }

  private int needed(Case of) {
    int before = convictions.getOrDefault(of.destination, 0);
    if (before >= IN_A_ROW_SHUT) {
      return 1;
    }
    return before > 0 || convictedInARow >= IN_A_ROW_SHUT ? STRIKES_KNOWN : STRIKES;
  }

  /**
   * A record that has failed often enough was set aside.
   *
   * @return others to be set aside for the same cause: those held of a destination of which too
   *     many failed in a row
   */
  List<Case> convicted(Case done, long confirmed, long nowNanos) {
    forget(done);
    convictedInARow++;
    isLineAtFault = false;
    confirmedAtConviction = confirmed;
    int count = convictions.merge(done.destination, 1, Integer::sum);
    if (count < IN_A_ROW_SHUT) {
      return List.of();
    }
    Shut closed = shut.get(done.destination);
    if (closed != null) {
      closed.waitNanos = Math.min(closed.waitNanos * 2, Math.max(1, longestNanos / 3));
      closed.notBeforeNanos = nowNanos + closed.waitNanos;
    }
    List<Case> like = new ArrayList<>();
    cases.forEach(lane ->
        lane.values().stream()
            .filter(held -> held.destination.equals(done.destination))
            .forEach(like::add));
    return like;
  }

  /** A record's destination is not there: this and all others of it wait. */
  void missDestination(Lane lane, long sequence, String destination, String cause, long nowNanos) {
    long wait = Math.min(longestNanos, 25 * shortestNanos);
    lastNanos = nowNanos;
    blames.putIfAbsent(destination, 0);
    Shut closed = shut.get(destination);
    if (closed == null) {
      if (shut.size() < DESTINATIONS_MAX) {
        shut.put(destination, new Shut(true, cause, wait, nowNanos));
      }
    } else {
      closed.cause = cause;
      closed.notBeforeNanos = nowNanos + wait;
    }
    if (of(lane, sequence) == null) {
      add(lane, sequence, destination, cause);
    }
  }

  /**
   * A record was confirmed.
   *
   * @return whether others are free again by it
   */
  boolean confirmed(Lane lane, long sequence, Supplier<String> destination) {
    Case cleared = of(lane, sequence);
    boolean frees = false;
    if (!blames.isEmpty()) {
      String of = destination.get();
      if (blames.remove(of) != null) {
        convictions.remove(of);
        frees = shut.remove(of) != null && release(of);
      }
    }
    if (cleared != null) {
      if (cleared.strikes > 0) {
        acquit(cleared.isAlone);
      }
      forget(cleared);
    }
    return frees;
  }

  /** The line was at fault, or the far end as a whole, and not the records. */
  private void acquit(boolean isAlone) {
    convictedInARow = 0;
    isLineAtFault |= isAlone;
    for (TreeMap<Long, Case> lane : cases) {
      for (Case other : lane.values()) {
        if (other.isAlone == isAlone) {
          other.strikes = 0;
          other.notBeforeNanos = isAlone ? other.notBeforeNanos : Long.MIN_VALUE;
        }
      }
    }
  }

  /** What was known of destinations that nothing is sent to any more is forgotten in time. */
  void age(long nowNanos) {
    if (size == 0 && !blames.isEmpty() && nowNanos - lastNanos > KNOWN_NANOS) {
      blames.clear();
      convictions.clear();
      shut.clear();
      convictedInARow = 0;
    }
  }

  private boolean release(String destination) {
    boolean any = false;
    for (TreeMap<Long, Case> lane : cases) {
      int before = lane.size();
      lane.values().removeIf(held -> held.destination.equals(destination));
      size -= before - lane.size();
      any |= before > lane.size();
    }
    return any;
  }

  void forget(Case done) {
    if (cases.get(done.lane).remove(done.sequence) != null) {
      size--;
    }
  }

  /** Nothing is left to be sent: what was held is gone. */
  void forgetAll() {
    if (size > 0) {
      cases.forEach(TreeMap::clear);
      size = 0;
    }
  }

  /** Whether a held record may be tried again. */
  boolean isDue(Case held, long nowNanos) {
    Shut closed = shut.get(held.destination);
    if (closed != null) {
      return nowNanos - closed.notBeforeNanos >= 0;
    }
    return held.notBeforeNanos == Long.MIN_VALUE || nowNanos - held.notBeforeNanos >= 0;
  }

  /** A held record is tried: others of a destination that is shut wait for what comes of it. */
  void tried(Case held, long nowNanos) {
    Shut closed = shut.get(held.destination);
    if (closed != null) {
      closed.triedNanos = nowNanos;
      closed.notBeforeNanos = nowNanos + Math.max(closed.waitNanos, shortestNanos);
    }
  }

  /** It could not be tried now. */
  void postpone(Case held, long nowNanos) {
    held.notBeforeNanos = nowNanos + Math.max(held.holdNanos, shortestNanos);
  }

  /** No more can be held: destinations that refuse all are tried as soon as may be. */
  void hurry() {
    for (Shut closed : shut.values()) {
      if (!closed.isAbsent) {
        closed.notBeforeNanos = Math.min(closed.notBeforeNanos, closed.triedNanos + shortestNanos);
      }
    }
  }

  /** Whether connections end without a record being to blame. */
  boolean isLineAtFault() {
    return isLineAtFault;
  }

  /** Names of destinations that are not there, the first of them. */
  List<String> absent() {
    return shut.entrySet().stream()
        .filter(entry -> entry.getValue().isAbsent)
        .limit(NAMES_MAX)
        .map(Map.Entry::getKey)
        .toList();
  }

  /** For the operator; null where nothing is held. */
  @Nullable String detail() {
    if (size == 0) {
      return null;
    }
    for (Shut closed : shut.values()) {
      if (closed.isAbsent) {
        return closed.cause + "; " + size + " records wait, the others go on";
      }
    }
    String cause =
        cases.stream()
            .map(TreeMap::values)
            .flatMap(Collection::stream)
            .findFirst()
            .map(held -> held.cause)
            .orElse("");
    return size + " records are held back and tried apart, the others go on: " + cause;
  }
}
