package io.sluice.sim.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.sim.load.KneeSearch.Bounds;
import io.sluice.sim.load.KneeSearch.Step;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Against a server by formula: it answers so many a second, slower the nearer it is to that. */
class KneeSearchTest {
  private static LoadResult result(double rate, double capacity) {
    double taken = Math.min(rate, capacity);
    double p99 = rate >= capacity ? 5_000_000 : 1_000 / (1 - rate / capacity);
    long due = (long) (rate * 10);
    long sent = (long) (taken * 10);
    return result(due, sent, 0, p99);
  }

  private static LoadResult result(long due, long sent, long unanswered, double p99) {
    return new LoadResult(
        "model",
        "PUBACK",
        10,
        due,
        sent,
        due - sent,
        sent - unanswered,
        unanswered,
        (sent - unanswered) / 10.0,
        0,
        "",
        0,
        0,
        0,
        p99 / 3,
        p99 / 2,
        p99,
        p99 * 2,
        p99 * 3,
        unanswered > 0,
        null,
        null,
        0);
  }

  private static List<Step> search(double first, double capacity) throws Exception {
    return new KneeSearch(rate -> result(rate, capacity), new Bounds(10_000, 0), 6).from(first);
  }

  private static double knee(List<Step> steps) {
    return steps.stream()
        .filter(Step::holds)
        .max(Comparator.comparingDouble(Step::rate))
        .map(Step::rate)
        .orElse(0.0);
  }

  @Test
  void theKneeIsWhereTheLatencyMeetsItsBound() throws Exception {
    // 1 ms / (1 - r/c) = 10 ms at r = 0.9 c
    assertThat(knee(search(1_000, 50_000))).isBetween(44_000.0, 45_000.0);
    assertThat(knee(search(100_000, 50_000))).isBetween(43_000.0, 45_000.0);
  }

  @Test
  void whatIsTriedIsKeptWithItsReason() throws Exception {
    List<Step> steps = search(40_000, 50_000);
    assertThat(steps.getFirst().holds()).isTrue();
    assertThat(steps.get(1).fault()).isEqualTo("37.5 % behind the rate");
    assertThat(steps).anyMatch(step -> step.fault().startsWith("p99 "));
  }

  @Test
  void serverThatTakesEverythingEndsTheSearch() throws Exception {
    List<Step> steps =
        new KneeSearch(rate -> result(rate, rate * 100), new Bounds(10_000, 0), 4).from(1);
    assertThat(steps).hasSize(16).allMatch(Step::holds);
  }

  @Test
  void lossOfNothingMeansNothing() throws Exception {
    List<Step> steps =
        new KneeSearch(
                rate -> result(((long) rate) * 10, ((long) rate) * 10, 1, 1_000),
                new Bounds(10_000, 0),
                2)
            .from(1_000);
    assertThat(steps).noneMatch(Step::holds);
    assertThat(steps.getFirst().fault()).endsWith("% unanswered");
    assertThat(
            new KneeSearch(
                    rate -> result(((long) rate) * 10, ((long) rate) * 10, 1, 1_000),
                    new Bounds(10_000, 0.001),
                    2)
                .from(1_000))
        .allMatch(Step::holds);
  }
}
