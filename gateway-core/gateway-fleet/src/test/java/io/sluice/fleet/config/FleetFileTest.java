package io.sluice.fleet.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.adapter.testkit.Authority;
import io.sluice.cli.ExitCode;
import io.sluice.fleet.CommandLines;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a fleet's configuration may say, and what is said of it. */
class FleetFileTest {
  private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
  private static final String REMEDY =
      "differs from the settings' records; run ./sluice fleet reference in the repository's root";
  private static final Pattern BLOCK =
      Pattern.compile("^```yaml\n(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL);

  /** Keys that only a fleet's file has, or that make it one. */
  private static final Pattern OF_A_FLEET =
      Pattern.compile("(?m)^ +(application-id|state|peer-timeout|take-over|standbys):|user: view");

  @TempDir private Path directory;
  private Authority authority;
  private Authority.Signed own;
  private Path secret;

  private Path write(String text) throws IOException {
    return Files.writeString(directory.resolve("fleet.yaml"), text);
  }

  private CommandLines check(String text) throws IOException {
    return CommandLines.run(new String[0], "check", "--config", write(text).toString());
  }

  @Test
  void referencePageAndSchemaAreUpToDate() throws Exception {
    assertThat(Files.readString(ROOT.resolve("docs/reference-fleet.md")))
        .as(REMEDY)
        .isEqualTo(FleetFile.reference());
    assertThat(Files.readString(ROOT.resolve("config/schema/fleet.schema.json")))
        .as(REMEDY)
        .isEqualTo(FleetFile.schema());
  }

  @Test
  void everyFaultIsToldInOnePassWithPlaceAndRemedy() throws Exception {
    Files.writeString(directory.resolve("pump.yaml"), "id: pump\nmetrcs: {}\n");
    CommandLines said =
        check(
            """
            fleet:
              bus: { bootstrap-servers: "kafka:9092", usrname: me }
              treads: 2
              standbys: 9
              store: { uri: "postgres:5432", user: view }
            admin: { port: 70000 }
            coverge: {}
            profiles: [ pump.yaml ]
            """);
    assertThat(said.code()).isEqualTo(ExitCode.USAGE);
    assertThat(said.err().replace(directory + "/", ""))
        .contains(
            "fleet.yaml:2:43: fleet.bus.usrname: is not a known key; did you mean \"username\"?",
            "fleet.yaml:3:3: fleet.treads: is not a known key; did you mean \"threads\"?",
            "fleet.yaml:4:13: fleet.standbys: ",
            "fleet.yaml:5:17: fleet.store.uri: ",
            "write postgresql://HOST:5432/NAME",
            "fleet.yaml:6:16: admin.port: ",
            "fleet.yaml:7:1: coverge: is not a known key; did you mean \"coverage\"?",
            "pump.yaml:2:1: metrcs: ");
  }

  @Test
  void whatIsFoundIsJsonWhereThatIsAskedFor() throws Exception {
    Path file = write("fleet:\n  treads: 2\n");
    CommandLines said =
        CommandLines.run(new String[0], "check", "--json", "--config", file.toString());
    assertThat(said.code()).isEqualTo(ExitCode.USAGE);
    assertThat(said.err()).isEmpty();
    JsonNode answer = JsonMapper.shared().readTree(said.out());
    assertThat(answer.path("ok").asBoolean(true)).isFalse();
    assertThat(answer.at("/findings/0/level").asString()).isEqualTo("fault");
    assertThat(answer.at("/findings/0/line").asInt()).isEqualTo(2);
    assertThat(answer.at("/findings/0/text").asString()).startsWith("fleet.treads: ");
    file = write("fleet: { bus: { bootstrap-servers: \"kafka:9092\" } }\n");
    said = CommandLines.run(new String[0], "check", "--json", "--config", file.toString());
    assertThat(said.code()).isEqualTo(ExitCode.DONE);
    answer = JsonMapper.shared().readTree(said.out());
    assertThat(answer.path("ok").asBoolean()).isTrue();
    assertThat(answer.at("/findings/0/level").asString()).isEqualTo("warning");
    assertThat(answer.at("/findings/0/text").asString()).contains("fleet.store is missing");
  }

  @Test
  void whatIsMissingForRunIsAWarning() throws Exception {
    CommandLines said =
        check("fleet: { store: { uri: \"postgresql://db/fleet\", user: view, password: x } }");
    assertThat(said.code()).as(said.err()).isEqualTo(ExitCode.DONE);
    assertThat(said.err()).contains("fleet.bus is missing").doesNotContain("fleet.store");
    assertThat(said.out()).contains("no fault found");
    assertThat(check("").err()).contains("fleet.bus is missing", "fleet.store is missing");
    assertThat(CommandLines.run(new String[0], "check", "--config", "nowhere.yaml").err())
        .contains("nowhere.yaml");
  }

  /** Files that it names are somewhere else: others that are here take their places. */
  private String withFilesThatAreHere(String text) throws IOException {
    if (authority == null) {
      authority = Authority.create(Files.createDirectories(directory.resolve("authority")));
      own = authority.client("/CN=fleet");
      secret = Files.writeString(directory.resolve("secret"), "0123456789abcdef0123");
    }
    return text.replaceAll("(?m)^profiles: .*$", "")
        .replaceAll("\\b(password-file|token-file): [^ ,}\n]+", "$1: " + secret)
        .replaceAll("\\bca: [^ ,}\n]+", "ca: " + authority.certificate())
        .replaceAll("\\bcertificate: [^ ,}\n]+", "certificate: " + own.certificate())
        .replaceAll("\\bkey: [^ ,}\n]+", "key: " + own.key());
  }

  private void assertLoads(String name, String text) throws IOException {
    StringWriter said = new StringWriter();
    Map<String, String> variables =
        Map.of(
            "SLUICE_FLEET_PASSWORD", "secret",
            "SLUICE_POD", "fleet-0",
            "SLUICE_FLEET_ADVERTISE", "fleet-1:8080",
            "SLUICE_ADMIN_TOKEN", "0123456789abcdef0123");
    FleetFile loaded =
        FleetFile.load(write(withFilesThatAreHere(text)), variables, new PrintWriter(said, true));
    assertThat(loaded).as(name + ": " + said).isNotNull();
  }

  @Test
  void everyFileThatIsShippedIsTaken() throws Exception {
    List<Path> files;
    try (Stream<Path> all = Files.walk(ROOT.resolve("config"))) {
      files =
          all.filter(file -> file.getFileName().toString().matches("fleet(-config)?\\.yaml"))
              .toList();
    }
    int taken = 0;
    for (Path file : files) {
      String text = Files.readString(file);
      if (text.startsWith("fleet:") || text.contains("\nfleet:")) {
        assertLoads(file.toString(), text);
        taken++;
      }
    }
    assertThat(taken).isGreaterThanOrEqualTo(2);
  }

  @Test
  void everyExampleOfThePagesIsTaken() throws Exception {
    List<String> pages = new ArrayList<>();
    try (Stream<Path> all = Files.list(ROOT.resolve("docs"))) {
      for (Path page : all.filter(file -> file.toString().endsWith(".md")).sorted().toList()) {
        Matcher block = BLOCK.matcher(Files.readString(page));
        while (block.find()) {
          String text = block.group(1);
          if (text.contains("fleet:") && OF_A_FLEET.matcher(text).find()) {
            assertLoads(page.getFileName().toString(), text);
            pages.add(page.getFileName().toString());
          }
        }
      }
    }
    assertThat(pages).contains("fleet-view.md").hasSizeGreaterThanOrEqualTo(2);
  }

  /** Their codecs are in the fleet's archive, too. */
  @Test
  void profilesWithScriptsAreTaken() throws Exception {
    CommandLines said = check("profiles: [ " + ROOT.resolve("config/profiles/lorawan") + " ]");
    assertThat(said.code()).as(said.err()).isEqualTo(ExitCode.DONE);
  }

  @Test
  void anInstanceThatListensEverywhereIsReachedByItsOwnAddress() throws Exception {
    InetSocketAddress everywhere = new InetSocketAddress("0.0.0.0", 8080);
    assertThat(Advertised.of(null, everywhere))
        .endsWith(":8080")
        .doesNotContain("0.0.0.0")
        .contains(InetAddress.getLocalHost().getHostAddress());
    assertThat(Advertised.of("fleet-1:8080", everywhere)).isEqualTo("fleet-1:8080");
    assertThat(Advertised.of(null, InetSocketAddress.createUnresolved("127.0.0.1", 8080)))
        .isEqualTo("127.0.0.1:8080");
  }
}
