package io.sluice.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.sluice.admin.metrics.MetricHelp;
import io.sluice.admin.metrics.MetricsResource;
import io.sluice.api.Limit;
import io.sluice.api.RejectReason;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What the page on observability says of the metrics. */
class MetricsPageTest {
  private static String page() throws Exception {
    return Files.readString(Path.of("../../docs/observability.md"));
  }

  @Test
  void everyMetricHasARowAndAHelp() throws Exception {
    String page = page();
    for (String name : MetricHelp.names()) {
      String prometheus = name.replace('.', '_');
      assertThat(page).as(name).containsPattern("\\| `" + prometheus + "(_total)?` \\|");
    }
    for (MetricSnapshot each : new MetricsResource(new FixedOperations()).snapshots()) {
      String name = each.getMetadata().getPrometheusName();
      if (name.startsWith("sluice_")) {
        assertThat(page).as(name).containsPattern("\\| `" + name + "(_total)?` \\|");
        assertThat(each.getMetadata().getHelp()).as(name).contains(" ");
      }
    }
  }

  @Test
  void everyReasonAndLimitIsListed() throws Exception {
    String page = page();
    for (RejectReason reason : RejectReason.values()) {
      assertThat(page).contains("`" + reason.label() + "`");
    }
    for (Limit limit : Limit.values()) {
      assertThat(page).contains("`" + limit.label() + "`");
    }
  }
}
