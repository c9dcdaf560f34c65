package io.sluice.sim.scenario;

import io.sluice.sim.device.PayloadForm;
import io.sluice.sim.device.SimProfiles;
import io.sluice.sim.vendor.Dialect;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The JSON Schema of scenario files, for editors: keys and simple types. What depends on another
 * key ({@code version} only with MQTT, names that have to exist) is told by the reader.
 */
public final class ScenarioSchema {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String DURATION = "^[0-9]+(\\.[0-9]+)? *(ms|s|min|m|h|d)$";
  private static final String SHARE = "^(100(\\.0+)?|[0-9]{1,2}(\\.[0-9]+)?)%$";
  private static final String COUNTER = "\\{n(:0?[0-9]+)?\\}";

  private ScenarioSchema() {}

  /** The schema, indented, with a line end. */
  public static String text() {
    ObjectNode schema = JSON.createObjectNode();
    schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    schema.put("title", "Scenario of Sluice's device simulator");
    ObjectNode top =
        object(
            schema,
            Map.ofEntries(
                Map.entry("name", text("Of the scenario, in reports.")),
                Map.entry("seed", whole("Of all randomness: the same seed plays the same fleet.")),
                Map.entry(
                    "speed", whole("Times as fast as the real time; above 1 by `demo` only.")),
                Map.entry("fidelity", share("Of devices that play through a real client stack.")),
                Map.entry(
                    "source-addresses",
                    whole(
                        "Addresses of 127.0.0.0/8 to connect from; by default as many as needed.")),
                Map.entry(
                    "start",
                    text(
                        "Time in the fleet's world, like 2026-06-01T06:00:00Z; by default the real.")),
                Map.entry(
                    "broker",
                    object(
                            Map.of(
                                "program", text("Mosquitto's file, or its name."),
                                "port",
                                    whole(
                                        "Where fleet and gateway find it; 0 takes a free one.",
                                        0,
                                        65_535)))
                        .put(
                            "description",
                            "Between the fleet's MQTT devices and the gateway, which subscribes.")),
                Map.entry("sites", list(site())),
                Map.entry("groups", list(group())),
                Map.entry("faults", list(fault()))));
    required(top, "name", "groups");
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(schema) + "\n";
  }

  private static ObjectNode site() {
    ObjectNode site =
        object(Map.of("id", text("Of the site."), "sector", text("Where it belongs.")));
    required(site, "id", "sector");
    return site;
  }

  private static ObjectNode group() {
    ObjectNode group =
        object(
            Map.ofEntries(
                Map.entry("profile", words(SimProfiles.named().keySet())),
                Map.entry("count", whole("Devices of this kind; by default 1.", 1, 200_000)),
                Map.entry(
                    "id",
                    text("Their ids; `{n}` or `{n:04}` stands for the number.")
                        .put("pattern", COUNTER)),
                Map.entry("sector", text("By default that of the site.")),
                Map.entry("site", text("Where they are.")),
                Map.entry("interval", duration("Between two reports; by default the profile's.")),
                Map.entry("jitter", share("Of the interval, within which a report may come.")),
                Map.entry("protocol", words(List.of("mqtt", "coap", "http"))),
                Map.entry("version", version()),
                Map.entry(
                    "qos",
                    whole(
                        "0 to 2, by default 1; over CoAP 0 Non-confirmable, 1 Confirmable; over HTTP 1.",
                        0,
                        2)),
                Map.entry("form", words(PayloadForm.byName().keySet())),
                Map.entry("dialect", words(Dialect.byName().keySet())),
                Map.entry(
                    "concentrator",
                    text("Id of the device over whose connection they speak; of some dialects.")),
                Map.entry(
                    "timezone", text("Zone of times that they write without one; by default UTC.")),
                Map.entry(
                    "primary-host",
                    text("Of Sparkplug: for whose STATE an edge node waits; by default for none.")),
                Map.entry("credentials", credentials()),
                Map.entry("waveforms", waveforms()),
                Map.entry("sleepy", truth("Connects for each report only.")),
                Map.entry(
                    "supervision",
                    duration(
                        "Silence after which the gateway raises an alarm, as it is configured; by"
                            + " default that of the profile.")),
                Map.entry("alarms", alarms())));
    required(group, "profile");
    return group;
  }

  private static ObjectNode version() {
    ObjectNode version = JSON.createObjectNode();
    version.put("description", "Of MQTT.");
    version.set("enum", JSON.createArrayNode().add("3.1.1").add("5").add("5.0").add(5).add(5.0));
    return version;
  }

  private static ObjectNode credentials() {
    return object(
        Map.of(
            "password", text("`{id}` stands for the device's id."),
            "token", text("The same; over CoAP it is needed, where there is no psk."),
            "certificate", text("Subject, such as CN={id}; MQTT or HTTP over TLS."),
            "psk", text("Pre-shared key as text; CoAP over DTLS."),
            "secret", text("By which devices of a dialect sign.")));
  }

