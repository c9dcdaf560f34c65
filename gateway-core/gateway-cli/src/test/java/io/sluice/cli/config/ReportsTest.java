package io.sluice.cli.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.engine.config.ConfigLoader;
import io.sluice.engine.config.ConfigLoader.Faulty;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReportsTest {
  private final StringWriter said = new StringWriter();
  private final PrintWriter err = new PrintWriter(said, true);

  private List<String> lines() {
    return said.toString().lines().toList();
  }

  @Test
  void fiveThousandFaultsOfAKindHideNoOtherAndAreFewLines() {
    StringBuilder text = new StringBuilder("listeners: {}\nspool:\n");
    for (int i = 0; i < 5000; i++) {
      text.append("  max-bites").append(i).append(": 1GB\n");
    }
    text.append("admin: 7\n");
    Faulty faulty =
        (Faulty)
            ConfigLoader.parse(
                Path.of("s.yaml"), text.toString(), GatewayTypes.installed(), Map.of());
    Reports.print(faulty.faults(), faulty.kinds(), faulty.count(), err);
    assertThat(lines()).hasSizeLessThan(100);
    assertThat(lines())
        .anyMatch(line -> line.contains("spool.max-bites0: is not a known key; did you"));
    assertThat(lines()).contains("sluice: and 4980 more of this kind: is not a known key");
    assertThat(lines()).anyMatch(line -> line.contains("gateway: is missing"));
    assertThat(lines()).anyMatch(line -> line.contains("s.yaml:5003:"));
    assertThat(lines()).noneMatch(line -> line.endsWith("faults more"));
  }

  @Test
  void fewFaultsAreToldEach() {
    List<String> few =
        IntStream.range(0, 20).mapToObj(i -> "p.yaml:" + i + ":3: metrics.m" + i + ": no").toList();
    Reports.printLines("warning: ", few, err);
    assertThat(lines()).isEqualTo(few.stream().map(line -> "warning: " + line).toList());
  }

  @Test
  void linesOfAKindAreCountedWhateverTheirPlaceAndValue() {
    Reports.printLines(
        "",
        IntStream.range(0, 100)
            .mapToObj(
                i -> "p.yaml:" + i + ":3: metrics.m" + i + ": \"u" + i + "\" is no unit; give one")
            .toList(),
        err);
    assertThat(lines()).hasSize(21);
    assertThat(lines().getLast()).isEqualTo("sluice: and 80 more of this kind: … is no unit");
  }
}
