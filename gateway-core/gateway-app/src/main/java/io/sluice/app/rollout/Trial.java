package io.sluice.app.rollout;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Looks whether all comes back after a change: readiness, the uplinks, and the rate at which
 * messages are accepted. What was wrong before the change counts for nothing. Not thread-safe.
 */
final class Trial {
  /** The rate before is that of so many seconds at the most. */
  static final int LOOK_BACK_SECONDS = 60;

  /** Fewer messages than these tell nothing of a rate. */
  private static final double TOO_FEW = 10;

  private static final double LEAST_SHARE = 0.5;

  private final Deque<Pulse> history = new ArrayDeque<>();
  private @Nullable Baseline baseline;
  private Pulse begun = new Pulse(0, null, Map.of(), 0);
  private long endNanos;

  /** The pulse of every second, during a trial and without one. */
  void see(Pulse pulse) {
    history.addLast(pulse);
    long oldest = pulse.atNanos() - TimeUnit.SECONDS.toNanos(LOOK_BACK_SECONDS);
    while (history.getFirst().atNanos() < oldest) {
      history.removeFirst();
    }
  }

  boolean isUnderWay() {
    return baseline != null;
  }

  /** How it is before a change. */
  Baseline before(Pulse now) {
    return new Baseline(
        now.fault(), now.upstreams(), history.isEmpty() ? 0 : rate(history.getFirst(), now));
  }

  /** The change is made: the latest pulse is the one before it. */
  void begin(Pulse before, int seconds) {
    begin(before(before), before, seconds);
  }

  /**
   * The change is made.
   *
   * @param before how it was before, by another process perhaps
   * @param now from which on it is tried
   */
  void begin(Baseline before, Pulse now, int seconds) {
    baseline = before;
    begun = now;
    endNanos = now.atNanos() + TimeUnit.SECONDS.toNanos(seconds);
    history.clear();
  }

  boolean isOver(long nanos) {
    return baseline != null && nanos - endNanos >= 0;
  }

  /** Ends the trial; what did not come back, each in a few words. */
  List<String> end(Pulse now) {
    Baseline before = Objects.requireNonNull(baseline, "begun");
    baseline = null;
    List<String> missing = new ArrayList<>();
    String fault = now.fault();
    if (fault != null && !fault.equals(before.fault())) {
      missing.add("the gateway is not ready: " + fault);
    }
    now.upstreams()
        .forEach((name, trouble) -> {
          if (!trouble.isEmpty() && before.upstreams().getOrDefault(name, "").isEmpty()) {
            missing.add("upstream " + name + " is " + trouble);
          }
        });
    Pulse half = middle(begun, now);
    double expected = before.rate() * seconds(half, now);
    long came = now.accepted() - half.accepted();
    if (expected >= TOO_FEW && came < LEAST_SHARE * expected) {
      missing.add(
          "%.1f messages/s are accepted, and %.1f were before"
              .formatted(came / seconds(half, now), before.rate()));
    }
    return List.copyOf(missing);
  }

  /** Devices have the first half of a trial to come back. */
  private Pulse middle(Pulse from, Pulse now) {
    long middle = from.atNanos() + (now.atNanos() - from.atNanos()) / 2;
    return history.stream().filter(each -> each.atNanos() >= middle).findFirst().orElse(from);
  }

  private static double rate(Pulse from, Pulse to) {
    double seconds = seconds(from, to);
    return seconds <= 0 ? 0 : (to.accepted() - from.accepted()) / seconds;
  }

  private static double seconds(Pulse from, Pulse to) {
    return (to.atNanos() - from.atNanos()) / 1e9;
  }
}
