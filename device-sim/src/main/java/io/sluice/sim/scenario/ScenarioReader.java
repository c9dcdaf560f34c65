package io.sluice.sim.scenario;

import io.sluice.sim.net.SourceAddresses;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Turns a scenario file into a {@link Scenario}, or into the list of what is wrong with it. */
final class ScenarioReader {
  private static final int MOST_PSK_BYTES = 64;
  private static final int MOST_PORT = 65_535;
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9._:-]{1,128}");
  private final Path file;
  private final List<String> faults = new ArrayList<>();

  ScenarioReader(Path file) {
    this.file = file;
  }

  Scenario read() throws ScenarioException {
    YamlFields top =
        new YamlFields(file.toString(), "", YamlNode.read(file), faults)
            .only(
                "name",
                "seed",
                "speed",
                "fidelity",
                "source-addresses",
                "start",
                "broker",
                "sites",
                "groups",
                "faults");
    String name = top.text("name", null);
    long seed = top.whole("seed", 1, Long.MIN_VALUE, Long.MAX_VALUE);
    int speed = (int) top.whole("speed", 1, 1, Scenario.MOST_SPEED);
    Map<String, String> sectors = sites(top);
    Scenario.Broker broker = broker(top);
    List<DeviceGroup> groups = new ArrayList<>();
    List<YamlNode> nodes = top.list("groups");
    for (int i = 0; i < nodes.size(); i++) {
      groups.add(
          GroupReader.read(top.child("groups[" + i + "]", nodes.get(i)), sectors, broker != null));
    }
    if (nodes.isEmpty()) {
      top.fault(
          "groups",
          "has no group, so there is nothing to play",
          "add `- { profile: energy-meter, count: 10, ... }`");
    }
    List<ScenarioFault> planned = new FaultReader(groups, broker != null).read(top);
    double fidelity = top.share("fidelity", 0);
    int sources = (int) top.whole("source-addresses", 0, 0, SourceAddresses.MOST);
    Instant start = start(top);
    if (!faults.isEmpty()) {
      throw new ScenarioException(faults);
    }
    Scenario scenario =
        new Scenario(
            name, seed, speed, fidelity, sources, start, List.copyOf(groups), planned, broker);
    checkIds(scenario);
    return scenario;
  }

  private static Scenario.@Nullable Broker broker(YamlFields top) {
    YamlNode node = top.node("broker");
    if (node == null) {
      return null;
    }
    YamlFields broker = top.child("broker", node).only("program", "port");
    return new Scenario.Broker(
        broker.text("program", "mosquitto"), (int) broker.whole("port", 0, 0, MOST_PORT));
  }

  private static @Nullable Instant start(YamlFields top) {
    if (!top.has("start")) {
      return null;
    }
    String text = top.text("start", null);
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      top.fault("start", "`" + text + "` is not a time", "write one like 2026-06-01T06:00:00Z");
      return null;
    }
  }

  private Map<String, String> sites(YamlFields top) {
    Map<String, String> sectors = new LinkedHashMap<>();
    List<YamlNode> nodes = top.list("sites");
    for (int i = 0; i < nodes.size(); i++) {
      YamlFields site = top.child("sites[" + i + "]", nodes.get(i)).only("id", "sector");
      sectors.put(site.text("id", null), site.text("sector", null));
    }
    return sectors;
  }

  private void checkIds(Scenario scenario) throws ScenarioException {
    Set<String> seen = new HashSet<>();
    for (DeviceSpec device : scenario.devices()) {
      if (!ID.matcher(device.id()).matches()) {
        throw new ScenarioException(
            file
                + ":1:1: groups: `"
                + device.id()
                + "` cannot be a device id; use letters, digits, . _ : and -");
      }
      byte[] psk = device.psk();
      if (psk != null && psk.length > MOST_PSK_BYTES) {
        throw new ScenarioException(
            file
                + ":1:1: groups: the psk of `"
                + device.id()
                + "` has more than %d bytes; write a shorter one".formatted(MOST_PSK_BYTES));
      }
      if (!seen.add(device.id())) {
        throw new ScenarioException(
            file
                + ":1:1: groups: two devices are called `"
                + device.id()
                + "`; give each group its own `id` pattern");
      }
    }
  }
}
