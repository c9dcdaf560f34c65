package io.sluice.engine.registry.provision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.engine.ingest.Newcomers.Verdict;
import io.sluice.engine.normalize.profile.Profiles;
import io.sluice.engine.registry.Fixture;
import io.sluice.engine.registry.Registry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Children that concentrators bring by themselves, as the concentrator's profile lets them. */
class ChildRegistrationTest {
  private final Device bridge =
      new Device(new DeviceId("bridge"), "cnc", "farm", "field-7", null, null, true, true, false);

  private static Profiles profiles(Path folder, String children) throws Exception {
    Path file = Files.createDirectories(folder.resolve("p")).resolve("cnc.yaml");
    Files.writeString(file, "id: cnc\n" + children);
    Files.writeString(folder.resolve("p/soil-probe.yaml"), "id: soil-probe\n");
    Profiles.Loaded loaded = Profiles.load(List.of(folder.resolve("p")));
    assertThat(loaded.faults()).isEmpty();
    return loaded.profiles();
  }

  @Test
  void childOfThePatternIsRegisteredOnceUpToTheLimit(@TempDir Path folder) throws Exception {
    Profiles profiles =
        profiles(folder, "children: { register: \"24e1*\", profile: soil-probe, limit: 2 }\n");
    try (Registry registry = Fixture.open(folder.resolve("data"));
        ChildRegistration children = registry.children(profiles::find)) {
      registry.directory().put(Fixture.spec("bridge"));
      assertThat(children.bring(bridge, "0xabc")).isEqualTo(Verdict.UNASKED);
      for (String id : List.of("24e101", "24e102")) {
        assertThat(children.bring(bridge, id)).isEqualTo(Verdict.UNDER_WAY);
        await().until(() -> registry.find(id) != null);
      }
      Device child = Objects.requireNonNull(registry.find("24e101"));
      assertThat(child.parent()).isEqualTo(bridge.id());
      assertThat(child.profile()).isEqualTo("soil-probe");
      assertThat(child.site()).isEqualTo("field-7");
      assertThat(child.sector()).isEqualTo("farm");
      assertThat(child.planned()).isFalse();
      assertThat(child.commissioned()).isTrue();
      await().until(() -> children.bring(bridge, "24e103").refusal() != null);
      assertThat(children.bring(bridge, "24e103").refusal())
          .isEqualTo(
              "device 24e103 is not registered: bridge has its 2 children; raise children.limit in"
                  + " profile cnc");
      assertThat(registry.find("24e103")).isNull();
    }
  }

  @Test
  void profileThatIsNotThereIsTold(@TempDir Path folder) throws Exception {
    Profiles profiles = profiles(folder, "children: { register: \"*\", profile: sensor }\n");
    try (Registry registry = Fixture.open(folder.resolve("data"));
        ChildRegistration children = registry.children(profiles::find)) {
      await().until(() -> children.bring(bridge, "a").refusal() != null);
      assertThat(children.bring(bridge, "a").refusal())
          .contains("children.profile of profile cnc, \"sensor\", is not loaded");
    }
  }

  @Test
  void concentratorWithoutThatKeyBringsNobody(@TempDir Path folder) throws Exception {
    Profiles profiles = profiles(folder, "interval: 1m\n");
    try (Registry registry = Fixture.open(folder.resolve("data"));
        ChildRegistration children = registry.children(profiles::find)) {
      assertThat(children.bring(bridge, "a")).isEqualTo(Verdict.UNASKED);
    }
  }
}
