package io.sluice.trial;

import io.sluice.sim.scenario.Scenario;
import io.sluice.sim.scenario.ScenarioException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Devices of all four sectors that roam: they lose their connection and come back elsewhere. */
final class FleetScenario {
  private static final String SITES =
      """
      name: fleet
      seed: 24
      sites:
        - { id: plant-a, sector: factory }
        - { id: north-field, sector: farm }
        - { id: old-town, sector: public-service }
        - { id: river-valley, sector: emergency }
      """;

  private static final String TOKEN = ", credentials: { token: \"token-of-{id}-in-this-fleet\" }";

  /** What a password costs shows at each sign-in, so a few have one. */
  private static final String PASSWORD = ", credentials: { password: \"password-of-{id}\" }";

  /** Share of the fleet in percent, profile, id, site, how often it reports, more. */
  private static final Object[][] GROUPS = {
    {20, "vibration-sensor", "vib", "plant-a", 1, ", version: 5"},
    {15, "energy-meter", "meter", "plant-a", 1, ""},
    {15, "soil-probe", "soil", "north-field", 2, ""},
    {15, "water-meter", "water", "old-town", 2, ", version: 5"},
    {15, "air-quality", "air", "old-town", 1, ""},
    {
      10,
      "flood-gauge",
      "flood",
      "river-valley",
      1,
      ", alarms: { probability: 1%, clear-after: 20s }"
    },
    {
      10,
      "gas-detector",
      "gas",
      "river-valley",
      1,
      PASSWORD + ", version: 5, alarms: { every: 40s, clear-after: 15s }"
    },
  };

  /** A part of the devices each, from another address: the balancer takes them anywhere. */
  private static final String ROAMING =
      """
      faults:
        - { kind: address-change, at: 7s, every: 30s, share: 25%% }
        - { kind: address-change, at: 17s, every: 40s, share: 25%% }
        - { kind: link-down, at: 12s, for: 4s, every: 45s, share: 10%% }
        - { kind: storm, at: %ds, for: 3s, every: %ds, share: 50%% }
      """;

  private FleetScenario() {}

  /**
   * Writes the scenario and reads it.
   *
   * @param devices how many, 20 or more
   * @param seconds between two reports of the fastest
   */
  static Scenario write(Path directory, int devices, int seconds)
      throws IOException, ScenarioException {
    StringBuilder text = new StringBuilder(SITES).append("groups:\n");
    int left = devices;
    for (int i = 0; i < GROUPS.length; i++) {
      Object[] group = GROUPS[i];
      int count = i == GROUPS.length - 1 ? left : devices * (Integer) group[0] / 100;
      left -= count;
      String more = (String) group[5];
      text.append(
          "  - { profile: %s, count: %d, id: \"%s-{n:05}\", site: %s, interval: %ds, protocol: mqtt, qos: 1, form: json%s%s }%n"
              .formatted(
                  group[1],
                  count,
                  group[2],
                  group[3],
                  seconds * (Integer) group[4],
                  more.startsWith(PASSWORD) ? "" : TOKEN,
                  more));
    }
    text.append(ROAMING.formatted(27, 60));
    return Scenario.load(Files.writeString(directory.resolve("scenario.yaml"), text.toString()));
  }
}
