package io.sluice.sim.scenario;

import io.sluice.sim.vendor.Dialect;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A fleet and how it behaves. The same seed plays the same fleet.
 *
 * @param seed of all randomness
 * @param speed how many times as fast as the real one its time goes; above 1 it needs a gateway
 *     that lives in the same time
 * @param fidelity share of the devices whose client is Eclipse Paho or Californium, 0 to 1
 * @param sourceAddresses how many addresses devices connect from towards 127.0.0.0/8; 0: as many as
 *     they need
 * @param start what time it is in the fleet's world when a run begins: what daily cycles, shifts
 *     and tides go by; null: the real time. Times of messages are real always
 * @param faults what goes wrong
 * @param broker between the fleet's MQTT devices and the gateway, which subscribes to it; null:
 *     there is none
 */
public record Scenario(
    String name,
    long seed,
    int speed,
    double fidelity,
    int sourceAddresses,
    @Nullable Instant start,
    List<DeviceGroup> groups,
    List<ScenarioFault> faults,
    @Nullable Broker broker) {

  /** A day passes in less than a second: faster, no timer would be met. */
  public static final int MOST_SPEED = 100_000;

  /**
   * A broker that the simulator starts.
   *
   * @param program Mosquitto's file or name
   * @param port where fleet and gateway find it, on the loopback interface; 0 takes a free one
   */
  public record Broker(String program, int port) {}

  /** What a gateway subscribes to at the broker. */
  public List<String> topics() {
    Set<String> topics = new TreeSet<>();
    for (DeviceGroup group : groups) {
      if (group.isBehindBroker()) {
        topics.addAll(
            group.dialect() == Dialect.SPARKPLUG
                ? List.of("spBv1.0/#")
                : List.of("telemetry/+", "event/+", "alarm/+", "state/+"));
      }
    }
    return List.copyOf(topics);
  }

  /** The host for which edge nodes wait; null where none waits. */
  public @Nullable String primaryHost() {
    return groups.stream()
        .map(DeviceGroup::primaryHost)
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  /** Reads and checks a file; every fault is found in one pass. */
  public static Scenario load(Path file) throws ScenarioException {
    return new ScenarioReader(file).read();
  }

  /** The same in a world that has another time. */
  public Scenario at(Instant time) {
    return new Scenario(name, seed, speed, fidelity, sourceAddresses, time, groups, faults, broker);
  }

  /** Every device, in the order of the file; a concentrator before those behind it. */
  public List<DeviceSpec> devices() {
    List<DeviceSpec> devices = new ArrayList<>();
    Set<String> concentrators = new HashSet<>();
    for (DeviceGroup group : groups) {
      String concentrator = group.concentrator();
      if (concentrator != null && concentrators.add(concentrator)) {
        devices.add(DeviceSpec.concentrator(this, group, concentrator));
      }
      for (int index = 1; index <= group.count(); index++) {
        devices.add(DeviceSpec.of(this, group, index));
      }
    }
    return devices;
  }

  /** Whether there are devices that show a certificate. */
  public boolean hasCertificates() {
    return groups.stream().anyMatch(group -> group.login().certificate() != null);
  }

  /** Whether there are devices that have a pre-shared key. */
  public boolean hasPreSharedKeys() {
    return groups.stream().anyMatch(group -> group.login().psk() != null);
  }

  /** The dialects that its devices speak, by name, in the order of the file. */
  public List<String> dialects() {
    return groups.stream()
        .map(DeviceGroup::dialect)
        .filter(Objects::nonNull)
        .map(Dialect::family)
        .distinct()
        .toList();
  }

  /** The registry seed for the gateway, as CONTRACT's {@code devices.yaml}. */
  public String devicesYaml() {
    StringBuilder yaml = new StringBuilder("# devices of scenario " + name + "\n");
    for (DeviceSpec device : devices()) {
      DeviceGroup group = device.group();
      yaml.append("- { id: ").append(quoted(device.id()));
      yaml.append(", profile: ").append(quoted(group.profile().id()));
      yaml.append(", sector: ").append(quoted(group.sector()));
      yaml.append(", site: ").append(quoted(group.site()));
      yaml.append(", interval: ").append(DurationText.format(group.interval()));
      if (!group.zone().equals(ZoneOffset.UTC)) {
        yaml.append(", timezone: ").append(quoted(group.zone().getId()));
      }
      String concentrator = group.concentrator();
      if (concentrator != null && device.isChild()) {
        yaml.append(", parent: ").append(quoted(concentrator));
      } else {
        yaml.append(", credentials: {").append(String.join(",", secrets(device))).append(" }");
      }
      yaml.append(
          device.isConcentrator()
              ? ", planned: false, commissioned: false }\n"
              : ", planned: true }\n");
    }
    return yaml.toString();
  }

  private static List<String> secrets(DeviceSpec device) {
    List<String> secrets = new ArrayList<>();
    if (device.password() != null) {
      secrets.add(" password: " + quoted(device.password()));
    }
    if (device.token() != null) {
      secrets.add(" token: " + quoted(device.token()));
    }
    if (device.secret() != null) {
      secrets.add(" secret: " + quoted(device.secret()));
    }
    if (device.certificate() != null) {
      secrets.add(" certificate: " + quoted(device.certificate()));
    }
    byte[] psk = device.psk();
    if (psk != null) {
      secrets.add(
          " psk: { identity: %s, key: %s }"
              .formatted(quoted(device.id()), quoted(HexFormat.of().formatHex(psk))));
    }
    return secrets;
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
