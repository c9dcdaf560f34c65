package io.sluice.engine.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.config.Option;
import io.sluice.engine.config.ConfigLoader.Faulty;
import io.sluice.engine.config.ConfigLoader.Loaded;
import io.sluice.engine.config.ConfigLoader.Result;
import io.sluice.engine.config.GatewayConfig.UpstreamConfig;
import io.sluice.engine.config.Types.Section;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds where a fleet has pushed a configuration over the box's own. */
class PushedConfigurationTest {
  record Taking(@Option(doc = "Whether.") boolean take) {}

  record Fleet(@Option(doc = "What it takes.") Taking configuration) {}

  @TempDir Path directory;
  private Path file;
  private Path pushed;

  @BeforeEach
  void places() throws Exception {
    file = directory.resolve("sluice.yaml");
    pushed = directory.resolve("data/rollout/v7");
    Files.createDirectories(pushed);
    Files.createSymbolicLink(directory.resolve("data/rollout/current"), Path.of("v7"));
  }

  private Result load(String take, String text) throws Exception {
    Files.writeString(
        file,
        """
        gateway: { id: edge-01, data: ./data }
        fleet: { configuration: { take: %s } }
        listeners: { mqtt: { port: 1883 } }
        upstreams: [ { name: own, type: file, directory: archive } ]
        """
            .formatted(take));
    Files.writeString(pushed.resolve("sluice.yaml"), text);
    Types types = TestTypes.with(new Section("fleet", Fleet.class, "The fleet."));
    return ConfigLoader.load(file, types, Map.of());
  }

  private static GatewayConfig config(Result result) {
    assertThat(result).isInstanceOf(Loaded.class);
    return ((Loaded) result).config();
  }

  private static Path directory(UpstreamConfig upstream) {
    return ((TestTypes.FileTarget) upstream.settings()).directory();
  }

  @Test
  void aPushedSectionStandsInThePlaceOfTheBoxsOwn() throws Exception {
    GatewayConfig config =
        config(load("true", "upstreams: [ { name: theirs, type: file, directory: other } ]"));
    assertThat(config.upstreams()).extracting(UpstreamConfig::name).containsExactly("theirs");
    assertThat(config.listeners()).containsOnlyKeys("mqtt");
    assertThat(config.gateway().id()).isEqualTo("edge-01");
  }

  @Test
  void aBoxThatTakesNoneHasItsOwn() throws Exception {
    GatewayConfig config =
        config(load("false", "upstreams: [ { name: theirs, type: file, directory: other } ]"));
    assertThat(config.upstreams()).extracting(UpstreamConfig::name).containsExactly("own");
  }

  @Test
  void aPathNamesWhatWasPushedWithItElseWhatTheBoxHas() throws Exception {
    Files.createDirectories(pushed.resolve("there"));
    GatewayConfig config =
        config(
            load(
                "true",
                """
                upstreams:
                  - { name: a, type: file, directory: there }
                  - { name: b, type: file, directory: not-there }
                """));
    List<UpstreamConfig> upstreams = config.upstreams();
    assertThat(directory(upstreams.get(0)))
        .isEqualTo(directory.resolve("data/rollout/current/there"));
    assertThat(directory(upstreams.get(1))).isEqualTo(directory.resolve("not-there"));
  }

  @Test
  void aPathOfTheBoxNamesNothingThatWasPushed() throws Exception {
    Files.createDirectories(pushed.resolve("archive"));
    GatewayConfig config = config(load("true", "listeners: { mqtt: { port: 1884 } }"));
    assertThat(directory(config.upstreams().getFirst())).isEqualTo(directory.resolve("archive"));
  }

  @Test
  void aFleetCannotSayWhoABoxIs() throws Exception {
    Result result = load("true", "gateway: { id: other }\nfleet: { region: north }");
    assertThat(((Faulty) result).faults())
        .extracting(Fault::toString)
        .containsExactly(
            directory.resolve("data/rollout/current/sluice.yaml")
                + ":1:1: gateway: is the box's own; take it out, and write it at the box",
            directory.resolve("data/rollout/current/sluice.yaml")
                + ":2:1: fleet: is the box's own; take it out, and write it at the box");
  }

  @Test
  void aFaultOfThePushedFileNamesItsPlace() throws Exception {
    Result result = load("true", "listeners: { mqtt: { port: 70000 } }");
    assertThat(((Faulty) result).faults())
        .singleElement()
        .extracting(fault -> fault.location().file())
        .isEqualTo(directory.resolve("data/rollout/current/sluice.yaml").toString());
  }
}
