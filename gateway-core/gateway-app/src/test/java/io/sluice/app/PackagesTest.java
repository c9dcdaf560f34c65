package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A package stays small enough to be read at once, and says what lives in it. */
class PackagesTest {
  private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
  private static final int LARGEST = 25;

  /** Packages beyond the bound, each with its reason. */
  private static final Map<String, String> LARGER = Map.of();

  private static Map<String, Long> classes;
  private static TreeSet<String> described;

  @BeforeAll
  static void count() throws IOException {
    try (Stream<Path> files = Files.walk(ROOT, 20)) {
      Map<Boolean, List<Path>> sources =
          files
              .filter(file -> file.toString().endsWith(".java"))
              .filter(file -> file.toString().contains("/src/main/java/io/sluice/"))
              .filter(file -> !file.startsWith(ROOT.resolve("benchmarks")))
              .collect(
                  Collectors.partitioningBy(
                      file -> file.getFileName().toString().equals("package-info.java")));
      classes =
          sources.get(false).stream()
              .collect(
                  Collectors.groupingBy(
                      PackagesTest::packageOf, TreeMap::new, Collectors.counting()));
      described =
          sources.get(true).stream()
              .map(PackagesTest::packageOf)
              .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private static String packageOf(Path source) {
    String folder = source.getParent().toString();
    return folder.substring(folder.indexOf("/src/main/java/") + 15).replace('/', '.');
  }

  @Test
  void packageHasAtMost25ClassesOrAReason() {
    assertThat(classes).hasSizeGreaterThan(40);
    Map<String, Long> large = new TreeMap<>(classes);
    large.values().removeIf(count -> count <= LARGEST);
    assertThat(large.keySet())
        .as("split what is new here, or take out of LARGER what has become small: %s", large)
        .isEqualTo(new TreeSet<>(LARGER.keySet()));
  }

  @Test
  void packageSaysWhatLivesInIt() {
    TreeSet<String> silent = new TreeSet<>(classes.keySet());
    silent.removeAll(described);
    assertThat(silent).as("packages without package-info.java").isEmpty();
  }
}
