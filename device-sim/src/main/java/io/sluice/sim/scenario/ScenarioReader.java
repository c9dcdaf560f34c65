package io.sluice.sim.scenario;

import io.sluice.sim.device.PayloadForm;
import io.sluice.sim.device.SimProfiles;
import io.sluice.sim.device.SimProfiles.Profile;
import io.sluice.sim.net.SourceAddresses;
import io.sluice.sim.scenario.DeviceGroup.AlarmPlan;
import io.sluice.sim.scenario.DeviceGroup.Login;
import io.sluice.sim.scenario.DeviceGroup.Transport;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Turns a scenario file into a {@link Scenario}, or into the list of what is wrong with it. */
final class ScenarioReader {
  private static final int MOST_DEVICES = 200_000;
  private static final int LEAST_PSK_CHARACTERS = 16;
  private static final int MOST_PSK_BYTES = 64;
  private static final Pattern COUNTER = Pattern.compile("\\{n(:0?\\d+)?}");
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9._:-]{1,128}");
  private static final Map<String, Transport> TRANSPORTS = new LinkedHashMap<>();
  private static final List<String> SEVERITIES =
      List.of("Extreme", "Severe", "Moderate", "Minor", "Unknown");

  static {
    TRANSPORTS.put("mqtt", Transport.MQTT_3_1_1);
    TRANSPORTS.put("coap", Transport.COAP);
  }

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
                "sites",
                "groups",
                "faults");
    String name = top.text("name", null);
    long seed = top.whole("seed", 1, Long.MIN_VALUE, Long.MAX_VALUE);
    int speed = (int) top.whole("speed", 1, 1, Scenario.MOST_SPEED);
    Map<String, String> sectors = sites(top);
    List<DeviceGroup> groups = new ArrayList<>();
    List<YamlNode> nodes = top.list("groups");
    for (int i = 0; i < nodes.size(); i++) {
      groups.add(group(top.child("groups[" + i + "]", nodes.get(i)), sectors));
    }
    if (nodes.isEmpty()) {
      top.fault(
          "groups",
          "has no group, so there is nothing to play",
          "add `- { profile: energy-meter, count: 10, ... }`");
    }
    List<ScenarioFault> planned = new FaultReader(groups).read(top);
    double fidelity = top.share("fidelity", 0);
    int sources = (int) top.whole("source-addresses", 0, 0, SourceAddresses.MOST);
    Instant start = start(top);
    if (!faults.isEmpty()) {
      throw new ScenarioException(faults);
    }
    Scenario scenario =
        new Scenario(name, seed, speed, fidelity, sources, start, List.copyOf(groups), planned);
    checkIds(scenario);
    return scenario;
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

  private DeviceGroup group(YamlFields at, Map<String, String> sectors) {
    at.only(
        "profile",
        "count",
        "id",
        "sector",
        "site",
        "interval",
        "jitter",
        "protocol",
        "version",
        "qos",
        "form",
        "credentials",
        "waveforms",
        "sleepy",
        "alarms");
    Profile profile = at.oneOf("profile", null, SimProfiles.all());
    if (!at.has("profile")) {
      at.fault(
          "profile",
          "is missing",
          "add `profile:`, one of " + String.join(", ", SimProfiles.all().keySet()));
    }
    String site = at.text("site", "site-1");
    if (!sectors.isEmpty() && !sectors.containsKey(site) && !at.has("sector")) {
      at.fault(
          "site",
          "`" + site + "` is not among `sites`",
          YamlFields.suggestion(site, List.copyOf(sectors.keySet())));
    }
    Transport transport = transport(at);
    if (at.truth("sleepy", false) && !transport.mqtt()) {
      at.fault("sleepy", "is only for `protocol: mqtt`", "remove it");
    }
    return new DeviceGroup(
        profile,
        (int) at.whole("count", 1, 1, MOST_DEVICES),
        idPattern(at, profile),
        at.text("sector", sectors.getOrDefault(site, "factory")),
        site,
        at.duration("interval", profile.interval()),
        at.share("jitter", 0.1),
        transport,
        (int) at.whole("qos", 1, 0, transport.mqtt() ? 2 : 1),
        form(at, profile),
        login(at, transport),
        WaveformReader.read(at, profile),
        at.truth("sleepy", false),
        alarms(at, profile));
  }

  private static PayloadForm form(YamlFields at, Profile profile) {
    if (!at.has("form")) {
      return profile.form();
    }
    PayloadForm form = at.oneOf("form", null, PayloadForm.byName());
    if (!form.profiles().isEmpty() && !form.profiles().contains(profile.id())) {
      at.fault(
          "form",
          "`%s` is not what a %s sends".formatted(form.label(), profile.id()),
          "it is for " + String.join(", ", new TreeSet<>(form.profiles())));
    }
    if (form == PayloadForm.BINARY && at.has("alarms")) {
      at.fault("form", "`binary` has no room for alarms", "write another form, or no `alarms`");
    }
    return form;
  }

  private static Transport transport(YamlFields at) {
    Transport transport = at.oneOf("protocol", "mqtt", TRANSPORTS);
    if (at.has("version")) {
      String version = at.text("version", null);
      if (!transport.mqtt()) {
        at.fault("version", "is only for `protocol: mqtt`", "remove it");
      } else if (version.equals("5") || version.equals("5.0")) {
        return Transport.MQTT_5;
      } else if (!version.equals("3.1.1")) {
        at.fault(
            "version",
            "`" + version + "` is not an MQTT version that the simulator speaks",
            "write 3.1.1 or 5");
      }
    }
    return transport;
  }

  private static String idPattern(YamlFields at, Profile profile) {
    String pattern = at.text("id", profile.id() + "-{n:04}");
    if (COUNTER.matcher(pattern).results().count() != 1) {
      at.fault("id", "`" + pattern + "` has not exactly one counter", "write it like `vib-{n:04}`");
      return profile.id() + "-{n:04}";
    }
    return pattern;
  }

  private static Login login(YamlFields at, Transport transport) {
    YamlNode node = at.node("credentials");
    if (node == null) {
      return transport.mqtt()
          ? new Login("demo-{id}", null)
          : new Login(null, "demo-token-of-{id}");
    }
    Login login =
        login(at.child("credentials", node).only("password", "token", "certificate", "psk"));
    if (login.password() != null && login.token() != null) {
      at.fault("credentials", "has a password and a token", "write one of them");
    }
    if (login.certificate() != null && !transport.mqtt()) {
      at.fault("credentials", "has a certificate, which MQTT devices show", "write `psk` for CoAP");
    }
    if (login.psk() != null && transport.mqtt()) {
      at.fault("credentials", "has a psk, which CoAP devices use", "write `certificate` for MQTT");
    }
    if (login.psk() != null && login.psk().length() < LEAST_PSK_CHARACTERS) {
      at.fault(
          "credentials",
          "has a psk that anybody guesses",
          "write one of " + LEAST_PSK_CHARACTERS + " characters or more");
    }
    if (transport == Transport.COAP && login.token() == null && login.psk() == null) {
      at.fault(
          "credentials",
          "has no token, which CoAP devices need",
          "add `token: \"demo-token-of-{id}\"`, or `psk` for DTLS");
    }
    return login;
  }

  private static Login login(YamlFields login) {
    return new Login(
        login.has("password") ? login.text("password", null) : null,
        login.has("token") ? login.text("token", null) : null,
        login.has("certificate") ? login.text("certificate", null) : null,
        login.has("psk") ? login.text("psk", null) : null);
  }

  private static @Nullable AlarmPlan alarms(YamlFields at, Profile profile) {
    YamlNode node = at.node("alarms");
    if (node == null) {
      return null;
    }
    YamlFields alarms =
        at.child("alarms", node)
            .only(
                "probability",
                "every",
                "clear-after",
                "severity",
                "cause",
                "points",
                "becomes-actual");
    boolean scheduled = alarms.has("every");
    if (scheduled == alarms.has("probability")) {
      at.fault("alarms", "needs either `probability` or `every`", "write one of the two");
    }
    String severity = alarms.text("severity", "Severe");
    if (!SEVERITIES.contains(severity)) {
      alarms.fault(
          "severity",
          "`" + severity + "` is not a CAP 1.2 severity",
          "write one of " + String.join(", ", SEVERITIES));
    }
    return new AlarmPlan(
        scheduled ? 0 : alarms.share("probability", 0.01),
        scheduled ? alarms.duration("every", Duration.ofMinutes(1)) : null,
        alarms.duration("clear-after", Duration.ofSeconds(30)),
        severity,
        alarms.text("cause", profile.alarmCause()),
        (int) alarms.whole("points", 1, 1, 2),
        alarms.truth("becomes-actual", false));
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
