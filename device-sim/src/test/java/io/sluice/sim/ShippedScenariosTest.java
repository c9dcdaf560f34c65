package io.sluice.sim;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.sluice.sim.scenario.Scenario;
import io.sluice.sim.scenario.ScenarioSchema;
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

  @ParameterizedTest
  @MethodSource("files")
  void eachFitsTheSchema(Path file) throws Exception {
    Schema schema =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(ScenarioSchema.text());
    assertThat(schema.validate(Files.readString(file), InputFormat.YAML)).isEmpty();
  }

  @Test
  void theSchemaIsUpToDate() throws Exception {
    assertThat(Files.readString(Path.of("../config/schema/scenario.schema.json")))
        .as("run `./sluice sim schema > config/schema/scenario.schema.json`")
        .isEqualTo(ScenarioSchema.text());
  }

  @Test
  void allAreThere() throws IOException {
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
            "soak",
            "one-day");
  }
}
