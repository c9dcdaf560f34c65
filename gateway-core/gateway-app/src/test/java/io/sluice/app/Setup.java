package io.sluice.app;

import io.sluice.adapter.testkit.Authority.Signed;
import io.sluice.testkit.KafkaBroker;
import io.sluice.testkit.Mosquitto;
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

  /** Writes the configuration with upstreams to these two: {@code cloud} and {@code bus}. */
  Path config(Mosquitto cloud, KafkaBroker bus) throws IOException {
    return config(
        "{ name: cloud, type: mqtt, uri: tcp://127.0.0.1:%d, topic: \"sluice/{class}/{device}\" }"
            .formatted(cloud.port),
        "{ name: bus, type: kafka, bootstrap-servers: %s, topic: \"sluice.{class}\" }"
            .formatted(bus.address()));
  }

  /**
   * Writes the configuration with a listener mqtts besides.
   *
   * @param moreTls further settings of its TLS, each after a comma
   * @param sections further ones of the configuration, in lines of their own
   */
  Path config(Signed server, String moreTls, String sections, String... furtherUpstreams)
      throws IOException {
    Path config = config(furtherUpstreams);
    String mqtts =
        """
        listeners:
          mqtts:
            host: 127.0.0.1
            port: 0
            tls: { certificate: %s, key: %s%s }
        """
            .formatted(server.certificate(), server.key(), moreTls);
    return Files.writeString(
        config, Files.readString(config).replace("listeners:\n", sections + mqtts));
  }

  ArchiveFiles archive() {
    return new ArchiveFiles(directory.resolve("archive"));
  }
}
