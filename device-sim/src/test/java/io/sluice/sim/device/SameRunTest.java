package io.sluice.sim.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.sim.scenario.DeviceSpec;
import io.sluice.sim.scenario.Scenario;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same seed says the same, whenever the run begins and however its timers are late. */
class SameRunTest {
  @TempDir Path folder;

  private List<Object> run(Scenario scenario, long startMillis, long lateMillis) {
    List<Object> values = new ArrayList<>();
    long origin =
        scenario.start() == null ? startMillis * 1000 : scenario.start().toEpochMilli() * 1000;
    for (DeviceSpec spec : scenario.devices()) {
      SimDevice device = new SimDevice(spec, startMillis * 1000, origin);
      long intervalMillis = spec.group().interval().toMillis();
      double first = intervalMillis * Hash.unit(spec.seed(), -1);
      for (int i = 0; i < 40; i++) {
        long millis = startMillis + (long) (first + i * intervalMillis) + lateMillis * (i % 3);
        values.add(device.alarmStrikes(startMillis + i));
        values.add(device.sample(startMillis + i, millis * 1000, Kind.TELEMETRY).fields());
      }
    }
    return values;
  }

  private Scenario scenario(String more) throws Exception {
    StringBuilder groups = new StringBuilder();
    for (String profile : SimProfiles.all().keySet()) {
      groups.append("  - { profile: ").append(profile);
      groups.append(", interval: 5s, alarms: { probability: 10% } }\n");
    }
    return Scenario.load(
        Files.writeString(
            folder.resolve("s.yaml"), "name: s\nseed: 7\n" + more + "groups:\n" + groups));
  }

  @Test
  void aRunCanBePlayedAgain() throws Exception {
    Scenario scenario = scenario("start: 2026-06-01T06:00:00Z\n");
    assertThat(run(scenario, 1_790_000_000_000L, 0))
        .isEqualTo(run(scenario, 1_790_012_345_678L, 40));
  }

  @Test
  void anotherSeedIsAnotherRun() throws Exception {
    Scenario scenario = scenario("start: 2026-06-01T06:00:00Z\n");
    Scenario other =
        Scenario.load(
            Files.writeString(
                folder.resolve("o.yaml"),
                Files.readString(folder.resolve("s.yaml")).replace("seed: 7", "seed: 8")));
    assertThat(run(scenario, 1_790_000_000_000L, 0))
        .isNotEqualTo(run(other, 1_790_000_000_000L, 0));
  }
}
