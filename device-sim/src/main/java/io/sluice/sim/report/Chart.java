package io.sluice.sim.report;

import io.sluice.sim.fleet.FaultSpan;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Lines over the time of a run, as SVG; faults are bands behind them. */
final class Chart {
  private static final int WIDTH = 900;
  private static final int HEIGHT = 220;
  private static final int LEFT = 70;
  private static final int BOTTOM = 26;
  private static final int TOP = 10;
  private static final int TICKS = 4;

  private final String title;
  private final String unit;
  private final long endMillis;
  private final List<FaultSpan> faults;
  private final List<Line> lines = new ArrayList<>();

  /** One line; NaN leaves a gap. */
  private record Line(String name, long[] atMillis, double[] values) {}

  Chart(String title, String unit, long endMillis, List<FaultSpan> faults) {
    this.title = title;
    this.unit = unit;
    this.endMillis = Math.max(1, endMillis);
    this.faults = faults;
  }

  Chart line(String name, long[] atMillis, double[] values) {
    lines.add(new Line(name, atMillis, values));
    return this;
  }

  String svg() {
    double top = nice(highest());
    StringBuilder svg = new StringBuilder();
    svg.append("<figure><figcaption>")
        .append(Html.text(title))
        .append(" <small>")
        .append(Html.text(unit))
        .append("</small>");
    for (int i = 0; i < lines.size(); i++) {
      svg.append(" <span class=\"key c").append(i).append("\">&#9632; ");
      svg.append(Html.text(lines.get(i).name)).append("</span>");
    }
    svg.append("</figcaption><svg viewBox=\"0 0 ").append(WIDTH).append(' ').append(HEIGHT);
    svg.append("\" role=\"img\" aria-label=\"").append(Html.text(title)).append("\">");
    bands(svg);
    grid(svg, top);
    for (int i = 0; i < lines.size(); i++) {
      path(svg, lines.get(i), i, top);
    }
    return svg.append("</svg></figure>\n").toString();
  }

  private void bands(StringBuilder svg) {
    for (FaultSpan fault : faults) {
      if (fault.fromMillis() == 0 && fault.toMillis() >= endMillis) {
        continue; // what is on all the time marks nothing
      }
      double from = x(Math.min(fault.fromMillis(), endMillis));
      double width = Math.max(2, x(Math.min(fault.toMillis(), endMillis)) - from);
      svg.append(
          String.format(
              Locale.ROOT,
              "<rect class=\"band\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\"><title>%s</title></rect>",
              from,
              TOP,
              width,
              HEIGHT - BOTTOM - TOP,
              Html.text(fault.kind() + ", " + fault.scope())));
    }
  }

  private void grid(StringBuilder svg, double top) {
    for (int i = 0; i <= TICKS; i++) {
      double y = y(top * i / TICKS, top);
      svg.append(
          String.format(
              Locale.ROOT,
              "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>"
                  + "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
              LEFT,
              WIDTH,
              y,
              y,
              LEFT - 6,
              y + 4,
              number(top * i / TICKS)));
      long at = endMillis * i / TICKS;
      svg.append(
          String.format(
              Locale.ROOT,
              "<text x=\"%.1f\" y=\"%d\" text-anchor=\"%s\">%s</text>",
              x(at),
              HEIGHT - 6,
              i == TICKS ? "end" : "middle",
              time(at)));
    }
  }

  private void path(StringBuilder svg, Line line, int color, double top) {
    svg.append("<path class=\"line c").append(color).append("\" d=\"");
    boolean isGap = true;
    for (int i = 0; i < line.values.length; i++) {
      if (Double.isNaN(line.values[i])) {
        isGap = true;
        continue;
      }
      svg.append(isGap ? 'M' : 'L');
      svg.append(
          String.format(Locale.ROOT, "%.1f %.1f", x(line.atMillis[i]), y(line.values[i], top)));
      isGap = false;
    }
    svg.append("\"/>");
  }

  private double highest() {
    double highest = 0;
    for (Line line : lines) {
      for (double value : line.values) {
        highest = Double.isNaN(value) ? highest : Math.max(highest, value);
      }
    }
    return highest;
  }

  /** The next number that reads well: 1, 2 or 5 times a power of ten. */
  private static double nice(double value) {
    if (value <= 0) {
      return 1;
    }
    double power = Math.pow(10, Math.floor(Math.log10(value)));
    for (double factor : new double[] {1, 2, 5}) {
      if (value <= factor * power) {
        return factor * power;
      }
    }
    return 10 * power;
  }

  private double x(long millis) {
    return LEFT + (double) (WIDTH - LEFT) * millis / endMillis;
  }

  private static double y(double value, double top) {
    return TOP + (HEIGHT - BOTTOM - TOP) * (1 - value / top);
  }

  private static String number(double value) {
    return value == Math.rint(value)
        ? String.format(Locale.ROOT, "%,d", (long) value)
        : String.format(Locale.ROOT, value < 1 ? "%.2f" : "%.1f", value);
  }

  private static String time(long millis) {
    long seconds = millis / 1000;
    return seconds < 600
        ? seconds + " s"
        : seconds < 36_000 ? seconds / 60 + " min" : seconds / 3600 + " h";
  }
}
