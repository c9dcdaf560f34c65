package io.sluice.engine.registry.provision;

import static io.sluice.engine.registry.Fixture.PROFILES;
import static io.sluice.engine.registry.Fixture.id;
import static io.sluice.engine.registry.Fixture.login;
import static io.sluice.engine.registry.Fixture.open;
import static io.sluice.engine.registry.Fixture.spec;
import static io.sluice.engine.registry.Fixture.verdict;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.Device;
import io.sluice.engine.config.Fault;
import io.sluice.engine.config.Faults;
import io.sluice.engine.registry.Fixture;
import io.sluice.engine.registry.Registry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceSeedTest {
  @TempDir Path directory;

  private final Faults faults = new Faults();

  private DeviceSeed load(String yaml) throws IOException {
    Path file = Files.writeString(directory.resolve("devices.yaml"), yaml);
    return DeviceSeed.load(
        List.of(file), PROFILES, Set.of("plant-a"), Map.of("PRESS_TOKEN", Fixture.TOKEN), faults);
  }

  private List<String> faultsOf(String yaml) throws IOException {
    load(yaml);
    String prefix = directory.resolve("devices.yaml") + ":";
    return faults.list().stream()
        .map(Fault::toString)
        .map(fault -> fault.startsWith(prefix) ? fault.substring(prefix.length()) : fault)
        .toList();
  }

  /** As meters, sites and keys are numbered; none of it is a number. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "00890123",
        "0089",
        "08",
        "010",
        "0o17",
        "0x1F",
        "1e3",
        "1E400",
        "1_000",
        "yes",
        "true",
        "null1",
        "2026-01-01",
        "12:30:45",
        "99999999999999999999",
        "1.",
        "1.50",
        "-089",
        ".5"
      })
  void idsSitesAndSecretsAreTextHoweverTheyLook(String text) throws Exception {
    DeviceSeed seed =
        load(
            """
            - { id: %1$s, profile: cnc, sector: %1$s, site: %1$s,
                credentials: { password: %1$s, psk: { identity: %1$s, key: 00112233445566778899001122334455 } } }
            - { id: child, profile: cnc, sector: factory, site: a, parent: %1$s }
            """
                .formatted(text));
    assertThat(faults.list()).isEmpty();
    try (Registry registry = open(directory)) {
      assertThat(registry.seed(seed).refused()).isEmpty();
      Device device = registry.find(text);
      assertThat(device).isNotNull();
      assertThat(device.sector()).isEqualTo(text);
      assertThat(device.site()).isEqualTo(text);
      assertThat(registry.find("child").parent()).isEqualTo(id(text));
      assertThat(verdict(registry, login(text, text))).isEqualTo(text);
      assertThat(registry.pskKey(text)).hasSize(16);
    }
  }

  @Test
  void entryOfTheContractIsRead() throws Exception {
    DeviceSeed seed =
        load(
            """
            - { id: gw, profile: cnc, sector: factory, site: plant-a }
            - { id: press-07, profile: vibration-sensor, sector: factory, site: plant-a,
                interval: 10s, parent: gw, planned: false, commissioned: false,
                credentials: { password: geheim, token: "${PRESS_TOKEN}",
                  psk: { identity: press, key: 00112233445566778899AABBCCDDEEFF },
                  certificate: "CN=press-07" } }
            """);
    assertThat(faults.list()).isEmpty();
    try (Registry registry = open(directory)) {
      SeedReport report = registry.seed(seed);
      assertThat(report).isEqualTo(new SeedReport(2, 0, 0, 0, List.of()));
      assertThat(registry.find("press-07"))
          .isEqualTo(
              new Device(
                  id("press-07"),
                  "vibration-sensor",
                  "factory",
                  "plant-a",
                  Duration.ofSeconds(10),
                  id("gw"),
                  false,
                  false,
                  false));
      assertThat(registry.find("gw")).matches(gw -> gw.planned() && gw.commissioned());
      assertThat(registry.directory().get(id("press-07")).credentialKinds())
          .containsExactly("password", "token", "psk", "certificate");
      assertThat(registry.pskKey("press")).hasSize(16);
      assertThat(verdict(registry, login("press-07", "geheim"))).isEqualTo("press-07");
      assertThat(verdict(registry, login("press-07", "falsch"))).contains("wrong");
    }
  }

  @Test
  void everyFaultIsFoundInOnePassWithItsPlace() throws Exception {
    assertThat(
            faultsOf(
                """
                - { id: a, profile: cnd, sector: factory, site: plant-a }
                - id: b
                  profile: cnc
                  sector: factory
                  site: plant-a
                  intervall: 10s
                  parent: nobody
                  credentials: { token: short }
                - { id: c d, profile: cnc, sector: f, site: x }
                - { id: a, profile: cnc, sector: factory, site: x }
                - { id: e, profile: cnc, site: x, interval: fast }
                """))
        .anyMatch(f -> f.startsWith("1:21: [0].profile: no profile \"cnd\"; did you mean \"cnc\"?"))
        .anyMatch(f -> f.startsWith("6:3: [1].intervall: ") && f.contains("\"interval\"?"))
        .anyMatch(f -> f.startsWith("9:9: [2].id: "))
        .anyMatch(f -> f.startsWith("10:9: [3].id: \"a\" is given twice, first at "))
        .anyMatch(f -> f.contains("[4].sector: is missing"))
        .anyMatch(f -> f.startsWith("11:") && f.contains("[4].interval: "));
  }

  @Test
  void rulesBetweenEntriesAreChecked() throws Exception {
    assertThat(
            faultsOf(
                """
                - { id: a, profile: cnc, sector: f, site: s, parent: b }
                - { id: b, profile: cnc, sector: f, site: s, parent: a }
                - { id: c, profile: cnc, sector: f, site: s, parent: nobody }
                - { id: d, profile: cnc, sector: f, site: s, credentials: { certificate: CN=x } }
                - { id: e, profile: cnc, sector: f, site: s, credentials: { certificate: cn=X } }
                - { id: f, profile: cnc, sector: f, site: s, credentials: { token: geheim-kurz } }
                """))
        .anyMatch(f -> f.contains("[0].parent: \"b\" stands below it; break the circle"))
        .anyMatch(f -> f.contains("[2].parent: no device \"nobody\" in these files"))
        .anyMatch(f -> f.contains("[4].credentials.certificate: is that of device d already"))
        .anyMatch(f -> f.contains("[5].credentials.token: must be 16 to 512 characters"))
        .noneMatch(f -> f.contains("geheim-kurz"));
  }

  @Test
  void fileThatIsNoListIsAFault() throws Exception {
    assertThat(faultsOf("devices: x\n")).anyMatch(f -> f.contains("must be a list of devices"));
    assertThat(load("").specs()).isEmpty();
  }

  @Test
  void nameThatIsBoundLaterInTheFileIsBound() throws Exception {
    String yaml =
        "- { id: a, profile: cnc, sector: f, site: s, credentials: { certificate: CN=a%s } }\n";
    try (Registry registry = open(directory)) {
      registry.seed(load(yaml.formatted("")));
    }
    try (Registry registry = open(directory)) {
      SeedReport report = registry.seed(load(yaml.formatted(", certificate-authority: plant-a")));
      assertThat(faults.list()).isEmpty();
      assertThat(report.updated()).isEqualTo(1);
    }
  }

  @Test
  void unchangedEntryLeavesWhatTheApiChanged() throws Exception {
    String yaml = "- { id: a, profile: cnc, sector: factory, site: from-file }\n";
    try (Registry registry = open(directory)) {
      registry.seed(load(yaml));
      registry.directory().put(spec("a"));
    }
    try (Registry registry = open(directory)) {
      assertThat(registry.seed(load(yaml)).unchanged()).isEqualTo(1);
      assertThat(registry.find("a").site()).isEqualTo("plant-a");
      assertThat(registry.seed(load(yaml.replace("from-file", "new"))).updated()).isEqualTo(1);
      assertThat(registry.find("a").site()).isEqualTo("new");
    }
  }

  @Test
  void deviceRemovedOverTheApiStaysRemoved() throws Exception {
    String yaml = "- { id: a, profile: cnc, sector: factory, site: x }\n";
    try (Registry registry = open(directory)) {
      registry.seed(load(yaml));
      registry.directory().remove(id("a"));
    }
    try (Registry registry = open(directory)) {
      registry.seed(load(yaml));
      assertThat(registry.find("a")).isNull();
    }
  }

  @Test
  void deviceOfTheApiIsKeptWhenItsEntryAppears() throws Exception {
    try (Registry registry = open(directory)) {
      registry.directory().put(spec("a"));
      SeedReport report =
          registry.seed(load("- { id: a, profile: cnc, sector: factory, site: other }\n"));
      assertThat(report.kept()).isEqualTo(1);
      assertThat(registry.find("a").site()).isEqualTo("plant-a");
    }
  }

  @Test
  void retiredDeviceStaysRetiredThoughItsEntryChanges() throws Exception {
    try (Registry registry = open(directory)) {
      registry.seed(load("- { id: a, profile: cnc, sector: factory, site: x }\n"));
      registry.directory().retire(id("a"));
      registry.seed(load("- { id: a, profile: cnc, sector: factory, site: y }\n"));
      assertThat(registry.find("a")).matches(a -> a.retired() && a.site().equals("y"));
    }
  }

  @Test
  void seededPasswordsWorkBeforeAndAfterTheirSlowHashAndAfterRestart() throws Exception {
    StringBuilder yaml = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      yaml.append("- { id: d" + i + ", profile: cnc, sector: f, site: s, ")
          .append("credentials: { password: secret-" + i + " } }\n");
    }
    try (Registry registry = open(directory)) {
      registry.seed(load(yaml.toString()));
      assertThat(verdict(registry, login("d39", "secret-39"))).isEqualTo("d39");
      assertThat(verdict(registry, login("d38", "secret-39"))).contains("wrong");
      Fixture.awaitSeedPasswords(registry);
      assertThat(verdict(registry, login("d39", "secret-39"))).isEqualTo("d39");
    }
    try (Registry registry = open(directory)) {
      assertThat(registry.size()).isEqualTo(40);
      assertThat(registry.seed(load(yaml.toString())).unchanged()).isEqualTo(40);
      assertThat(verdict(registry, login("d7", "secret-7"))).isEqualTo("d7");
      assertThat(verdict(registry, login("d7", "secret-8"))).contains("wrong");
    }
  }

  @Test
  void stopBeforeTheSlowHashesLosesNoDevice() throws Exception {
    String yaml =
        """
        - { id: a, profile: cnc, sector: f, site: s, credentials: { password: one } }
        - { id: b, profile: cnc, sector: f, site: s, credentials: { password: two } }
        """;
    for (int i = 0; i < 3; i++) {
      try (Registry registry = open(directory)) {
        registry.seed(load(yaml));
        assertThat(verdict(registry, login("a", "one"))).isEqualTo("a");
        registry.directory().put(spec("b"));
        assertThat(verdict(registry, login("b", "two"))).isEqualTo("b");
      }
    }
  }
}
