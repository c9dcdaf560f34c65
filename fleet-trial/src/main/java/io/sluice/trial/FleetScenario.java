package io.sluice.trial;

import io.sluice.sim.scenario.Scenario;
import io.sluice.sim.scenario.ScenarioException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

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

  /**
   * Some of the devices.
   *
   * @param percent of the fleet
   * @param pace how many times as long as the fastest they take from report to report
   * @param more keys of the scenario's group
   */
  private record Part(int percent, String profile, String id, String site, int pace, String more) {}

  private static final List<Part> PARTS =
      List.of(
          new Part(20, "vibration-sensor", "vib", "plant-a", 1, TOKEN + ", version: 5"),
          new Part(15, "energy-meter", "meter", "plant-a", 1, TOKEN),
          new Part(15, "soil-probe", "soil", "north-field", 2, TOKEN),
          new Part(15, "water-meter", "water", "old-town", 2, TOKEN + ", version: 5"),
          new Part(15, "air-quality", "air", "old-town", 1, TOKEN),
          new Part(
              10,
              "flood-gauge",
              "flood",
              "river-valley",
              1,
              TOKEN + ", alarms: { probability: 1%, clear-after: 20s }"),
          new Part(
              10,
              "gas-detector",
              "gas",
              "river-valley",
              1,
              PASSWORD + ", version: 5, alarms: { every: 40s, clear-after: 15s }"));

  /** A part of the devices each, from another address: the balancer takes them anywhere. */
  private static final String ROAMING =
      """
      faults:
        - { kind: address-change, at: 7s, every: 30s, share: 25% }
        - { kind: address-change, at: 17s, every: 40s, share: 25% }
        - { kind: link-down, at: 12s, for: 4s, every: 45s, share: 10% }
        - { kind: storm, at: 27s, for: 3s, every: 60s, share: 50% }
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
    for (Part part : PARTS) {
      int count = part.equals(PARTS.getLast()) ? left : devices * part.percent / 100;
      left -= count;
      text.append(
          "  - { profile: %s, count: %d, id: \"%s-{n:05}\", site: %s, interval: %ds, protocol: mqtt, qos: 1, form: json%s }%n"
              .formatted(part.profile, count, part.id, part.site, seconds * part.pace, part.more));
    }
    text.append(ROAMING);
    return Scenario.load(Files.writeString(directory.resolve("scenario.yaml"), text.toString()));
  }
}
