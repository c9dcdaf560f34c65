package io.sluice.engine.normalize.profile;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The JSON Schema that editors take for profiles, against the reader. */
class ProfileSchemaTest {
  private static final Path ROOT = Path.of("../..");

  private String text;
  private Schema schema;

  @BeforeEach
  void schema() throws Exception {
    text = Files.readString(ROOT.resolve("config/schema/profile.schema.json"));
    schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(text);
  }

  @Test
  void itHasTheKeysThatTheReaderHas() {
    JsonNode top = JsonMapper.builder().build().readTree(text).path("properties");
    JsonNode metric = top.path("metrics").path("additionalProperties").path("properties");
    JsonNode from = metric.path("from").path("items").path("anyOf").path(1).path("properties");
    assertThat(top.propertyNames()).containsExactlyInAnyOrderElementsOf(ProfileReader.KEYS);
    assertThat(metric.propertyNames())
        .containsExactlyInAnyOrderElementsOf(ProfileReader.METRIC_KEYS);
    assertThat(from.propertyNames()).containsExactlyInAnyOrderElementsOf(ProfileReader.FROM_KEYS);
    JsonNode samples = top.path("samples").path("items").path("anyOf").path(1).path("properties");
    JsonNode encoded = top.path("encoded").path("items").path("properties");
    assertThat(samples.propertyNames()).containsExactlyInAnyOrderElementsOf(ShapeKeys.SAMPLE_KEYS);
    assertThat(top.path("pivot").path("items").path("properties").propertyNames())
        .containsExactlyInAnyOrderElementsOf(ShapeKeys.PIVOT_KEYS);
    assertThat(encoded.propertyNames()).containsExactlyInAnyOrderElementsOf(ShapeKeys.ENCODED_KEYS);
    assertThat(encoded.path("bits").path("items").path("properties").propertyNames())
        .containsExactlyInAnyOrderElementsOf(ShapeKeys.BIT_KEYS);
  }

  @Test
  void profilesThatAreShippedFit() throws Exception {
    int scripted = 0;
    try (Stream<Path> files = Files.walk(ROOT.resolve("config/profiles"))) {
      for (Path file : files.filter(each -> each.toString().endsWith(".yaml")).toList()) {
        assertThat(schema.validate(Files.readString(file), InputFormat.YAML))
            .as(file.toString())
            .isEmpty();
        scripted += file.getParent().endsWith("lorawan") ? 1 : 0;
      }
    }
    assertThat(scripted).isGreaterThanOrEqualTo(10);
  }

  @Test
  void examplesOfThePageFit() throws Exception {
    Matcher example =
        Pattern.compile("```yaml\n([^`]*)```")
            .matcher(Files.readString(ROOT.resolve("docs/profiles.md")));
    int found = 0;
    while (example.find()) {
      assertThat(schema.validate(example.group(1), InputFormat.YAML))
          .as(example.group(1))
          .isEmpty();
      found++;
    }
    assertThat(found).isGreaterThan(8);
  }

  @Test
  void whatTheReaderRefusesItRefuses() {
    for (String bad :
        List.of(
            "intervall: 10s",
            "interval: 10",
            "interval: ten",
            "unknown: maybe",
            "pivot: [{ name: n }]",
            "encoded: [{ path: a, encoding: zip }]",
            "samples: [{ path: a, colums: [b] }]",
            "metrics: { a: { units: Cel } }",
            "metrics: { a: { from: [{ unit: Cel }] } }")) {
      assertThat(schema.validate(bad, InputFormat.YAML)).as(bad).isNotEmpty();
    }
  }
}
