package io.sluice.engine.normalize;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.CanonicalRecord;
import io.sluice.api.Measurement;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The examples of docs/profiles.md become what the page says. */
class ProfilesPageTest {
  private static final Pattern EXAMPLE =
      Pattern.compile("```yaml\n([^`]*)```\n```json\n([^`]*)```\n```text\n([^`]*)```");

  @Test
  void examplesOfShapesBecomeWhatThePageSays() throws Exception {
    String page = Files.readString(Path.of("../../docs/profiles.md"));
    Matcher example = EXAMPLE.matcher(page);
    int found = 0;
    while (example.find()) {
      Bench bench = Bench.of("id: page", example.group(1));
      CanonicalRecord record = bench.decode(example.group(2).strip());
      List<String> lines = example.group(3).lines().toList();
      boolean timed = lines.getFirst().matches(".* \\d{4}-[-0-9T:]+Z");
      assertThat(record.measurements().stream().map(m -> shown(record, m, timed)))
          .as(example.group(1))
          .containsExactlyElementsOf(lines);
      found++;
    }
    assertThat(found).isEqualTo(page.split("```text", -1).length - 1).isGreaterThan(4);
  }

  private static String shown(CanonicalRecord record, Measurement m, boolean timed) {
    Long own = m.timeMicros();
    long micros = own == null ? record.timeMicros() : own;
    String value =
        m.value() instanceof Double d && d == Math.rint(d)
            ? Long.toString(d.longValue())
            : String.valueOf(m.value());
    return m.name()
        + ' '
        + value
        + (m.unit() == null ? "" : ' ' + m.unit())
        + (timed ? " " + Instant.ofEpochMilli(micros / 1_000) : "");
  }
}
