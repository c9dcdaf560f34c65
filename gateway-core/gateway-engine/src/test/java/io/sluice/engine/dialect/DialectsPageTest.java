package io.sluice.engine.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.engine.config.Faults;
import io.sluice.engine.dialect.unpack.Unpackers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example of docs/dialects.md does what the page says. */
class DialectsPageTest {
  private static final Pattern YAML = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);
  private static final Pattern ROW =
      Pattern.compile(
          "^\\| `([^`{]+)` \\| (telemetry|event|alarm|state|not mapped) \\| ([^|]*) ?\\|$",
          Pattern.MULTILINE);

  @Test
  void topicsOfTheExampleMeanWhatTheTableSays(@TempDir Path own) throws Exception {
    String page = Files.readString(Path.of("../../docs/dialects.md"));
    Matcher yaml = YAML.matcher(page);
    assertThat(yaml.find()).isTrue();
    Files.writeString(own.resolve("hall.yaml"), yaml.group(1));
    Faults faults = new Faults();
    Topics topics =
        Dialects.load(new DialectPlaces(ShippedDialects.FOLDER, List.of(own)), faults)
            .topics(List.of(), Map.of());
    assertThat(faults.list()).isEmpty();
    Matcher row = ROW.matcher(page);
    int rows = 0;
    while (row.find()) {
      RoutedTopic route = topics.route("any", row.group(1));
      String device = route == null || route.device() == null ? "the session's" : route.device();
      assertThat(route == null ? "not mapped" : route.messageClass().jsonName())
          .as(row.group(1))
          .isEqualTo(row.group(2));
      if (route != null) {
        assertThat(device).as(row.group(1)).isEqualTo(row.group(3).strip());
      }
      rows++;
    }
    assertThat(rows).isEqualTo(6);
    DialectReader.SHIPPED.forEach(name -> assertThat(page).contains("| `" + name + "` |"));
    DialectReader.NAMED_ONLY.forEach(name -> assertThat(page).contains("| `" + name + "` |"));
    Unpackers.names().stream()
        .filter(name -> !name.equals("counted")) // which is of the tests alone
        .forEach(name -> assertThat(page).contains("`" + name + "`"));
  }
}
