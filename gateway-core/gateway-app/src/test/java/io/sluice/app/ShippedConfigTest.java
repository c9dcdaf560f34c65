package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.sluice.engine.config.ConfigLoader;
import io.sluice.engine.config.ConfigLoader.Loaded;
import io.sluice.engine.config.ConfigSchema;
import io.sluice.engine.config.ReferencePage;
import io.sluice.engine.config.Types;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ShippedConfigTest {
  private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
  private static final String REMEDY =
      "differs from the settings records; run ./sluice reference in the repository's root";
  private static final String MINIMAL =
      """
      gateway: { id: edge-01 }
      listeners: { coap: }
      upstreams: [ { name: archive, type: file, directory: out } ]
      """;

  private final Types types = GatewayTypes.installed();

  private List<Error> schemaErrors(String yaml) {
    Schema schema =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(ConfigSchema.write(types));
    return schema.validate(yaml, InputFormat.YAML);
  }

  @Test
  void referencePageIsUpToDate() throws Exception {
    assertThat(Files.readString(ROOT.resolve("docs/reference.md")))
        .as(REMEDY)
        .isEqualTo(ReferencePage.write(types));
  }

  @Test
  void schemaIsUpToDate() throws Exception {
    assertThat(Files.readString(ROOT.resolve("config/schema/sluice.schema.json")))
        .as(REMEDY)
        .isEqualTo(ConfigSchema.write(types));
  }

  @Test
  void shippedConfigurationLoadsAndFitsTheSchema() throws Exception {
    assumeTrue(types.listeners().containsKey("mqtt"), "a build without the MQTT adapter");
    Path file = ROOT.resolve("config/sluice.yaml");
    assertThat(schemaErrors(Files.readString(file))).isEmpty();
    assertThat(ConfigLoader.load(file, types, Map.of())).isInstanceOf(Loaded.class);
  }

  @Test
  void examplesOfEachSectorPassTheCheckAndFitTheSchema() throws Exception {
    for (String sector : List.of("factory", "farm", "public-service", "emergency")) {
      Path file = ROOT.resolve("config/examples").resolve(sector + ".yaml");
      assertThat(schemaErrors(Files.readString(file))).as(sector).isEmpty();
      StringWriter said = new StringWriter();
      PrintWriter printer = new PrintWriter(said);
      String[] check = {"check", "--config", file.toString()};
      int exit = Main.commandLine(check).setOut(printer).setErr(printer).execute(check);
      assertThat(exit).as(said.toString()).isZero();
    }
  }

  @Test
  void minimalConfigurationLoadsAndFitsTheSchema() {
    assertThat(schemaErrors(MINIMAL)).isEmpty();
    assertThat(ConfigLoader.parse(ROOT.resolve("s.yaml"), MINIMAL, types, Map.of()))
        .isInstanceOf(Loaded.class);
  }

  @Test
  void variablesFitTheSchemaWhateverTheType() {
    assertThat(schemaErrors(MINIMAL.replace("coap:", "coap: { port: \"${PORT:-5683}\" }")))
        .isEmpty();
  }

  @Test
  void schemaRefusesWhatTheLoaderRefuses() {
    for (String bad :
        List.of(
            MINIMAL.replace("coap:", "coap: { port: 70000 }"),
            MINIMAL.replace("coap:", "coap: { prot: 1 }"),
            MINIMAL.replace("coap:", "coaq:"),
            MINIMAL.replace("type: file", "type: fiel"),
            MINIMAL.replace("directory: out", ""),
            MINIMAL.replace("id: edge-01", ""),
            MINIMAL + "acess: { }")) {
      assertThat(schemaErrors(bad)).as(bad).isNotEmpty();
      assertThat(ConfigLoader.parse(ROOT.resolve("s.yaml"), bad, types, Map.of()))
          .as(bad)
          .isNotInstanceOf(Loaded.class);
    }
  }
}
