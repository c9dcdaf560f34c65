package io.sluice.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.sim.scenario.Scenario;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ShippedScenariosTest {
  static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("../config/scenarios"))) {
      return files.sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void eachLoadsAndBearsTheNameOfItsFile(Path file) throws Exception {
    Scenario scenario = Scenario.load(file);
    assertThat(file.getFileName()).hasToString(scenario.name() + ".yaml");
    assertThat(scenario.devices()).isNotEmpty();
  }

  @Test
  void allNineAreThere() throws IOException {
    assertThat(files().stream().map(file -> file.getFileName().toString().replace(".yaml", "")))
        .contains(
            "factory-line",
            "smart-farm",
            "city-services",
            "emergency-drill",
            "mixed-demo",
            "uplink-outage",
            "reconnect-storm",
            "bad-devices",
            "soak");
  }
}
