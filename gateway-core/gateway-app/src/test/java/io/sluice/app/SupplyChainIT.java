package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.sluice.testkit.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The bill of materials, and the program that judges it, run as a release runs it. */
class SupplyChainIT {
  private static final Path BUILD = Path.of("../../build/check").toAbsolutePath().normalize();

  @TempDir Path directory;
  private Path bill;

  private record Outcome(int code, String text) {}

  @BeforeEach
  void writeBill() throws IOException {
    bill =
        Files.writeString(
            directory.resolve("sbom.json"),
            """
            {"bomFormat": "CycloneDX",
             "metadata": {"component": {"group": "io.sluice", "name": "gateway-app", "version": "1"}},
             "components": [
              {"group": "g", "name": "range", "version": "1.4.0.Final",
               "licenses": [{"license": {"id": "MIT"}}]},
              {"group": "g", "name": "last", "version": "2.0-rc1",
               "licenses": [{"license": {"id": "MIT"}}]},
              {"group": "g", "name": "listed", "version": "33.5.0-jre",
               "licenses": [{"license": {"name": "Proprietary"}}]},
              {"group": "g", "name": "fixed", "version": "4.2.10.Final",
               "licenses": [{"license": {"id": "MIT"}}]}]}
            """);
  }

  private static Outcome run(String program, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-cp");
    command.add(Path.of("../../target/check").toAbsolutePath().normalize() + "/*");
    command.add(BUILD.resolve(program).toString());
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Outcome(process.exitValue(), text);
  }

  private static String entry(String id, String severity, String name, String affected) {
    return """
    {"id": "%s", "aliases": ["CVE-%s"], "summary": "of %s",
     "database_specific": {"severity": "%s"},
     "affected": [{"package": {"ecosystem": "Maven", "name": "g:%s"}, %s}]}
    """
        .formatted(id, id, name, severity, name, affected);
  }

  private static String range(String events) {
    return "\"ranges\": [{\"type\": \"ECOSYSTEM\", \"events\": [" + events + "]}]";
  }

  private Path dump() throws IOException {
    Path dump = Files.createDirectory(directory.resolve("osv"));
    String range = "{\"introduced\":\"1.10\"},{\"fixed\":\"1.12\"},{\"introduced\":\"0\"}";
    write(dump, entry("A-1", "HIGH", "range", range(range + ",{\"fixed\":\"1.4.1\"}")));
    write(
        dump,
        entry(
            "A-2",
            "LOW",
            "last",
            range("{\"introduced\":\"1.9\"},{\"last_affected\":\"2.0-rc1\"}")));
    write(dump, entry("A-3", "CRITICAL", "listed", "\"versions\": [\"33.5.0-jre\"]"));
    write(
        dump,
        entry(
            "N-1",
            "HIGH",
            "fixed",
            range("{\"introduced\":\"4.2.0.Alpha1\"},{\"fixed\":\"4.2.10\"}")));
    write(
        dump,
        entry(
            "N-2",
            "HIGH",
            "fixed",
            range("{\"introduced\":\"0\"},{\"last_affected\":\"4.2.9.Final\"}")));
    write(dump, entry("N-3", "HIGH", "last", range("{\"introduced\":\"2.0\"}")));
    write(dump, entry("N-4", "HIGH", "other", range("{\"introduced\":\"0\"}")));
    return dump;
  }

  private static void write(Path dump, String entry) throws IOException {
    Files.writeString(dump.resolve("e" + entry.hashCode() + ".json"), entry);
  }

  @Test
  void dumpTellsWhichVersionsAreAffected() throws Exception {
    Path dump = dump();
    Outcome all =
        run("Vulnerabilities.java", "--sbom", bill.toString(), "--database", dump.toString());
    assertThat(all.code()).isEqualTo(3);
    assertThat(all.text())
        .contains("HIGH     pkg:maven/g/range@1.4.0.Final A-1 CVE-A-1: of range")
        .contains("LOW      pkg:maven/g/last@2.0-rc1 A-2")
        .contains("CRITICAL pkg:maven/g/listed@33.5.0-jre A-3")
        .doesNotContain("N-")
        .contains("4 libraries, 3 known vulnerabilities, 3 of them count");
  }

