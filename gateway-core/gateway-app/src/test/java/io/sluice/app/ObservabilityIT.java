package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Prometheus's own tool over the rules and dashboards that are shipped, and over a real scrape.
 * Needs Debian's prometheus; without it it is skipped, except in CI.
 */
class ObservabilityIT {
  private static final Path CONFIG = Path.of("../../config").toAbsolutePath().normalize();
  private static final Path PROMETHEUS = CONFIG.resolve("prometheus");
  private static final Pattern OURS = Pattern.compile("\\bsluice_[a-z_]+");

  @TempDir Path directory;

  @BeforeAll
  static void hasTool() {
    boolean isThere = Files.isExecutable(Path.of("/usr/bin/promtool"));
    assumeTrue(
        isThere || System.getenv("SLUICE_REQUIRE_TOOLS") != null,
        "no promtool: apt-get install prometheus");
  }

  @Test
  void rulesAndTheirTestsHold() throws Exception {
    promtool("check", "rules", PROMETHEUS.resolve("sluice-rules.yml").toString());
    promtool("test", "rules", PROMETHEUS.resolve("sluice-rules.test.yml").toString());
    promtool("check", "rules", PROMETHEUS.resolve("sluice-fleet-rules.yml").toString());
    promtool("test", "rules", PROMETHEUS.resolve("sluice-fleet-rules.test.yml").toString());
    promtool("check", "config", PROMETHEUS.resolve("prometheus.yml").toString());
  }

  private static void promtool(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("promtool"));
    command.addAll(List.of(arguments));
    Tool.run(command.toArray(String[]::new)).succeeded();
  }

  /**
   * Expressions of boards.
   *
   * @param boards names of their files; what is of a fleet is none that a gateway has
   */
  private static List<String> expressions(String boards) throws IOException {
    List<String> found = new ArrayList<>();
    try (Stream<Path> files = Files.list(CONFIG.resolve("grafana"))) {
      for (Path file :
          files.filter(each -> each.getFileName().toString().matches(boards)).toList()) {
        JsonNode board = JsonMapper.shared().readTree(Files.readString(file));
        for (JsonNode panel : board.get("panels")) {
          assertThat(panel.get("description").stringValue()).as(file.toString()).isNotEmpty();
          panel.get("targets").forEach(target -> found.add(target.get("expr").stringValue()));
        }
      }
    }
    assertThat(found).hasSizeGreaterThan(15);
    return found;
  }

  @Test
  void everyExpressionOfADashboardIsPromql() throws Exception {
    StringBuilder rules = new StringBuilder("groups:\n  - name: boards\n    rules:\n");
    int number = 0;
    for (String expression : expressions(".*\\.json")) {
      rules
          .append("      - record: board:expression")
          .append(number++)
          .append("\n        expr: |-\n          ")
          .append(expression)
          .append('\n');
    }
    promtool("check", "rules", Files.writeString(directory.resolve("r.yml"), rules).toString());
  }

  @Test
  void everyMetricThatIsNamedIsInAScrape() throws Exception {
    Set<String> named = new TreeSet<>();
    String rules = Files.readString(PROMETHEUS.resolve("sluice-rules.yml"));
    for (String text :
        Stream.concat(Stream.of(rules), expressions("sluice-(?!fleet).*\\.json").stream())
            .toList()) {
      Matcher names = OURS.matcher(text);
      while (names.find()) {
        named.add(names.group().replaceFirst("_bucket$", ""));
      }
    }
    assertThat(named).hasSizeGreaterThan(10);
    try (GatewayProcess gateway = GatewayProcess.start(new Setup(directory).config())) {
      Tool.publish(gateway, "telemetry", "{broken");
      // what needs time to come (a lane that grows, a due slot) is not waited for, and
      // certificates are not configured here
      Set<String> later =
          Set.of(
              "sluice_spool_hours_left",
              "sluice_messages_accepted_total",
              "sluice_certificate_expiry_seconds",
              "sluice_crl_expiry_seconds");
      await()
          .untilAsserted(() -> {
            String scrape = scrape(gateway);
            assertThat(named)
                .filteredOn(name -> !later.contains(name))
                .allSatisfy(name -> assertThat(scrape).contains(name));
          });
      Path metrics = Files.writeString(directory.resolve("metrics"), scrape(gateway));
      Tool check = Tool.run("sh", "-c", "promtool check metrics <" + metrics);
      // the contract names this one in hours
      assertThat(check.output().lines())
          .filteredOn(line -> !line.startsWith("sluice_spool_hours_left use base unit"))
          .as("complaints of promtool")
          .isEmpty();
    }
  }

  private static String scrape(GatewayProcess gateway) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:" + gateway.port("admin") + "/metrics");
      return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
          .body();
    }
  }
}
