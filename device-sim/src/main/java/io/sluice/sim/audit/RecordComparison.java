package io.sluice.sim.audit;

import io.sluice.sim.device.Kind;
import io.sluice.sim.device.PayloadForm;
import io.sluice.sim.device.Ranges;
import io.sluice.sim.device.Sample;
import io.sluice.sim.fleet.FleetRun.Played;
import io.sluice.sim.scenario.DeviceGroup;
import io.sluice.sim.vendor.Firmware;
import io.sluice.sim.vendor.Presence;
import io.sluice.sim.vendor.Publication;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a record says against what the device sent: everything that a consumer reads. Written after
 * the public description of the record, not after the gateway.
 */
final class RecordComparison {
  private static final double TOLERANCE = 1e-9;

  /** Times go out in milliseconds; CBOR has seconds as a double. */
  static final long TIME_TOLERANCE_MICROS = 100;

  /** A live time that is off by more is doubted. */
  private static final long CLOCK_MICROS = 300_000_000;

  /** About that bound either will do. */
  private static final long CLOCK_EITHER_MICROS = 2_000_000;

  private static final Set<PayloadForm> WITH_NAMES_OF_THEIR_OWN =
      Set.of(PayloadForm.SHELLY, PayloadForm.MILESIGHT, PayloadForm.TTN, PayloadForm.DRAGINO);
  private static final Map<PayloadForm, String> CODECS =
      Map.of(
          PayloadForm.JSON, "json",
          PayloadForm.JSON_STRINGS, "json",
          PayloadForm.CBOR, "cbor",
          PayloadForm.SENML_JSON, "senml+json",
          PayloadForm.SENML_CBOR, "senml+cbor",
          PayloadForm.TEXT, "text",
          PayloadForm.BINARY, "bytes");

  /** What a profile calls a field that is no metric of the simulator's. */
  private static final Map<String, String> ALIASES = Map.of("batteryVoltage", "Bat");

  /** Whose profile declares the fields of CAP. */
  private static final Set<String> WITH_CAP = Set.of("fire-panel", "gas-detector");

  private static final Set<String> CAP_DEFAULTS = Set.of("Unknown", "Actual");

  private static final JsonMapper JSON = new JsonMapper();

  private final Played played;
  private final DeviceGroup group;
  private final List<String> differences = new ArrayList<>();
  private final List<String> units = new ArrayList<>();

  RecordComparison(Played played) {
    this.played = played;
    this.group = played.device().spec().group();
  }

  /** In words; empty where it is as it was sent. */
  List<String> differences() {
    return differences;
  }

  /** Units that differ where the value does not. */
  List<String> units() {
    return units;
  }

  /** What stands in a record once, however many samples it has. */
  void record(JsonNode record, Kind kind) {
    text(record, "sector", group.sector());
    text(record, "site", group.site());
    text(record, "model", group.profile().id());
    text(record, "proto", group.protocol());
    if (kind != Kind.DEATH) { // a node's has the host's time, a device's its own
      text(record, "tsrc", group.carriesTime(kind) ? "device" : "server");
    }
    source(record, kind);
    id(record);
    messageClass(record, kind);
    if (kind.isAlarm()) {
      cap(record, kind);
    }
  }

  private void text(JsonNode record, String field, String sent) {
    if (!record.path(field).asString("").equals(sent)) {
      differences.add(field + " is " + record.path(field) + ", really \"" + sent + "\"");
    }
  }

  /** Topic or path, and codec. */
  private void source(JsonNode record, Kind kind) {
    String source = record.path("src").asString("");
    String codec = CODECS.get(group.form());
    boolean isRight =
        (codec == null || !group.form().hasPlainTopics())
            ? source.indexOf(';') > 0
            : source.equals(address(kind) + ";" + codec);
    if (!isRight) {
      differences.add(
          "src is \"" + source + "\", sent to " + kind.address() + " as " + group.form().label());
    }
  }

  private String address(Kind kind) {
    return group.isBehindBroker()
        ? kind.address() + "/" + played.device().spec().id()
        : kind.address();
  }

