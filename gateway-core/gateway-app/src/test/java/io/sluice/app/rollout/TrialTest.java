package io.sluice.app.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a trial of a configuration calls missing. */
class TrialTest {
  private final Trial trial = new Trial();

  private static Pulse pulse(int second, @Nullable String fault, Map<String, String> ups, long n) {
    return new Pulse(TimeUnit.SECONDS.toNanos(second), fault, ups, n);
  }

  /** A pulse a second, with so many messages a second, all well. */
  private Pulse steady(int from, int to, long start, long perSecond) {
    Pulse last = null;
    for (int second = from; second <= to; second++) {
      last = pulse(second, null, Map.of("cloud", ""), start + (second - from) * perSecond);
      trial.see(last);
    }
    return last;
  }

  @Test
  void allIsBackWhereAllIsAsBefore() {
    trial.begin(steady(0, 60, 0, 100), 20);
    assertThat(trial.isOver(TimeUnit.SECONDS.toNanos(79))).isFalse();
    Pulse end = steady(61, 80, 6_100, 100);
    assertThat(trial.isOver(end.atNanos())).isTrue();
    assertThat(trial.end(end)).isEmpty();
    assertThat(trial.isUnderWay()).isFalse();
  }

  @Test
  void aRateThatComesBackInTheSecondHalfIsBack() {
    trial.begin(steady(0, 60, 0, 100), 20);
    steady(61, 69, 6_000, 0);
    assertThat(trial.end(steady(70, 80, 6_000, 100))).isEmpty();
  }

  @Test
  void aRateThatStaysBelowHalfIsMissing() {
    trial.begin(steady(0, 60, 0, 100), 20);
    assertThat(trial.end(steady(61, 80, 6_000, 40)))
        .containsExactly("40.0 messages/s are accepted, and 100.0 were before");
  }

  @Test
  void fewMessagesTellNothing() {
    steady(0, 59, 0, 0);
    Pulse before = pulse(60, null, Map.of("cloud", ""), 12);
    trial.see(before);
    trial.begin(before, 20);
    assertThat(trial.end(steady(61, 80, 12, 0))).isEmpty();
  }

  @Test
  void whatWasWrongBeforeCountsForNothing() {
    Pulse before =
        pulse(0, "spool: the disk is full", Map.of("cloud", "waiting: refused", "b", ""), 0);
    trial.see(before);
    trial.begin(before, 10);
    assertThat(
            trial.end(
                pulse(10, "spool: the disk is full", Map.of("cloud", "waiting: x", "b", ""), 0)))
        .isEmpty();
  }

  @Test
  void anUpstreamThatWasWellOrIsNewHasToDeliver() {
    Pulse before = pulse(0, null, Map.of("cloud", "", "gone", ""), 0);
    trial.see(before);
    trial.begin(before, 10);
    List<String> missing =
        trial.end(
            pulse(
                10,
                "listeners are not open yet",
                Map.of("cloud", "waiting: connection refused", "fresh", "connecting"),
                0));
    assertThat(missing)
        .containsExactlyInAnyOrder(
            "the gateway is not ready: listeners are not open yet",
            "upstream cloud is waiting: connection refused",
            "upstream fresh is connecting");
  }
}