  @Test
  void onlyGraveOnesThatAreNotAcceptedCount() throws Exception {
    Path dump = dump();
    Path accepted = directory.resolve("accepted.txt");
    Files.writeString(accepted, "# why\nCVE-A-1 = not reached\nA-3 = not reached either\n");
    Outcome grave =
        run(
            "Vulnerabilities.java",
            "--sbom",
            bill.toString(),
            "--database",
            dump.toString(),
            "--severity",
            "HIGH",
            "--accepted",
            accepted.toString());
    assertThat(grave.code()).isZero();
    assertThat(grave.text())
        .contains("(accepted: not reached)")
        .contains("3 known vulnerabilities, 0 of them count");
  }

  @Test
  void osvIsAskedInOneGoAndThenForEachEntry() throws Exception {
    HttpServer osv =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    List<String> asked = new ArrayList<>();
    osv.createContext(
        "/",
        exchange -> {
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          asked.add(exchange.getRequestURI() + " " + body);
          String answer =
              body.isEmpty()
                  ? entry("A-9", "HIGH", "fixed", "\"versions\": []")
                  : "{\"results\": [{\"vulns\": [{\"id\": \"A-9\"}]}, {}, {}, {}]}";
          exchange.sendResponseHeaders(200, 0);
          try (var out = exchange.getResponseBody()) {
            out.write(answer.getBytes(StandardCharsets.UTF_8));
          }
        });
    osv.start();
    try {
      String url = "http://127.0.0.1:" + osv.getAddress().getPort();
      Outcome found = run("Vulnerabilities.java", "--sbom", bill.toString(), "--url", url);
      assertThat(found.text()).contains("HIGH     pkg:maven/g/fixed@4.2.10.Final A-9");
      assertThat(found.code()).isEqualTo(3);
      assertThat(asked).hasSize(2);
      assertThat(asked.getFirst())
          .startsWith("/v1/querybatch ")
          .contains("{\"package\":{\"purl\":\"pkg:maven/g/range@1.4.0.Final\"}}");
      assertThat(asked.getLast()).startsWith("/v1/vulns/A-9");
    } finally {
      osv.stop(0);
    }
  }

  @Test
  void unreachableServiceIsNoCleanBillOfHealth() throws Exception {
    int closed = FreePort.next();
    Outcome none =
        run(
            "Vulnerabilities.java",
            "--sbom",
            bill.toString(),
            "--url",
            "http://127.0.0.1:" + closed);
    assertThat(none.code()).isEqualTo(1);
    assertThat(none.text()).contains("OSV cannot be reached").contains("--database");
    assertThat(run("Vulnerabilities.java", "--sbom", "none.json").code()).isEqualTo(2);
  }

  /** The fleet's view is an archive of its own: what it is worked out with is large. */
  @Test
  void nothingOfTheFleetsViewIsShippedWithTheGateway() throws Exception {
    long size = 0;
    try (Stream<Path> jars = Files.list(Path.of("target/sluice/lib"))) {
      for (Path jar : jars.toList()) {
        assertThat(jar.getFileName().toString())
            .doesNotContainPattern("^(rocksdbjni|kafka-streams|flyway|gateway-fleet)");
        size += Files.size(jar);
      }
    }
    // 66 MB in November 2026, native libraries of two architectures among them
    assertThat(size).isLessThan(75_000_000);
  }

  /**
   * The bill has each shipped jar as it was published, and the list of licences has each library.
   */
  @Test
  void everyShippedJarIsInTheBillAndEachLibraryHasALicence() throws Exception {
    Path shipped = Path.of("target/sluice");
    JsonNode bill = JsonMapper.shared().readTree(shipped.resolve("sluice-sbom.json"));
    List<JsonNode> components = new ArrayList<>(List.of(bill.at("/metadata/component")));
    bill.get("components").forEach(components::add);
    Map<String, String> named = new HashMap<>();
    Set<String> own = new HashSet<>();
    for (JsonNode component : components) {
      String name = component.get("name").asString() + ' ' + component.get("version").asString();
      if (component.get("group").asString().equals("io.sluice")) {
        own.add(name.replace(' ', '-') + ".jar");
      }
      component.path("hashes").forEach(hash -> named.put(hash.get("content").asString(), name));
    }
    String licences = Files.readString(shipped.resolve("THIRD-PARTY.txt"));
    try (Stream<Path> jars = Files.list(shipped.resolve("lib"))) {
      for (Path jar : jars.filter(each -> !own.contains(each.getFileName().toString())).toList()) {
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(jar));
        String name = named.get(HexFormat.of().formatHex(hash));
        assertThat(name).as(jar.toString()).isNotNull();
        assertThat(jar.getFileName().toString()).startsWith(name.replace(' ', '-'));
        assertThat(licences).contains(':' + name + '\n');
      }
    }
  }
}
