package io.sluice.admin.metrics;

import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sluice.api.operator.CoverageService;
import io.sluice.api.operator.CoverageService.By;
import io.sluice.api.operator.CoverageService.Group;
import io.sluice.api.operator.CoverageService.Window;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code sluice_coverage_expected} and {@code sluice_coverage_ratio}, by sector and site. A ratio
 * of nothing has no series. Beyond {@value #SITES_MAX} sites the rest, by name, is left out; the
 * API has them all.
 */
public final class CoverageMeters {
  static final int SITES_MAX = 500;

  private final CoverageService service;
  private final MultiGauge expected;
  private final MultiGauge ratio;

  public CoverageMeters(CoverageService service, PrometheusMeterRegistry registry) {
    this.service = service;
    this.expected = gauge("sluice.coverage.expected", registry);
    this.ratio = gauge("sluice.coverage.ratio", registry);
  }

  private static MultiGauge gauge(String name, PrometheusMeterRegistry registry) {
    return MultiGauge.builder(name).description(MetricHelp.of(name)).register(registry);
  }

  /** Takes over the figures that were produced last. */
  public void update() {
    List<Row<?>> counts = new ArrayList<>();
    List<Row<?>> ratios = new ArrayList<>();
    for (Group group : sites(Window.NOW)) {
      counts.add(Row.of(tags(group), group.expected()));
      add(ratios, group, "plan", Window.NOW, group.plan());
      add(ratios, group, "connection", Window.NOW, group.connection());
    }
    for (Window window : List.of(Window.HOUR, Window.DAY, Window.MONTH)) {
      for (Group group : sites(window)) {
        add(ratios, group, "reporting", window, group.reportingRatio());
        add(ratios, group, "completeness", window, group.completeness());
        add(ratios, group, "validity", window, group.validity());
        add(ratios, group, "effective", window, group.effective());
        add(ratios, group, "timeliness", window, group.timeliness());
      }
    }
    expected.register(counts, true);
    ratio.register(ratios, true);
  }

  private List<Group> sites(Window window) {
    List<Group> groups = service.latest(window, By.SITE).groups();
    return groups.subList(0, Math.min(SITES_MAX, groups.size()));
  }

  private static void add(
      List<Row<?>> rows, Group group, String kind, Window window, @Nullable Double value) {
    if (value != null) {
      rows.add(Row.of(tags(group).and("kind", kind, "window", window.label()), value));
    }
  }

  private static Tags tags(Group group) {
    return Tags.of("sector", text(group.sector()), "site", text(group.site()));
  }

  private static String text(@Nullable String value) {
    return value == null ? "" : value;
  }
}
