package io.sluice.fleet.device;

import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.engine.coverage.slot.ReportingExpectation;
import io.sluice.engine.normalize.profile.Profile;
import io.sluice.engine.normalize.profile.Profiles;
import io.sluice.store.postgres.RegistryReader;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Devices as the topic of devices has them (docs/fleet.md). Thread-safe. */
final class DeviceValues {
  private static final int VERSION = 1;

  private final Profiles profiles;
  private final JsonMapper json = new JsonMapper();

  DeviceValues(Profiles profiles) {
    this.profiles = profiles;
  }

  /**
   * What the topic has of a device.
   *
   * @param atMicros since when it is so
   */
  byte[] value(RegistryReader.Row row, long atMicros) {
    Device device = row.device().device();
    Profile profile = profiles.find(device.profile());
    ReportingExpectation expected =
        profile == null ? null : ReportingExpectation.of(profile, device.interval());
    DeviceId parent = device.parent();
    ObjectNode node = json.createObjectNode();
    node.put("v", VERSION);
    node.put("device", device.id().value());
    node.put("rev", row.revision());
    node.put("at", atMicros);
    node.put("profile", device.profile());
    node.put("sector", device.sector());
    node.put("site", device.site());
    node.put("interval", expected == null ? null : (Long) expected.intervalMicros());
    if (expected == null) {
      node.putNull("metrics");
    } else {
      ArrayNode metrics = node.putArray("metrics");
      names(expected).forEach(metrics::add);
    }
    node.put("planned", device.planned());
    node.put("commissioned", device.commissioned());
    node.put("retired", device.retired());
    node.put("parent", parent == null ? null : parent.value());
    return json.writeValueAsBytes(node);
  }

  private static List<String> names(ReportingExpectation expected) {
    return expected.metrics().entrySet().stream()
        .sorted(Map.Entry.comparingByValue())
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Another one where devices are held to something else by the same registry. */
  String mark() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String id : new TreeSet<>(profiles.ids())) {
        Profile profile = profiles.find(id);
        if (profile != null) {
          ReportingExpectation expected = ReportingExpectation.of(profile, null);
          String line = id + ' ' + expected.intervalMicros() + ' ' + names(expected) + '\n';
          digest.update(line.getBytes(StandardCharsets.UTF_8));
        }
      }
      return HexFormat.of().formatHex(digest.digest(), 0, Long.BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java runtime has it
    }
  }

  byte[] cursor(Cursor cursor) {
    ObjectNode node = json.createObjectNode();
    node.put("v", VERSION);
    node.put("rev", cursor.revision());
    node.put("registry", cursor.registry());
    node.put("profiles", cursor.profiles());
    return json.writeValueAsBytes(node);
  }

  /** Null where it is none. */
  @Nullable Cursor cursor(byte[] value) {
    var node = json.readTree(value);
    return node.path("v").asInt(0) == VERSION
        ? new Cursor(
            node.path("registry").asString(""),
            node.path("rev").asLong(0),
            node.path("profiles").asString(""))
        : null;
  }

  /**
   * How far the topic is.
   *
   * @param registry its id
   * @param revision up to which it is written
   * @param profiles by which devices are held to something
   */
  record Cursor(String registry, long revision, String profiles) {}
}