  /** {@code {gateway}-{start}-{lane's letter}{seq}}. */
  private void id(JsonNode record) {
    String id = record.path("id").asString("");
    String gateway = record.path("gateway").asString("");
    String end = id.substring(id.lastIndexOf('-') + 1);
    if (gateway.isEmpty()
        || !id.startsWith(gateway + "-")
        || end.length() < 2
        || !end.substring(1).equals(record.path("seq").asString(""))) {
      differences.add(
          "id \"%s\" is not of gateway \"%s\" and seq %s"
              .formatted(id, gateway, record.path("seq")));
    }
  }

  private void messageClass(JsonNode record, Kind kind) {
    String there = record.path("class").asString("");
    // what meets or ends a rule of its profile is a record of class alarm, whatever its topic
    boolean mayBeAlarm =
        kind == Kind.TELEMETRY && (group.alarms() != null || !group.waveforms().isEmpty());
    if (!there.equals(kind.address()) && !(mayBeAlarm && there.equals("alarm"))) {
      differences.add("class is " + there + ", sent as " + kind.address());
    }
  }

  private void cap(JsonNode record, Kind kind) {
    JsonNode cap = record.path("cap");
    capField(cap, "severity", group.alarms() == null ? "" : group.alarms().severity());
    capField(cap, "urgency", kind.raises() ? "Immediate" : "Past");
    capField(cap, "certainty", "Observed");
    capField(cap, "status", group.alarms() == null ? "" : group.alarms().status(kind));
  }

  private void capField(JsonNode cap, String field, String sent) {
    String there = cap.path(field).asString("");
    boolean isDefault = !WITH_CAP.contains(group.profile().id()) && CAP_DEFAULTS.contains(there);
    if (!there.equals(sent) && !isDefault) {
      differences.add("cap." + field + " is \"" + there + "\", sent " + sent);
    }
  }

  /**
   * One of its samples.
   *
   * @param isHistory of before the run
   * @param isAlone whether no other time is in the record
   */
  void sample(
      JsonNode record, RecordedSample recorded, Sample sample, boolean isHistory, boolean isAlone) {
    long rx = record.path("rx").asLong(0);
    long own = group.carriesTime(sample.kind()) ? sample.micros() : rx;
    if (sample.kind() != Kind.DEATH && Math.abs(recorded.micros() - own) > TIME_TOLERANCE_MICROS) {
      differences.add("time is " + recorded.micros() + ", sent as " + own);
    }
    if (!(group.isOfSession() && isResent(sample))) { // it went out live, and then as history
      historical(record, own, rx, isHistory);
    }
    Set<String> names = new HashSet<>();
    JsonNode n = recorded.measurements().get("n");
    boolean isCounted = false;
    if (n != null && recorded.n() != null) {
      isCounted = true;
      names.add("n");
      quality("n", n, null, own - rx, isAlone, record);
    }
    for (Sample.Field field : sample.fields()) {
      names.add(field.name());
      JsonNode there = recorded.measurement(field.name());
      if (there == null) {
        if (isCounted) {
          differences.add(field.name() + " is missing");
        }
      } else {
        measurement(field, there, own - rx, isAlone, record);
      }
    }
    recorded.twice().forEach(name -> differences.add(name + " stands there twice"));
    for (String name : recorded.measurements().keySet()) {
      if (!names.contains(name) && !isInPayload(name, sample)) {
        differences.add(name + " was never sent");
      }
    }
  }

  private boolean isResent(Sample sample) {
    return played.log().resentAt(played.log().index(sample.n()));
  }

  private void historical(JsonNode record, long own, long rx, boolean isHistory) {
    boolean there = record.path("hist").asBoolean(false);
    if (isHistory && !there) {
      differences.add("it was sent as history, and is not marked as historical");
    } else if (there && !isHistory && rx - own <= CLOCK_MICROS) {
      differences.add("it is live, and marked as historical");
    }
  }

