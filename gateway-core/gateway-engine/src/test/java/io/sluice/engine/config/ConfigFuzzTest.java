package io.sluice.engine.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.adapter.testkit.seeded.Fuzz;
import io.sluice.adapter.testkit.seeded.Mutator;
import io.sluice.engine.config.ConfigLoader.Faulty;
import io.sluice.engine.config.ConfigLoader.Loaded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever stands in a configuration file: a configuration comes out, or faults of one line. */
@Tag(Fuzz.TAG)
@Tag("slow")
class ConfigFuzzTest {
  private static final int MAX_BYTES = 1 << 16;
  private static final long MAX_MILLIS = 3_000;
  private static final long MAX_ALLOCATED_BYTES = 256 << 20;
  private static final Map<String, String> ENVIRONMENT =
      Map.of("HOST", "127.0.0.1", "TOKEN", "t0ken", "A", "${A}");

  static final List<String> YAML_WORDS =
      List.of(
          "{",
          "}",
          "[",
          "]",
          ":",
          ": ",
          "- ",
          "- - ",
          "? ",
          ",",
          "&a ",
          "*a",
          "!",
          "!!binary ",
          "!!map ",
          "!!set ",
          "!!timestamp ",
          "<<: *a",
          "|",
          "|+9\n",
          ">-\n",
          "'",
          "\"",
          "\"\\x",
          "%",
          "%YAML 1.2\n",
          "---\n",
          "...\n",
          "@",
          "`",
          "#",
          "\n",
          "\n  ",
          "\t",
          " ",
          "~",
          "null",
          "yes",
          "0x7f",
          "0o17",
          "1e999999999",
          "-9223372036854775809",
          ".inf",
          ".nan",
          "1_000",
          "12:30:45",
          "${HOST}",
          "${NONE}",
          "${A:-b}",
          "${",
          "$${",
          "}",
          "\u0000",
          "\ufeff",
          "\u2028",
          "\ue000",
          "\ue003",
          "\ud83d\ude00",
          "gateway: ",
          "listeners: ",
          "upstreams: ",
          "port: ",
          "tls: ",
          "type: mqtt",
          "name: ",
          "x: {",
          "x: [",
          "99999999999999999999GB",
          "-1s",
          "1e9d",
          "token-file: ");

  @TempDir private Path directory;

  @Test
  void whateverTheTextOnlyFaultsComeOut() throws IOException {
    Mutator mutator =
        Mutator.ofText(List.of(shipped(), ConfigLoaderTest.FULL), YAML_WORDS, MAX_BYTES);
    Fuzz.of("configuration", 3_000)
        .within(MAX_MILLIS, MAX_ALLOCATED_BYTES)
        .check(random -> parse(mutator.nextText(random)));
  }

  @Test
  void whateverTheBytesOfTheFileOnlyFaultsComeOut() {
    Path file = directory.resolve("random.yaml");
    Fuzz.of("configuration file", 500)
        .check(random -> {
          byte[] bytes = new byte[random.nextInt(200)];
          random.nextBytes(bytes);
          Files.write(file, bytes);
          assertThat(ConfigLoader.load(file, TestTypes.TYPES, Map.of())).isInstanceOf(Faulty.class);
        });
  }

  @Test
  void grownFromTheWordsOfYamlOnlyFaultsComeOut() {
    Fuzz.of("random YAML", 3_000)
        .within(MAX_MILLIS, MAX_ALLOCATED_BYTES)
        .check(random -> parse(grown(random)));
  }

  static String grown(SplittableRandom random) {
    StringBuilder text = new StringBuilder();
    for (int words = random.nextInt(1, 60); words > 0; words--) {
      text.append(YAML_WORDS.get(random.nextInt(YAML_WORDS.size())));
    }
    return text.toString();
  }

  @Test
  void whatIsMadeToExpandOrToNestIsRefusedSoon() {
    StringBuilder laughs = new StringBuilder("a0: &a0 [x]\n");
    for (int i = 1; i < 40; i++) {
      laughs.append("a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1));
    }
    String flow = "upstreams: " + "[".repeat(1_000_000);
    String mappings = "a: " + "{a: ".repeat(300_000);
    StringBuilder blocks = new StringBuilder();
    for (int i = 0; i < 1_000; i++) {
      blocks.append(" ".repeat(i)).append("a:\n");
    }
    String dashes = "- ".repeat(300_000);
    String keys = "? ".repeat(300_000);
    String number = "gateway: { id: " + "9".repeat(1_000_000) + " }";
    String zeroLed = "gateway: { id: 0" + "9".repeat(1_000_000) + " }";
    String zeroLedPort = "listeners: { mqtt: { port: 0" + "9".repeat(1_000_000) + " } }";
    String zeros = "listeners: { mqtt: { port: " + "0".repeat(1_000_000) + "x } }";
    String exponent = "listeners: { mqtt: { port: 1e999999999 } }";
    String openVariables = "gateway: { id: \"" + "${".repeat(300_000) + "\" }";
    String longKey = "x".repeat(1_000_000) + ": 1";
    String quoted = "\"" + "\\u0041".repeat(200_000) + "\": 1";
    String anchors = "&a ".repeat(300_000);
    String comments = "#\n".repeat(500_000);
    String unclosed = "a: 'x\n" + "\n".repeat(500_000);
    for (String text :
        List.of(
            laughs.toString(),
            flow,
            mappings,
            blocks.toString(),
            dashes,
            keys,
            number,
            zeroLed,
            zeroLedPort,
            zeros,
            exponent,
            openVariables,
            longKey,
            quoted,
            anchors,
            comments,
            unclosed)) {
      Fuzz.of(text.substring(0, 12).strip(), 1)
          .within(MAX_MILLIS, MAX_ALLOCATED_BYTES)
          .check(random -> assertThat(parse(text)).isInstanceOf(Faulty.class));
    }
  }

  /** The scanner's buffer once ended between the halves of such a character. */
  @Test
  void charactersBeyondTheBasicPlaneStandAnywhere() {
    for (int at = 1_000; at < 1_060; at++) {
      String text = ConfigLoaderTest.MINIMAL + "#" + "x".repeat(at) + "\ud83d\ude00\n";
      assertThat(parse(text)).isInstanceOf(Loaded.class);
    }
  }

  private ConfigLoader.Result parse(String text) {
    ConfigLoader.Result result =
        ConfigLoader.parse(directory.resolve("s.yaml"), text, TestTypes.TYPES, ENVIRONMENT);
    if (result instanceof Faulty faulty) {
      assertThat(faulty.faults()).isNotEmpty();
      faulty.faults().forEach(fault -> assertThat(fault.toString()).doesNotContain("\n"));
    }
    return result;
  }

  static String shipped() throws IOException {
    return Files.readString(home().resolve("config/sluice.yaml"));
  }

  static Path home() {
    Path here = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(here.resolve("config/profiles"))) {
      here = here.getParent();
    }
    return here;
  }
}
