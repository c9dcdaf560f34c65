package io.sluice.engine.registry.provision;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.adapter.testkit.seeded.Fuzz;
import io.sluice.adapter.testkit.seeded.Mutator;
import io.sluice.api.operator.DeviceImporter.ImportFormat;
import io.sluice.engine.config.Faults;
import io.sluice.engine.registry.Fixture;
import io.sluice.engine.registry.Registry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever stands in a device file or an import: devices come out, and what is wrong with them. */
@Tag(Fuzz.TAG)
class DeviceFilesFuzzTest {
  private static final int MAX_BYTES = 1 << 16;
  private static final String YAML =
      """
      - { id: a, profile: cnc, sector: farm, site: north, interval: 10s, planned: true }
      - id: b
        profile: soil-probe
        sector: farm
        site: "field 1"
        parent: a
        credentials: { token: 0123456789abcdef-token, psk: { identity: b, key: 00112233445566778899 } }
      - { id: c, profile: cnc, sector: f, site: s, credentials: { certificate: "CN=c,O=x" } }
      """;
  private static final String CSV =
      """
      id,profile,sector,site,interval,parent,planned,credentials.token
      a,cnc,farm,"field 1, north ""A\""",10s,,false,0123456789abcdef-token
      b,soil-probe,farm,x,,a,,
      """;
  private static final List<String> WORDS =
      List.of(
          "- ",
          "{ ",
          " }",
          "[",
          "]",
          ": ",
          ",",
          "\"",
          "'",
          "\n",
          "\r",
          "\u0000",
          "&a ",
          "*a",
          "!!x ",
          "id: ",
          "parent: a",
          "parent: b",
          "credentials: ",
          "psk: ",
          "key: zz",
          "certificate: \"CN=\"",
          "CN=a+CN=b\\,",
          "${HOME}",
          "token-file: x",
          "interval: -1s",
          "99999999999d",
          "a,",
          "\"\"",
          ",,,,,",
          "credentials.psk.key",
          "credentials.psk.identity",
          "credentials.",
          "\ufeff",
          "é",
          "# ",
          "---\n");

  @TempDir Path directory;

  @Test
  void whateverIsImportedEachLineIsTakenOrRefused() throws Exception {
    Mutator yaml = Mutator.ofText(List.of(YAML), WORDS, MAX_BYTES);
    Mutator csv = Mutator.ofText(List.of(CSV), WORDS, MAX_BYTES);
    try (Registry registry = Fixture.open(directory)) {
      Fuzz.of("import", 400)
          .within(5_000, 256 << 20)
          .check(random -> {
            boolean isYaml = random.nextBoolean();
            String text = (isYaml ? yaml : csv).nextText(random);
            registry
                .importer()
                .importDevices(isYaml ? ImportFormat.YAML : ImportFormat.CSV, text)
                .refused()
                .forEach(line -> assertThat(line.reason()).isNotBlank().doesNotContain("\n"));
          });
    }
  }

  @Test
  void whateverTheDeviceFileHoldsOnlyFaultsComeOut() {
    Mutator yaml = Mutator.ofText(List.of(YAML), WORDS, MAX_BYTES);
    Path file = directory.resolve("devices.yaml");
    Fuzz.of("device file", 1_500)
        .within(5_000, 256 << 20)
        .check(random -> {
          Files.write(file, yaml.next(random));
          Faults faults = new Faults();
          DeviceSeed.load(List.of(file), Fixture.PROFILES, Set.of(), Map.of("HOME", "/x"), faults);
          faults.list().forEach(f -> assertThat(f.toString()).doesNotContain("\n"));
        });
  }
}
