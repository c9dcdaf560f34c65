package io.sluice.trial.stage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.regex.Pattern;

/** The files of the stage's parts, as a user would write them. */
final class Configurations {
  private static final Pattern HIS_GATEWAY = Pattern.compile("gw-(\\d) 10\\.0\\.0\\.1\\d:1883");

  private final Path home;
  private final String store;
  private final String broker;

  /**
   * @param home of the checkout
   * @param store the value of {@code fleet.store}
   * @param broker host and port of Kafka
   */
  Configurations(Path home, String store, String broker) {
    this.home = home;
    this.store = store;
    this.broker = broker;
  }

  /**
   * Writes that of a gateway.
   *
   * @param devices YAML that it brings into the registry; empty: none
   */
  Path gateway(Path folder, String id, int mqtt, int admin, String devices) throws IOException {
    Files.createDirectories(folder);
    if (!devices.isEmpty()) {
      own(folder.resolve("devices.yaml"), devices);
    }
    return own(
        folder.resolve("sluice.yaml"),
        """
        # Written by the demo of a fleet; `sluice run --config` takes it while the others are there.
        gateway: { id: %s, data: ./var }
        listeners:
          mqtt: { host: 127.0.0.1, port: %d, proxy-protocol-from: [ 127.0.0.1 ] }
        admin: { host: 127.0.0.1, port: %d }
        spool: { max-bytes: 512MB }
        profiles: [ "%s" ]
        devices: [ %s ]
        upstreams:
          - { name: bus, type: kafka, bootstrap-servers: "%s", topic: "sluice.{class}" }
        fleet:
          store: %s
          bus: { bootstrap-servers: "%s", admin-address: "127.0.0.1:%d" }
        """
            .formatted(
                id,
                mqtt,
                admin,
                home.resolve("config/profiles"),
                devices.isEmpty() ? "" : "devices.yaml",
                broker,
                store,
                broker,
                admin));
  }

  /** For its owner alone: it has secrets. */
  private static Path own(Path file, String text) throws IOException {
    Files.writeString(file, text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  /** Writes that of an instance of the view. */
  Path view(Path folder, int admin) throws IOException {
    Files.createDirectories(folder);
    return own(
        folder.resolve("fleet.yaml"),
        """
        # Written by the demo of a fleet.
        fleet:
          store: %s
          bus: { bootstrap-servers: "%s" }
          state: ./state
          advertise: "127.0.0.1:%d"
        admin: { host: 127.0.0.1, port: %d }
        profiles: [ "%s" ]
        """
            .formatted(store, broker, admin, admin, home.resolve("config/profiles")));
  }

  /**
   * Writes that of the balancer: the one that is shipped, with the addresses of this stage.
   *
   * @param mqtt port for devices
   * @param view port for the view
   * @param gateways ports of MQTT and of the admin listener of each
   * @param views admin ports
   */
  Path balancer(Path folder, int mqtt, int view, List<int[]> gateways, List<Integer> views)
      throws IOException {
    Files.createDirectories(folder);
    String shipped = Files.readString(home.resolve("config/deploy/haproxy/haproxy.cfg"));
    String devices =
        HIS_GATEWAY
            .matcher(shipped.substring(0, shipped.indexOf("frontend mqtts")))
            .replaceAll(found -> {
              int[] ports = gateways.get(Integer.parseInt(found.group(1)) - 1);
              return "gw-%s 127.0.0.1:%d port %d".formatted(found.group(1), ports[0], ports[1]);
            })
            .replace("bind :1883", "bind 127.0.0.1:" + mqtt)
            .replace("check port 8080", "check");
    StringBuilder fleet = new StringBuilder();
    fleet.append("frontend fleet\n  bind 127.0.0.1:").append(view);
    fleet.append("\n  default_backend fleet\n\nbackend fleet\n");
    for (int i = 0; i < views.size(); i++) {
      fleet.append(
          "  server fleet-%d 127.0.0.1:%d no-send-proxy-v2%n".formatted(i + 1, views.get(i)));
    }
    return Files.writeString(folder.resolve("haproxy.cfg"), devices + fleet);
  }
}
