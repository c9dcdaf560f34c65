package io.sluice.app.reload;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cli.config.GatewayTypes;
import io.sluice.engine.config.ConfigLoader;
import io.sluice.engine.config.ConfigLoader.Loaded;
import io.sluice.engine.config.GatewayConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The difference of two configurations, and what it asks for. */
class ReloadPlanTest {
  private static final String BEFORE =
      """
      gateway: { id: edge-01 }
      listeners:
        mqtt: { host: 127.0.0.1, port: 1883 }
        coap: { port: 5683 }
      upstreams:
        - { name: archive, type: file, directory: out }
        - { name: cloud, type: mqtt, uri: "tcp://127.0.0.1:1884", topic: "a/{device}" }
      limits: { messages-per-second: 20 }
      """;

  @TempDir Path directory;

  private GatewayConfig before;

  @BeforeEach
  void read() throws IOException {
    before = config(BEFORE);
  }

  private GatewayConfig config(String yaml) throws IOException {
    Path file = Files.writeString(directory.resolve("sluice.yaml"), yaml);
    ConfigLoader.Result result = ConfigLoader.load(file, GatewayTypes.installed(), Map.of());
    assertThat(result).as(result.toString()).isInstanceOf(Loaded.class);
    return ((Loaded) result).config();
  }

  private ReloadPlan plan(String yaml) throws IOException {
    return ReloadPlan.of(before, before, config(yaml), List.of());
  }

  @Test
  void theSameIsNoChange() throws IOException {
    ReloadPlan plan = plan("# a word of explanation\n" + BEFORE);
    assertThat(plan.isEmpty()).isTrue();
    assertThat(plan.vocabulary()).isFalse();
    assertThat(plan.devices()).isFalse();
    assertThat(plan.upstreams().isEmpty()).isTrue();
    assertThat(plan.restart()).isEmpty();
  }

  @Test
  void anUpstreamIsToldByItsName() throws IOException {
    ReloadPlan plan =
        plan(
            BEFORE
                .replace("a/{device}", "b/{device}")
                .replace("name: archive", "name: vault, was: archive"));
    assertThat(plan.lines())
        .containsExactly(
            "upstream vault added", "upstream cloud changed", "upstream archive removed");
    assertThat(plan.upstreams().toStart()).hasSize(2);
    assertThat(plan.vocabulary()).isFalse();
  }

  @Test
  void unitsOfOnesOwnAreTakenOverWithTheProfiles() throws IOException {
    ReloadPlan plan = plan(BEFORE + "units: { own: { GPM: { unit: l/min, factor: 3.785 } } }\n");
    assertThat(plan.vocabulary()).isTrue();
    assertThat(plan.lines()).containsExactly("units changed");
    assertThat(plan.restart()).isEmpty();
  }

  @Test
  void whatAnUpstreamWasCalledBeforeIsNoChangeOfIt() throws IOException {
    assertThat(plan(BEFORE.replace("name: archive", "name: archive, was: old")).isEmpty()).isTrue();
  }

  @Test
  void whatWantsARestartIsToldByItsKeyAndListenersAreTakenOver() throws IOException {
    ReloadPlan plan =
        plan(
            BEFORE
                .replace("1883", "1893")
                .replace("  coap: { port: 5683 }\n", "  coaps2: { type: coap, port: 5693 }\n")
                .replace("second: 20", "second: 30")
                .replace("{ id: edge-01 }", "{ id: edge-01, data: ./elsewhere }"));
    assertThat(plan.restart())
        .containsExactlyInAnyOrder("gateway.data", "limits.messages-per-second");
    assertThat(plan.lines())
        .containsExactly("listener coaps2 added", "listener mqtt changed", "listener coap removed");
    assertThat(plan.listeners().toStart()).hasSize(2);
  }

  @Test
  void whatIsAskedForWhenItIsNeededIsTakenOver() throws IOException {
    ReloadPlan plan = plan(BEFORE + "drain: { for: 30s }\n");
    assertThat(plan.lines()).containsExactly("drain changed");
    assertThat(plan.restart()).isEmpty();
  }

  @Test
  void aListOfDialectsIsOfTheVocabulary() throws IOException {
    ReloadPlan plan = plan(BEFORE.replace("port: 1883", "port: 1883, dialects: [ sluice ]"));
    assertThat(plan.lines()).containsExactly("dialects of mqtt changed");
    assertThat(plan.vocabulary()).isTrue();
    assertThat(plan.restart()).isEmpty();
  }

  @Test
  void whatIsStillToBeRestartedStaysToldWhenOtherThingsChange() throws IOException {
    String other = BEFORE.replace("second: 20", "second: 30");
    GatewayConfig now = config(other);
    ReloadPlan plan = ReloadPlan.of(before, now, config(other + "\n"), List.of());
    assertThat(plan.isEmpty()).isTrue();
    assertThat(plan.restart()).containsExactly("limits.messages-per-second");
  }
}
