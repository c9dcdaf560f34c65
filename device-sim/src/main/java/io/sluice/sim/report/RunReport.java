package io.sluice.sim.report;

import io.sluice.sim.audit.AuditResult;
import io.sluice.sim.audit.Verdict;
import io.sluice.sim.audit.alarm.AlarmBookAudit;
import io.sluice.sim.audit.coverage.CoverageAudit;
import io.sluice.sim.audit.coverage.CoverageAudit.CoursePoint;
import io.sluice.sim.audit.coverage.CoverageAudit.SiteResult;
import io.sluice.sim.fleet.FaultSpan;
import io.sluice.sim.fleet.FleetRun;
import io.sluice.sim.report.Course.Point;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * A run as one page that needs nothing else: no script, no network.
 *
 * @param audit null where the far end was not read
 * @param coverage null where the gateway was not asked
 * @param alarmBook null where the gateway was not asked
 * @param verdicts of what else was judged of the gateway
 * @param holds the verdict
 * @param notes what does not hold, what could not be found out, and how long alarms took
 */
public record RunReport(
    FleetRun run,
    Course course,
    @Nullable AuditResult audit,
    CoverageAudit.@Nullable Result coverage,
    AlarmBookAudit.@Nullable Result alarmBook,
    List<Verdict> verdicts,
    boolean holds,
    List<String> notes) {
  private static final int MOST_FAULTS = 200;
  private static final String STYLE =
      """
      :root { --back: #fff; --text: #16202b; --soft: #51606f; --line: #d5dbe1; --band: #b3261e1c;
        --good: #1a7f37; --bad: #b3261e; --c0: #0b5cad; --c1: #b35900; --c2: #7a3ea8; }
      @media (prefers-color-scheme: dark) { :root { --back: #10161d; --text: #e7edf3; --soft: #a5b3c1;
        --line: #2f3c49; --band: #ff8a8026; --good: #56d27b; --bad: #ff8a80; --c0: #7ab8ff; --c1: #ffb066;
        --c2: #d3a4ff; } }
      body { margin: 0 auto; padding: 1.5rem; max-width: 960px; background: var(--back); color: var(--text);
        font: 15px/1.45 system-ui, "Noto Sans CJK SC", sans-serif; }
      h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
      .good { color: var(--good); } .bad { color: var(--bad); } small, .soft { color: var(--soft); }
      .scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%;
        font-variant-numeric: tabular-nums; }
      th, td { text-align: left; padding: .25rem .8rem .25rem 0; border-bottom: 1px solid var(--line); }
      td.n, th.n { text-align: right; } figure { margin: 1.2rem 0; } figcaption { font-weight: 600; }
      figcaption .key { font-weight: 400; font-size: .87rem; margin-left: .6rem; }
      svg { width: 100%; height: auto; } svg text { fill: var(--soft); font-size: 12px; }
      .grid { stroke: var(--line); } .band { fill: var(--band); } .line { fill: none; stroke-width: 1.8; }
      .line.c0 { stroke: var(--c0); } .line.c1 { stroke: var(--c1); } .line.c2 { stroke: var(--c2); }
      .bar.c0 { fill: var(--c0); } .bar.c1 { fill: var(--c1); } .bar.soft { opacity: .45; }
      .key.c0 { color: var(--c0); } .key.c1 { color: var(--c1); } .key.c2 { color: var(--c2); }
      """;

  /** The page. */
  public String html() {
    String name = Html.text(run.scenario().name());
    StringBuilder page = new StringBuilder();
    page.append("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>")
        .append(name)
        .append("</title><meta name=\"viewport\" content=\"width=device-width\"><style>")
        .append(STYLE)
        .append("</style></head><body><h1>")
        .append(name)
        .append(holds ? " <span class=\"good\">holds</span>" : " <span class=\"bad\">FAILS</span>")
        .append("</h1><p class=\"soft\">")
        .append(Instant.ofEpochMilli(run.startMillis()))
        .append(", ")
        .append(endMillis() / 1000)
        .append(" s, seed ")
        .append(run.scenario().seed())
        .append("</p>\n");
    if (!notes.isEmpty()) {
      page.append("<ul>");
      notes.forEach(note -> page.append("<li>").append(Html.text(note)));
      page.append("</ul>\n");
    }
    figures(page);
    audit(page);
    coverage(page);
    alarmBook(page);
    verdicts.forEach(verdict -> verdict(verdict, page));
    charts(page);
    faults(page);
    return page.append("</body></html>\n").toString();
  }

  private long endMillis() {
    List<Point> points = course.points();
    return points.isEmpty() ? 1 : points.getLast().atMillis();
  }

  private void figures(StringBuilder page) {
    Histogram latency = course.latencies();
    page.append("<h2>Fleet</h2><p>").append(Html.text(run.snapshot().toString())).append("</p>");
    if (latency.getTotalCount() > 0) {
      List<String> row = new ArrayList<>();
      for (double percentile : new double[] {50, 90, 99, 99.9, 100}) {
        row.add(millis(latency.getValueAtPercentile(percentile)));
      }
      page.append("<p class=\"soft\">From a message's dispatch to its acknowledgement:</p>");
      page.append(Html.table(List.of("p50", "p90", "p99", "p99.9", "max"), List.of(row)));
    }
  }

  private static String millis(long micros) {
    return String.format(Locale.ROOT, "%.1f ms", micros / 1000.0);
  }

  private void audit(StringBuilder page) {
    if (audit == null) {
      page.append("<h2>Far end</h2><p class=\"soft\">not read</p>");
      return;
    }
    List<List<String>> rows = new ArrayList<>();
    row(rows, "sent", audit.sent());
    row(rows, "acknowledged", audit.acked());
    row(rows, "found", audit.found());
    row(rows, "acknowledged, but lost", audit.lost());
    row(
        rows,
        audit.exactlyOnce() ? "delivered twice" : "delivered twice under one id (allowed)",
        audit.duplicated());
    row(rows, "stored twice", audit.doubled());
    row(rows, "stored twice, as the device sent it twice", audit.doubledAfterResend());
    row(rows, "out of order", audit.reordered());
    row(rows, "altered", audit.altered());
    row(rows, "in a wrong unit", audit.wrongUnits());
    row(rows, "never sent", audit.invented());
    row(rows, "one id for two", audit.idsReused());
    row(rows, "unreadable", audit.unreadable());
    row(rows, "foreign records", audit.foreign());
    row(rows, "of the gateway itself", audit.ofGateway());
    row(rows, "spoilt on purpose", audit.bad());
    row(rows, "spoilt, yet taken", audit.badAccepted());
    row(rows, "good, yet refused", audit.goodRefused());
    page.append("<h2>Far end</h2>").append(Html.table(List.of("messages", ""), rows));
    if (!audit.strangers().isEmpty()) {
      page.append("<p class=\"soft\">Not of the fleet: ")
          .append(
              Html.text(String.join(", ", audit.strangers().keySet().stream().sorted().toList())))
          .append("</p>");
    }
    if (!run.refusals().isEmpty()) {
      page.append("<ul>");
      run.refusals().forEach(each -> page.append("<li>refused: ").append(Html.text(each)));
      page.append("</ul>");
    }
    faults(page, audit.faults());
  }

  private static void faults(StringBuilder page, List<String> faults) {
    if (!faults.isEmpty()) {
      page.append("<ul class=\"bad\">");
      faults.stream()
          .limit(MOST_FAULTS)
          .forEach(fault -> page.append("<li>").append(Html.text(fault)));
      page.append("</ul>");
    }
  }

  private void alarmBook(StringBuilder page) {
    if (alarmBook == null) {
      return;
    }
    List<List<String>> rows = new ArrayList<>();
    row(rows, "raised", alarmBook.raised());
    row(rows, "in the book", alarmBook.booked());
    row(rows, "open", alarmBook.open());
    row(rows, "raised, not in the book", alarmBook.missing());
    row(rows, "more than once", alarmBook.twice());
    row(rows, "ended, yet open", alarmBook.stillOpen());
    row(rows, "not ended, yet over", alarmBook.notOpen());
    row(rows, "altered", alarmBook.altered());
    row(rows, "never raised", alarmBook.invented());
    row(rows, "left out by its bounds", alarmBook.leftOut());
    row(rows, "devices not judged", alarmBook.unjudged());
    page.append("<h2>Alarm book</h2>").append(Html.table(List.of("alarms", ""), rows));
    faults(page, alarmBook.faults());
  }

  private static void verdict(Verdict verdict, StringBuilder page) {
    List<List<String>> rows = new ArrayList<>();
    verdict.figures().forEach((name, value) -> row(rows, name, value));
    page.append("<h2>")
        .append(Html.text(capital(verdict.title())))
        .append("</h2>")
        .append(Html.table(List.of(verdict.holds() ? "as it was" : "not as it was", ""), rows));
    faults(page, verdict.faults());
  }

  private static String capital(String title) {
    return title.substring(0, 1).toUpperCase(Locale.ROOT) + title.substring(1);
  }

  private static void row(List<List<String>> rows, String name, long value) {
    rows.add(List.of(name, String.format(Locale.ROOT, "%,d", value)));
  }

  private void coverage(StringBuilder page) {
    if (coverage == null) {
      return;
    }
    page.append("<h2>Coverage, reported and true</h2>");
    if (coverage.compared() != null) {
      page.append("<p class=\"soft\">").append(Html.text(coverage.compared())).append("</p>");
      return;
    }
    List<List<String>> rows = new ArrayList<>();
    for (SiteResult site : coverage.sites()) {
      rows.add(
          List.of(
              site.sector() + "/" + site.site(),
              site.devicesReported() + " / " + site.devicesTrue(),
              number(site.filledReported()),
              site.filledLow() == site.filledHigh()
                  ? number(site.filledLow())
                  : number(site.filledLow()) + " to " + number(site.filledHigh()),
              number(site.dueReported()),
              site.fault() == null ? "as it was" : site.fault()));
    }
    page.append(CoverageBars.svg(coverage.sites()));
    page.append(
        Html.table(
            List.of("site", "devices / true", "filled", "truly filled", "due", "verdict"), rows));
  }

  private static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  private void charts(StringBuilder page) {
    List<Point> points = course.points();
    long[] at = points.stream().mapToLong(Point::atMillis).toArray();
    page.append("<h2>Course</h2>");
    page.append(
        chart("Messages", "a second")
            .line("sent", at, rate(points, Point::sent))
            .line("acknowledged", at, rate(points, Point::acked))
            .svg());
    coverageCourse(page);
    page.append(
        chart("Acknowledged after", "ms")
            .line("p50", at, values(points, p -> gap(p.p50Micros() / 1000.0)))
            .line("p99", at, values(points, p -> gap(p.p99Micros() / 1000.0)))
            .svg());
    page.append(
        chart("MQTT sessions", "open")
            .line("sessions", at, values(points, Point::connected))
            .svg());
    page.append(
        chart("Resident memory", "MB")
            .line("simulator", at, values(points, p -> p.simBytes() / 1e6))
            .line("gateway", at, values(points, p -> gap(p.gatewayBytes() / 1e6)))
            .svg());
    if (points.stream().anyMatch(p -> p.gatewayDescriptors() > 0)) {
      page.append(
          chart("Gateway's processor time", "cores")
              .line("cores", at, rate(points, p -> p.gatewayCpuMicros() / 1e6))
              .svg());
      page.append(
          chart("Gateway's descriptors", "open")
              .line("descriptors", at, values(points, p -> gap((double) p.gatewayDescriptors())))
              .svg());
    }
  }

  private void coverageCourse(StringBuilder page) {
    List<CoursePoint> points = coverage == null ? List.of() : coverage.course();
    if (points.isEmpty()) {
      return;
    }
    long[] at = points.stream().mapToLong(CoursePoint::atMillis).toArray();
    page.append(
        chart("Completeness since the start", "%")
            .line("reported", at, percents(points, CoursePoint::reported))
            .line("true", at, percents(points, CoursePoint::real))
            .svg());
  }

  private static double[] percents(
      List<CoursePoint> points, Function<CoursePoint, @Nullable Double> ratio) {
    return points.stream()
        .mapToDouble(point -> {
          Double value = ratio.apply(point);
          return value == null ? Double.NaN : value * 100;
        })
        .toArray();
  }

  private Chart chart(String title, String unit) {
    return new Chart(title, unit, endMillis(), run.faults());
  }

  private static double gap(double value) {
    return value == 0 ? Double.NaN : value;
  }

  private static double[] values(List<Point> points, ToDoubleFunction<Point> value) {
    return points.stream().mapToDouble(value).toArray();
  }

  private static double[] rate(List<Point> points, ToDoubleFunction<Point> total) {
    double[] rates = new double[points.size()];
    for (int i = 0; i < rates.length; i++) {
      Point now = points.get(i);
      Point before = i == 0 ? null : points.get(i - 1);
      double more = total.applyAsDouble(now) - (before == null ? 0 : total.applyAsDouble(before));
      long millis = now.atMillis() - (before == null ? 0 : before.atMillis());
      boolean isFirst = before == null && rates.length > 1;
      rates[i] = isFirst || more < 0 ? Double.NaN : more * 1000 / millis;
    }
    return rates;
  }

  private void faults(StringBuilder page) {
    List<FaultSpan> faults = run.faults();
    if (faults.isEmpty()) {
      return;
    }
    List<List<String>> rows =
        faults.stream()
            .map(fault ->
                List.of(
                    fault.kind(),
                    fault.scope(),
                    "" + fault.devices(),
                    fault.fromMillis() / 1000.0 + " s",
                    fault.toMillis() / 1000.0 + " s"))
            .toList();
    page.append("<h2>Faults</h2>")
        .append(Html.table(List.of("kind", "whom", "devices", "from", "to"), rows));
  }
}
