package io.sluice.engine.normalize.profile;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.adapter.testkit.seeded.Fuzz;
import io.sluice.adapter.testkit.seeded.Mutator;
import io.sluice.engine.normalize.Bench;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whatever stands in a profile: a profile comes out, or faults of one line. */
@Tag(Fuzz.TAG)
class ProfileFuzzTest {
  private static final int MAX_BYTES = 1 << 16;
  private static final String SMALL =
      """
      id: a
      interval: 10s
      metrics:
        t: { unit: Cel, from: [x, {path: y, scale: 0.1, add: -40, values: { 0: off }}], below: 5 }
      alarms: [{when: t > 5, severity: Severe}]
      layout: {order: little, fields: [{metric: t, offset: 0, type: bits, bit: 1, width: 3}]}
      text: { columns: [time, t], separator: ';' }
      unwrap: [ a.b ]
      timezone: Europe/Berlin
      """;
  private static final List<String> WORDS =
      List.of(
          "{",
          "}",
          "[",
          "]",
          ": ",
          ",",
          "- ",
          "? ",
          "&a ",
          "*a",
          "!!binary ",
          "|\n",
          ">\n",
          "'",
          "\"",
          "%",
          "@",
          "\n",
          "\n  ",
          "#",
          "~",
          "0",
          "-1",
          "1e999999999",
          "99999999999999999999",
          ".nan",
          "offset: 2147483647",
          "offset: -1",
          "width: 65",
          "bit: 99",
          "type: u64",
          "type: f64",
          "scale: 0",
          "scale: 1e308",
          "add: 1e308",
          "unit: Cel",
          "unit: ",
          "when: t > ",
          "when: > 5",
          "interval: 99999999999d",
          "interval: -1s",
          "path: ''",
          "path: .",
          "from: ",
          "values: ",
          "separator: ''",
          "separator: ab",
          "columns: ",
          "timezone: Mars/Base",
          "\u0000",
          "\ufeff");

  @Test
  void whateverTheTextOnlyFaultsComeOut() throws IOException {
    Mutator mutator = Mutator.ofText(good(), WORDS, MAX_BYTES);
    Fuzz.of("profile", 4_000)
        .within(3_000, 128 << 20)
        .check(random -> {
          List<String> faults = new ArrayList<>();
          read(mutator.nextText(random), faults);
          faults.forEach(fault -> assertThat(fault).doesNotContain("\n"));
        });
  }

  @Test
  void whatIsMadeToExpandOrToNestIsRefusedSoon() {
    StringBuilder laughs = new StringBuilder("a0: &a0 [x]\n");
    for (int i = 1; i < 40; i++) {
      laughs.append("a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1));
    }
    for (String text :
        List.of(
            laughs.toString(),
            "metrics: " + "[".repeat(1_000_000),
            "metrics: " + "{a: ".repeat(250_000),
            "- ".repeat(300_000),
            "? ".repeat(300_000),
            "id: " + "9".repeat(1_000_000),
            "x".repeat(1_000_000) + ": 1")) {
      List<String> faults = new ArrayList<>();
      Fuzz.of(text.substring(0, 10).strip(), 1)
          .within(3_000, 256 << 20)
          .check(random -> read(text, faults));
      assertThat(faults).isNotEmpty();
    }
  }

  private static void read(String text, List<String> faults) {
    new ProfileReader(Path.of("test.yaml"), null, faults, new ArrayList<>()).read(text);
  }

  private static List<String> good() throws IOException {
    List<String> good = new ArrayList<>(List.of(SMALL));
    try (Stream<Path> files = Files.list(Bench.shippedDirectory())) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        good.add(Files.readString(file));
      }
    }
    return good;
  }
}
