package io.sluice.sim.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.sim.report.Course.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntToLongFunction;
import org.junit.jupiter.api.Test;

class LeakCheckTest {
  private static List<Point> course(int seconds, IntToLongFunction bytes, IntToLongFunction files) {
    List<Point> points = new ArrayList<>();
    for (int s = 0; s < seconds; s++) {
      points.add(
          new Point(
              s * 1000L, 0, 0, 0, 0, 0, 0, 0, 0, bytes.applyAsLong(s), 0, files.applyAsLong(s)));
    }
    return points;
  }

  @Test
  void sawToothOfACollectedHeapIsNoLeak() {
    SplittableRandom random = new SplittableRandom(1);
    List<Point> points =
        course(
            1_200,
            s -> 300_000_000L + (s % 90) * 1_500_000L + random.nextInt(9_000_000),
            s -> 160 + random.nextInt(5));
    assertThat(LeakCheck.of(points).isLeaking()).as(LeakCheck.of(points).text()).isFalse();
  }

  @Test
  void heapThatGrowsAtFirstAndThenStaysIsNoLeak() {
    List<Point> points = course(1_200, s -> 200_000_000L + Math.min(s, 500) * 400_000L, s -> 160);
    assertThat(LeakCheck.of(points).isLeaking()).isFalse();
  }

  @Test
  void steadyGrowthUnderTheSawToothIsFound() {
    SplittableRandom random = new SplittableRandom(2);
    List<Point> points =
        course(
            1_200,
            s -> 300_000_000L + (s % 90) * 1_500_000L + s * 150_000L + random.nextInt(9_000_000),
            s -> 160);
    assertThat(LeakCheck.of(points).isLeaking()).as(LeakCheck.of(points).text()).isTrue();
  }

  @Test
  void descriptorsThatAreNotGivenBackAreFound() {
    assertThat(LeakCheck.of(course(1_200, s -> 300_000_000L, s -> 160 + s / 20)).isLeaking())
        .isTrue();
  }

  @Test
  void shortRunIsNotJudged() {
    assertThat(LeakCheck.of(course(100, s -> s * 10_000_000L, s -> s)).text())
        .contains("not judged");
    assertThat(LeakCheck.of(List.of()).isLeaking()).isFalse();
  }
}