  private static ObjectNode waveforms() {
    ObjectNode waveforms = JSON.createObjectNode();
    waveforms.put("description", "How metrics move, by name.");
    waveforms.put("type", "object");
    ObjectNode one =
        object(
            Map.ofEntries(
                Map.entry(
                    "kind",
                    words(
                        List.of(
                            "daily",
                            "weather",
                            "tide",
                            "shifts",
                            "walk",
                            "drift",
                            "steps",
                            "counter",
                            "constant"))),
                Map.entry("levels", list(number("One of them."))),
                Map.entry("dwell", duration("On one level.")),
                Map.entry("period", duration("Of one leg of a walk."))));
    ObjectNode properties = (ObjectNode) one.get("properties");
    for (String number :
        List.of(
            "mean",
            "amplitude",
            "peak-hour",
            "front",
            "noise",
            "low",
            "high",
            "busy",
            "rest",
            "from",
            "to",
            "start",
            "per-day",
            "initial",
            "per-hour",
            "value")) {
      properties.set(number, number(""));
    }
    required(one, "kind");
    waveforms.set("additionalProperties", one);
    return waveforms;
  }

  private static ObjectNode alarms() {
    return object(
        Map.of(
            "probability", share("For each report."),
            "every", duration("On a schedule instead."),
            "clear-after", duration("How long it is raised."),
            "severity", words(List.of("Extreme", "Severe", "Moderate", "Minor", "Unknown")),
            "cause", text("By default the profile's."),
            "points", whole("2: a second point is raised too, and never ended.", 1, 2),
            "becomes-actual", truth("Each begins as Exercise and becomes Actual.")));
  }

  private static ObjectNode fault() {
    ObjectNode fault =
        object(
            Map.ofEntries(
                Map.entry(
                    "kind",
                    words(
                        Stream.of(ScenarioFault.Kind.values())
                            .map(ScenarioFault.Kind::label)
                            .toList())),
                Map.entry("at", duration("When, from the start of the run.")),
                Map.entry("for", duration("How long; by default to the end.")),
                Map.entry("every", duration("Again after this time.")),
                Map.entry("sector", text("Whom it hits.")),
                Map.entry("site", text("Whom it hits.")),
                Map.entry("profile", text("Whom it hits.")),
                Map.entry("device", text("Whom it hits.")),
                Map.entry("share", share("Of those that fit, drawn by the seed.")),
                Map.entry("chance", share("Of single messages or datagrams.")),
                Map.entry("delay", duration("Of slow.")),
                Map.entry("jitter", duration("Added to the delay, up to this.")),
                Map.entry("by", text("Of skew: 90s ahead, -2h behind.")),
                Map.entry("bytes", whole("Of oversize; by default 1 MiB.", 1, 16 << 20)),
                Map.entry(
                    "samples",
                    whole("In one message, of batch and history; by default 100.", 2, 10_000))));
    required(fault, "kind");
    return fault;
  }

  private static ObjectNode object(Map<String, ObjectNode> properties) {
    return object(JSON.createObjectNode(), properties);
  }

  /** Keys in the order of the alphabet, so that the text is the same each time. */
  private static ObjectNode object(ObjectNode at, Map<String, ObjectNode> properties) {
    at.put("type", "object");
    at.put("additionalProperties", false);
    ObjectNode all = at.putObject("properties");
    properties.keySet().stream().sorted().forEach(key -> all.set(key, properties.get(key)));
    return at;
  }

  private static void required(ObjectNode object, String... keys) {
    ArrayNode required = object.putArray("required");
    Stream.of(keys).forEach(required::add);
  }

  private static ObjectNode list(ObjectNode item) {
    ObjectNode list = JSON.createObjectNode();
    list.put("type", "array");
    list.set("items", item);
    return list;
  }

  private static ObjectNode described(String description) {
    ObjectNode node = JSON.createObjectNode();
    return description.isEmpty() ? node : node.put("description", description);
  }

  private static ObjectNode text(String description) {
    return described(description).put("type", "string");
  }

  private static ObjectNode truth(String description) {
    return described(description).put("type", "boolean");
  }

  private static ObjectNode whole(String description) {
    return described(description).put("type", "integer");
  }

  private static ObjectNode whole(String description, long low, long high) {
    return whole(description).put("minimum", low).put("maximum", high);
  }

  private static ObjectNode number(String description) {
    return described(description).put("type", "number");
  }

  private static ObjectNode duration(String description) {
    return text(description + " 500ms, 10s, 5min, 1h or 1d.").put("pattern", DURATION);
  }

  private static ObjectNode share(String description) {
    ObjectNode share = described(description + " 0 to 1, or 0% to 100%.");
    ArrayNode either = share.putArray("anyOf");
    either.addObject().put("type", "number").put("minimum", 0).put("maximum", 1);
    either.addObject().put("type", "string").put("pattern", SHARE);
    return share;
  }

  private static ObjectNode words(Collection<String> words) {
    ObjectNode node = JSON.createObjectNode();
    ArrayNode all = node.putArray("enum");
    words.forEach(all::add);
    return node;
  }
}
