package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table of IEC 62443-4-2 in docs/security.md names the tests that show each claim. */
class SecurityPageTest {
  private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
  private static final Pattern TEST = Pattern.compile("\\b[A-Z][A-Za-z0-9]*(Test|IT)\\b");

  private static List<String> rows() throws IOException {
    String page = Files.readString(ROOT.resolve("docs/security.md"), StandardCharsets.UTF_8);
    String table = page.substring(page.indexOf("| CR | Requirement"));
    return table.lines().skip(2).takeWhile(line -> line.startsWith("|")).toList();
  }

  /** Of the modules' sources alone: what a build writes meanwhile is not looked at. */
  private static Set<String> tests() throws IOException {
    Set<String> found = new TreeSet<>();
    for (String group : List.of("gateway-core", "protocol-adapters", ".")) {
      try (Stream<Path> modules = Files.list(ROOT.resolve(group))) {
        for (Path module : modules.toList()) {
          gather(module.resolve("src/test/java"), found);
        }
      }
    }
    return found;
  }

  private static void gather(Path sources, Set<String> into) throws IOException {
    if (Files.isDirectory(sources)) {
      try (Stream<Path> files = Files.walk(sources)) {
        files
            .map(file -> file.getFileName().toString())
            .filter(name -> name.endsWith(".java"))
            .forEach(name -> into.add(name.substring(0, name.length() - ".java".length())));
      }
    }
  }

  @Test
  void everyTestThatIsNamedIsThere() throws IOException {
    Set<String> named = new TreeSet<>();
    for (String row : rows()) {
      TEST.matcher(row).results().map(MatchResult::group).forEach(named::add);
    }
    assertThat(named).hasSizeGreaterThan(30);
    assertThat(tests()).containsAll(named);
  }

  @Test
  void everyYesNamesATest() throws IOException {
    assertThat(rows())
        .filteredOn(row -> row.contains("| yes"))
        .filteredOn(row -> !row.contains("| 2.11 |")) // the system's clock is the system's
        .allMatch(row -> TEST.matcher(row).find());
  }
}
