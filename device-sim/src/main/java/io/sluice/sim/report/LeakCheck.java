package io.sluice.sim.report;

import io.sluice.sim.report.Course.Point;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * Whether memory or descriptors of a gateway grow without end: by the median of the slopes between
 * all pairs of points (Theil-Sen), which no peak moves, over the second half of a run.
 */
public final class LeakCheck {
  /** Fewer points tell nothing. */
  static final int LEAST_POINTS = 60;

  /** Of the whole, within the time looked at. */
  private static final double GROWTH_SHARE = 0.10;

  private static final double GROWTH_BYTES = 32e6;
  private static final double GROWTH_DESCRIPTORS = 16;
  private static final int MOST_PAIRS_POINTS = 400;

  private LeakCheck() {}

  /** One verdict. */
  public record Verdict(boolean isLeaking, String text) {}

  public static Verdict of(List<Point> points) {
    List<Point> late = since(points.subList(points.size() / 2, points.size()));
    if (late.size() < LEAST_POINTS) {
      return new Verdict(
          false, "leaks: not judged; it takes --gateway-pid and a run of at least 2 min");
    }
    double memory = growth(late, Point::gatewayBytes);
    double descriptors = growth(late, Point::gatewayDescriptors);
    double bytes = late.getFirst().gatewayBytes();
    boolean isLeaking =
        memory > Math.max(GROWTH_BYTES, bytes * GROWTH_SHARE) || descriptors > GROWTH_DESCRIPTORS;
    return new Verdict(
        isLeaking,
        String.format(
            Locale.ROOT,
            "leaks: %s; in the last %d s memory grew by %.1f MB of %.0f MB, descriptors by %.0f",
            isLeaking ? "IT LEAKS" : "none seen",
            (late.getLast().atMillis() - late.getFirst().atMillis()) / 1000,
            memory / 1e6,
            bytes / 1e6,
            descriptors));
  }

  /** A gateway that was restarted begins anew. */
  private static List<Point> since(List<Point> points) {
    int from = points.size();
    while (from > 0
        && points.get(from - 1).gatewayBytes() > 0
        && (from == points.size()
            || points.get(from - 1).gatewayCpuMicros() <= points.get(from).gatewayCpuMicros())) {
      from--;
    }
    return points.subList(from, points.size());
  }

  /** By how much the line through the points rises from the first to the last. */
  static double growth(List<Point> points, ToDoubleFunction<Point> value) {
    int step = Math.max(1, points.size() / MOST_PAIRS_POINTS);
    int count = (points.size() + step - 1) / step;
    double[] slopes = new double[count * (count - 1) / 2];
    int next = 0;
    for (int i = 0; i < count; i++) {
      for (int j = i + 1; j < count; j++) {
        Point a = points.get(i * step);
        Point b = points.get(j * step);
        slopes[next++] =
            (value.applyAsDouble(b) - value.applyAsDouble(a))
                / Math.max(1, b.atMillis() - a.atMillis());
      }
    }
    Arrays.sort(slopes);
    return slopes[slopes.length / 2] * (points.getLast().atMillis() - points.getFirst().atMillis());
  }
}