  private void measurement(
      Sample.Field field, JsonNode there, long ahead, boolean isAlone, JsonNode record) {
    if (!same(field.value(), there.path("v"))) {
      differences.add(field.name() + " is " + there.path("v") + ", sent " + field.value());
    } else if (!(field.unit() == null ? "" : field.unit()).equals(there.path("u").asString(""))) {
      units.add(field.name() + " is in " + there.path("u") + ", sent in " + field.unit());
    }
    quality(field.name(), there, field.value(), ahead, isAlone, record);
  }

  /** What is out of its profile's range is bad, and what a wrong clock says uncertain. */
  private void quality(
      String name,
      JsonNode there,
      @Nullable Object value,
      long ahead,
      boolean isAlone,
      JsonNode record) {
    String quality = there.path("q").asString("");
    String reason = there.path("qr").asString("");
    String expected = "good";
    String because = "";
    boolean isDated = !isAlone || record.path("hist").asBoolean(false);
    long off = isDated ? ahead : Math.abs(ahead);
    if (value instanceof Number number
        && !Ranges.hold(group.profile().id(), name, number.doubleValue())) {
      expected = "bad";
      because = "RANGE";
    } else if (off > CLOCK_MICROS) {
      expected = "uncertain";
      because = "CLOCK";
    }
    boolean mayBeEither =
        Math.abs(off - CLOCK_MICROS) < CLOCK_EITHER_MICROS || isOfAnotherType(name);
    if (!mayBeEither && !(quality.equals(expected) && reason.equals(because))) {
      differences.add(
          "%s has quality %s, really %s"
              .formatted(
                  name, (quality + " " + reason).strip(), (expected + " " + because).strip()));
    }
  }

  /** A scenario can have a metric of words send numbers. */
  private boolean isOfAnotherType(String name) {
    return group.waveforms().containsKey(name)
        && group.profile().metrics().stream()
            .anyMatch(metric ->
                metric.name().equals(name)
                    && metric.waveform().isOfNumbers()
                        != group.waveforms().get(name).isOfNumbers());
  }

  /** Manufacturers' payloads have more in them than the metrics. */
  private boolean isInPayload(String name, Sample sample) {
    Firmware firmware = group.firmware();
    if (firmware != null) {
      return isOfVendor(firmware, name, sample);
    }
    if (!WITH_NAMES_OF_THEIR_OWN.contains(group.form())) {
      return false;
    }
    if (group.form().besides().contains(name)) {
      return true;
    }
    String payload = new String(group.form().encode(sample), StandardCharsets.UTF_8);
    return isIn(JSON.readTree(payload), "", ALIASES.getOrDefault(name, name));
  }

  private boolean isOfVendor(Firmware firmware, String name, Sample sample) {
    if (firmware.besides().contains(name) || sample.kind() == Kind.DEATH) {
      return true; // of who is gone, all that was known
    }
    if (firmware.isOfSession()) {
      return false;
    }
    Presence presence =
        sample.kind() == Kind.STATE ? firmware.presence(played.device().spec()) : null;
    Publication publication =
        presence == null
            ? firmware.publication(
                played.device().spec(), sample, played.device().index(sample.n()))
            : presence.birth();
    byte[] payload = publication.payload();
    return payload.length > 0
        && (payload[0] == '{' || payload[0] == '[')
        && isIn(JSON.readTree(payload), "", name);
  }

  private static boolean isIn(JsonNode node, String path, String name) {
    for (int i = 0; node.isArray() && i < node.size(); i++) {
      if (isIn(node.get(i), path, name) || isIn(node.get(i), path + "." + i, name)) {
        return true;
      }
    }
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      String at = path.isEmpty() ? entry.getKey() : path + "." + entry.getKey();
      boolean isIt = entry.getValue().isValueNode() && (at.equals(name) || at.endsWith("." + name));
      if (isIt || isIn(entry.getValue(), at, name)) {
        return true;
      }
    }
    return false;
  }

  static boolean same(Object sent, JsonNode there) {
    return switch (sent) {
      case Number number -> there.isNumber() && near(number.doubleValue(), there.asDouble());
      case Boolean flag -> there.isBoolean() && there.asBoolean() == flag;
      default -> there.isString() && there.asString().equals(sent.toString());
    };
  }

  private static boolean near(double a, double b) {
    return Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.max(Math.abs(a), Math.abs(b)));
  }
}
