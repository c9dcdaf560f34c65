package io.sluice.sim.report;

import io.sluice.sim.audit.coverage.CoverageAudit.SiteResult;
import java.util.List;
import java.util.Locale;

/**
 * Completeness by site, reported and true, as bars; where the truth is a range, its end is pale.
 */
final class CoverageBars {
  private static final int WIDTH = 900;
  private static final int LEFT = 250;
  private static final int RIGHT = 70;
  private static final int ROW = 40;
  private static final int BAR = 13;

  private CoverageBars() {}

  static String svg(List<SiteResult> sites) {
    StringBuilder svg = new StringBuilder();
    svg.append("<figure><figcaption>Completeness by site <small>%</small>");
    svg.append(" <span class=\"key c0\">&#9632; reported</span>");
    svg.append(" <span class=\"key c1\">&#9632; true</span></figcaption>");
    svg.append("<svg viewBox=\"0 0 ").append(WIDTH).append(' ').append(sites.size() * ROW + 4);
    svg.append("\" role=\"img\" aria-label=\"Completeness by site\">");
    for (int i = 0; i < sites.size(); i++) {
      row(svg, sites.get(i), i * ROW);
    }
    return svg.append("</svg></figure>\n").toString();
  }

  private static void row(StringBuilder svg, SiteResult site, int top) {
    text(svg, LEFT - 8, top + 20, "end", site.sector() + "/" + site.site());
    double reported = share(site.filledReported(), (double) site.dueReported());
    double high = share(site.filledHigh(), site.dueTrue());
    bar(svg, "bar c0", top + 2, reported);
    bar(svg, "bar c1 soft", top + 4 + BAR, high);
    bar(svg, "bar c1", top + 4 + BAR, share(site.filledLow(), site.dueTrue()));
    text(svg, WIDTH, top + 13, "end", percent(reported));
    text(svg, WIDTH, top + 15 + BAR, "end", percent(high));
  }

  private static double share(long filled, double due) {
    return due <= 0 ? 0 : Math.min(1, (double) filled / due);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f", share * 100);
  }

  private static void bar(StringBuilder svg, String kind, int y, double share) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>",
            kind,
            LEFT,
            y,
            (WIDTH - LEFT - RIGHT) * share,
            BAR));
  }

  private static void text(StringBuilder svg, int x, int y, String anchor, String text) {
    svg.append("<text x=\"").append(x).append("\" y=\"").append(y);
    svg.append("\" text-anchor=\"").append(anchor).append("\">");
    svg.append(Html.text(text)).append("</text>");
  }
}
