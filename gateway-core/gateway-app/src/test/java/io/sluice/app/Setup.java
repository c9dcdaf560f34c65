package io.sluice.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A configuration in a folder of its own, with a few devices of different kinds. */
record Setup(Path directory) {
  static final String TOKEN = "t0ken-of-tests-0123456789";

  private static final String DEVICES =
      """
      - { id: meter-1, profile: energy-meter, sector: factory, site: plant-a,
          credentials: { password: secret-1 } }
      - { id: water-1, profile: water-meter, sector: public-service, site: north,
          credentials: { token: %s } }
      - { id: gas-1, profile: gas-detector, sector: emergency, site: depot,
          credentials: { password: secret-1 } }
      - { id: hub-1, profile: cnc, sector: factory, site: plant-a,
          credentials: { password: secret-1 } }
      - { id: child-1, profile: vibration-sensor, sector: factory, site: plant-a, parent: hub-1 }
      """
          .formatted(TOKEN);

  /** Writes the configuration with these upstreams; the archive is always among them. */
  Path config(String... furtherUpstreams) throws IOException {
    Path profiles = Path.of("../../config/profiles").toAbsolutePath().normalize();
    StringBuilder yaml = new StringBuilder();
    yaml.append("gateway: { id: edge-01, data: ./var }\n")
        .append("listeners:\n")
        .append("  mqtt: { host: 127.0.0.1, port: 0 }\n")
        .append("  coap: { host: 127.0.0.1, port: 0 }\n")
        .append("admin: { port: 0 }\n")
        .append("profiles: [ ")
        .append(profiles)
        .append(" ]\n")
        .append("devices: [ devices.yaml ]\n")
        .append("upstreams:\n")
        .append("  - { name: archive, type: file, directory: ./archive }\n");
    for (String upstream : furtherUpstreams) {
      yaml.append("  - ").append(upstream).append('\n');
    }
    Files.writeString(directory.resolve("devices.yaml"), DEVICES);
    return Files.writeString(directory.resolve("sluice.yaml"), yaml);
  }

  ArchiveFiles archive() {
    return new ArchiveFiles(directory.resolve("archive"));
  }
}
