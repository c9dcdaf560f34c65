package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What the users' pages name is there: commands, messages, pages; their recipes run. */
class UserPagesTest {
  private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
  private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");
  private static final Pattern LINK = Pattern.compile("]\\((?!https?:)([^)#\\s]*)(#[^)]*)?\\)");
  private static final Pattern COMMAND =
      Pattern.compile("(?:^|[`(| ])(?:\\./|bin/)?sluice ([a-z][a-z-]+)( [a-z][a-z-]+)?");

  private static Map<String, String> pages() throws IOException {
    Map<String, String> pages = new java.util.TreeMap<>();
    try (Stream<Path> files = Files.list(ROOT.resolve("docs"))) {
      for (Path file : files.filter(each -> each.toString().endsWith(".md")).toList()) {
        pages.put("docs/" + file.getFileName(), Files.readString(file));
      }
    }
    pages.put("README.md", Files.readString(ROOT.resolve("README.md")));
    return pages;
  }

  @Test
  void everyPageThatIsLinkedIsThere() throws IOException {
    List<String> dead = new ArrayList<>();
    pages()
        .forEach((page, text) -> {
          Matcher links = LINK.matcher(text);
          while (links.find()) {
            String target = links.group(1);
            if (!target.isEmpty()
                && !Files.exists(ROOT.resolve(page).getParent().resolve(target))) {
              dead.add(page + ": " + target);
            }
          }
        });
    assertThat(dead).isEmpty();
  }

  @Test
  void everyCommandThatIsNamedIsThere() throws IOException {
    Map<String, CommandLine> commands = Main.commandLine().getSubcommands();
    List<String> unknown = new ArrayList<>();
    for (String name :
        List.of("troubleshooting", "operate", "glossary", "http-api", "recipes", "install")) {
      Matcher named = COMMAND.matcher(pages().getOrDefault("docs/" + name + ".md", ""));
      int found = 0;
      while (named.find()) {
        found++;
        CommandLine command = commands.get(named.group(1));
        String second = named.group(2) == null ? "" : named.group(2).strip();
        boolean isKnown =
            command != null
                && (command.getSubcommands().isEmpty()
                    || second.isEmpty()
                    || command.getSubcommands().containsKey(second));
        if (!isKnown) {
          unknown.add(name + ": " + named.group());
        }
      }
      assertThat(found > 0 || List.of("glossary", "recipes").contains(name)).as(name).isTrue();
    }
    assertThat(unknown).isEmpty();
  }

  /** A user searches for what he sees: the page has it as the program writes it. */
  @Test
  void everyMessageThatThePageOfTroublesQuotesIsTheProgramsOwn() throws IOException {
    StringBuilder sources = new StringBuilder();
    for (String group : List.of("gateway-core", "protocol-adapters")) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(group))) {
        for (Path file :
            files
                .filter(each -> each.toString().contains("/src/main/"))
                .filter(each -> each.toString().endsWith(".java"))
                .toList()) {
          sources.append(Files.readString(file, StandardCharsets.UTF_8));
        }
      }
    }
    String program = sources.toString().replaceAll("\"\\s*\\+\\s*\"", "");
    String page = pages().get("docs/troubleshooting.md");
    List<String> quoted = new ArrayList<>();
    page.lines()
        .filter(line -> line.startsWith("| "))
        .map(line -> line.split("\\|", 3)[1])
        .forEach(cell -> QUOTED.matcher(cell).results().forEach(one -> quoted.add(one.group(1))));
    assertThat(quoted).hasSizeGreaterThan(6);
    assertThat(quoted)
        .filteredOn(text -> text.strip().contains(" ") && !text.contains("..."))
        .hasSizeGreaterThan(5)
        .allMatch(program::contains);
  }

  @Test
  void theRecipesRunOnARecordAsThePageShowsIt(@TempDir Path archive) throws Exception {
    Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/jq")));
    String record =
        pages()
            .get("docs/record.md")
            .lines()
            .filter(line -> line.startsWith("{\"id\""))
            .findFirst()
            .orElseThrow();
    String alarm =
        record
            .replace("-t17", "-a1")
            .replace(
                "\"class\":\"telemetry\"", "\"class\":\"alarm\",\"cap\":{\"status\":\"Actual\"}");
    Files.writeString(archive.resolve("a.jsonl"), record + "\n" + alarm + "\n" + record + "\n");
    List<String> outputs = new ArrayList<>();
    Matcher blocks =
        Pattern.compile("```(sh|python)\n(.*?)```", Pattern.DOTALL)
            .matcher(pages().get("docs/recipes.md"));
    while (blocks.find()) {
      outputs.add(
          blocks.group(1).equals("sh")
              ? run("sh", "-c", blocks.group(2).replace("ARCHIVE", archive.toString()))
              : run("python3", "-c", blocks.group(2), archive.toString()));
    }
    assertThat(outputs).hasSize(3);
    assertThat(outputs.get(0))
        .startsWith("\"meter-07\",\"voltage\",230.1,\"V\",1767225599123000\n");
    assertThat(outputs.get(1)).contains("\"device\":\"meter-07\"").hasLineCount(1);
    assertThat(outputs.get(2)).as("three lines, two records").hasLineCount(2);
  }

  private static String run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(said).isZero();
    return said;
  }
}
