package io.sluice.engine.coverage.slot;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.engine.normalize.profile.Profiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportingExpectationTest {
  @TempDir Path directory;

  @Test
  void optionalMetricIsNotDue() throws Exception {
    Path file =
        Files.writeString(
            directory.resolve("gauge.yaml"),
            """
            id: gauge
            interval: 5m
            metrics:
              depth: { unit: m }
              battery: { unit: "%", optional: true }
              rain: { unit: mm }
            """);
    Profiles.Loaded loaded = Profiles.load(List.of(file));
    assertThat(loaded.faults()).isEmpty();
    ReportingExpectation shape =
        ReportingExpectation.of(loaded.profiles().find("gauge"), Duration.ofSeconds(30));
    assertThat(shape.metrics()).containsOnlyKeys("depth", "rain").containsValues(0, 1);
    assertThat(shape.count()).isEqualTo(2);
    assertThat(shape.intervalMicros()).isEqualTo(30_000_000);
  }
}
