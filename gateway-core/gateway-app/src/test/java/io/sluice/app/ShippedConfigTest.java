package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.sluice.cli.config.GatewayTypes;
import io.sluice.engine.config.ConfigLoader;
import io.sluice.engine.config.ConfigLoader.Loaded;
import io.sluice.engine.config.ConfigSchema;
import io.sluice.engine.config.ReferencePage;
import io.sluice.engine.config.Types;
import io.sluice.engine.registry.provision.DeviceFileEntry;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

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
        .isEqualTo(ReferencePage.write(types, DeviceFileEntry.class));
  }

  @Test
  void schemaIsUpToDate() throws Exception {
    assertThat(Files.readString(ROOT.resolve("config/schema/sluice.schema.json")))
        .as(REMEDY)
        .isEqualTo(ConfigSchema.write(types));
  }

  @Test
  void schemaOfDeviceFilesIsUpToDateAndFitsThoseThatAreShipped() throws Exception {
    String text = Files.readString(ROOT.resolve("config/schema/devices.schema.json"));
    assertThat(text).as(REMEDY).isEqualTo(ConfigSchema.writeDevices(DeviceFileEntry.class));
    Schema schema =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(text);
    String shipped = Files.readString(ROOT.resolve("config/devices.yaml"));
    assertThat(schema.validate(shipped, InputFormat.YAML)).isEmpty();
    for (String bad :
        List.of(
            "- { id: a, profile: cnc, sector: factory }",
            "- { id: a/b, profile: cnc, sector: factory, site: x }",
            "- { id: a, profile: cnc, sector: factory, site: x, intervall: 10s }",
            "- { id: a, profile: cnc, sector: factory, site: x, interval: 10 s s }",
            "- { id: a, profile: cnc, sector: factory, site: x, credentials: { tokn: y } }")) {
      assertThat(schema.validate(bad, InputFormat.YAML)).as(bad).isNotEmpty();
    }
  }

  @Test
  void schemaOfTheFleetTakesItsFilesAndRefusesWhatItsLoaderRefuses() throws Exception {
    Schema schema =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(Files.readString(ROOT.resolve("config/schema/fleet.schema.json")));
    for (String file :
        List.of(
            "config/deploy/compose/fleet.yaml",
            "config/deploy/kubernetes/base/fleet-config.yaml")) {
      String shipped = Files.readString(ROOT.resolve(file));
      assertThat(schema.validate(shipped, InputFormat.YAML)).as(file).isEmpty();
    }
    for (String bad :
        List.of(
            "fleet: { treads: 2 }",
            "fleet: { standbys: 9 }",
            "fleet: { store: { uri: \"postgres:5432\", user: view } }",
            "fleet: { bus: {} }",
            "admin: { port: 70000 }",
            "coverge: {}")) {
      assertThat(schema.validate(bad, InputFormat.YAML)).as(bad).isNotEmpty();
    }
  }

  /** A key that is in the schema and in no row of the page is one that nobody finds. */
  @Test
  void everyKeyOfTheSchemasHasARow() throws Exception {
    String page = Files.readString(ROOT.resolve("docs/reference.md"));
    JsonMapper json = JsonMapper.builder().build();
    for (String schema :
        List.of(ConfigSchema.write(types), ConfigSchema.writeDevices(DeviceFileEntry.class))) {
      for (JsonNode properties : json.readTree(schema).findValues("properties")) {
        for (String key : properties.propertyNames()) {
          String of = key.endsWith("-file") ? key.substring(0, key.length() - 5) : key;
          assertThat(page)
              .as(key)
              .containsPattern("(`|\\.|## |\\[\\]\\.)" + Pattern.quote(of) + "(`|\n|-file`)");
        }
      }
    }
  }

  @Test
  void wordsOfAChoiceAreInTheSchemaAndInTheRemedy() {
    String mqtt = "type: mqtt, uri: \"tcp://a:1\", version: ";
    for (String version : List.of("3.1.1", "5", "\"5\"")) {
      String good = MINIMAL.replace("type: file, directory: out", mqtt + version);
      assertThat(schemaErrors(good)).as(version).isEmpty();
      assertThat(ConfigLoader.parse(ROOT.resolve("s.yaml"), good, types, Map.of()))
          .isInstanceOf(Loaded.class);
    }
    String bad = MINIMAL.replace("type: file, directory: out", mqtt + "4");
    assertThat(schemaErrors(bad)).isNotEmpty();
    assertThat(ConfigLoader.parse(ROOT.resolve("s.yaml"), bad, types, Map.of()).toString())
        .contains("write 3.1.1 or 5");
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
