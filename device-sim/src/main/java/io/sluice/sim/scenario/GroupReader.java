package io.sluice.sim.scenario;

import io.sluice.sim.device.PayloadForm;
import io.sluice.sim.device.SimProfiles;
import io.sluice.sim.device.SimProfiles.Profile;
import io.sluice.sim.scenario.DeviceGroup.AlarmPlan;
import io.sluice.sim.scenario.DeviceGroup.Login;
import io.sluice.sim.scenario.DeviceGroup.Transport;
import io.sluice.sim.vendor.Dialect;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One of the {@code groups} of a scenario file. */
final class GroupReader {
  private static final int MOST_DEVICES = 200_000;
  private static final int LEAST_PSK_CHARACTERS = 16;
  private static final Duration SHORTEST_SUPERVISION = Duration.ofSeconds(20);
  private static final Duration LONGEST_SUPERVISION = Duration.ofHours(24);
  private static final Pattern COUNTER = Pattern.compile("\\{n(:0?\\d+)?}");
  private static final String[] KEYS = {
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
    "alarms",
    "supervision",
    "dialect",
    "concentrator",
    "timezone",
    "primary-host"
  };
  private static final Map<String, Transport> TRANSPORTS = new LinkedHashMap<>();
  private static final List<String> SEVERITIES =
      List.of("Extreme", "Severe", "Moderate", "Minor", "Unknown");

  static {
    TRANSPORTS.put("mqtt", Transport.MQTT_3_1_1);
    TRANSPORTS.put("coap", Transport.COAP);
    TRANSPORTS.put("http", Transport.HTTP);
  }

  private GroupReader() {}

  /**
   * @param hasBroker whether MQTT devices without certificates publish to a broker
   */
  static DeviceGroup read(YamlFields at, Map<String, String> sectors, boolean hasBroker) {
    at.only(KEYS);
    Profile profile = at.oneOf("profile", null, SimProfiles.named());
    if (!at.has("profile")) {
      at.fault(
          "profile",
          "is missing",
          "add `profile:`, one of " + String.join(", ", SimProfiles.named().keySet()));
    }
    String site = site(at, sectors);
    Transport transport = transport(at);
    Dialect dialect = dialect(at, profile, transport);
    if (at.truth("sleepy", false) && !transport.mqtt()) {
      at.fault("sleepy", "is only for `protocol: mqtt`", "remove it");
    }
    PayloadForm form = form(at, profile, dialect);
    Login login = login(at, transport, dialect);
    boolean isBehindBroker = hasBroker && transport.mqtt() && !login.isSecure();
    boolean isPlayed = dialect == null ? form.hasPlainTopics() : dialect == Dialect.SPARKPLUG;
    if (isBehindBroker && !isPlayed) {
      at.fault(
          dialect == null ? "form" : "dialect",
          "is not played through a broker",
          "take `broker` out, or write `dialect: sparkplug` or a form of our own");
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
        qos(at, transport, dialect),
        form,
        login,
        WaveformReader.read(at, profile),
        at.truth("sleepy", false),
        alarms(at, profile),
        supervision(at, profile),
        dialect,
        at.has("concentrator") ? at.text("concentrator", "") : null,
        zone(at),
        primaryHost(at, dialect),
        isBehindBroker);
  }

  private static @Nullable Dialect dialect(YamlFields at, Profile profile, Transport transport) {
    if (!at.has("dialect")) {
      if (at.has("concentrator")) {
        at.fault("concentrator", "is only for a `dialect` that has one", "remove it");
      }
      if (profile.form() == PayloadForm.DIALECT) {
        at.fault(
            "profile",
            "`%s` speaks a dialect only".formatted(profile.id()),
            "add `dialect: chirpstack`");
      }
      return null;
    }
    Dialect dialect = at.oneOf("dialect", null, Dialect.byName());
    if (!dialect.profiles().isEmpty() && !dialect.profiles().contains(profile.id())) {
      at.fault(
          "dialect",
          "`%s` is not what a %s speaks".formatted(dialect.label(), profile.id()),
          "it is for " + String.join(", ", new TreeSet<>(dialect.profiles())));
    }
    for (String other : new String[] {"form", "alarms"}) {
      if (at.has(other)) {
        at.fault(other, "is not for devices that speak a dialect", "remove it");
      }
    }
    if (!transport.mqtt()) {
      at.fault("protocol", "is mqtt for devices that speak a dialect", "remove it");
    }
    if (dialect == Dialect.SPARKPLUG && at.truth("sleepy", false)) {
      at.fault("sleepy", "is nothing that an edge node is", "remove it");
    }
    if (dialect.needsConcentrator() && !at.has("concentrator")) {
      at.fault(
          "dialect",
          "`%s` is spoken by devices behind one that has the connection".formatted(dialect.label()),
          "add `concentrator: ID`");
    }
    if (!dialect.takesConcentrator() && at.has("concentrator")) {
      at.fault(
          "concentrator",
          "is nothing that devices of `%s` have".formatted(dialect.label()),
          "remove it");
    }
    return dialect;
  }

  /** Sparkplug has its own for each type of message: 0 for what a node sends. */
  private static int qos(YamlFields at, Transport transport, @Nullable Dialect dialect) {
    if (dialect == Dialect.SPARKPLUG) {
      if (at.has("qos")) {
        at.fault("qos", "is 0 for all that an edge node sends", "remove it");
      }
      return 0;
    }
    return (int) at.whole("qos", 1, transport == Transport.HTTP ? 1 : 0, transport.mqtt() ? 2 : 1);
  }

  private static @Nullable String primaryHost(YamlFields at, @Nullable Dialect dialect) {
    if (!at.has("primary-host")) {
      return null;
    }
    if (dialect != Dialect.SPARKPLUG) {
      at.fault("primary-host", "is only for `dialect: sparkplug`", "remove it");
    }
    return at.text("primary-host", "");
  }

  private static ZoneId zone(YamlFields at) {
    String name = at.text("timezone", "UTC");
    try {
      return name.equals("UTC") ? ZoneOffset.UTC : ZoneId.of(name);
    } catch (DateTimeException e) {
      at.fault("timezone", "`" + name + "` is no time zone", "write one like Asia/Kolkata");
      return ZoneOffset.UTC;
    }
  }

  private static String site(YamlFields at, Map<String, String> sectors) {
    String site = at.text("site", "site-1");
    if (!sectors.isEmpty() && !sectors.containsKey(site) && !at.has("sector")) {
      at.fault(
          "site",
          "`" + site + "` is not among `sites`",
          YamlFields.suggestion(site, List.copyOf(sectors.keySet())));
    }
    return site;
  }

  private static @Nullable Duration supervision(YamlFields at, Profile profile) {
    if (!at.has("supervision")) {
      return profile.supervision();
    }
    Duration interval = at.duration("supervision", SHORTEST_SUPERVISION);
    if (interval.compareTo(SHORTEST_SUPERVISION) < 0
        || interval.compareTo(LONGEST_SUPERVISION) > 0) {
      at.fault("supervision", "is not within 20s and 24h", "write what the gateway takes");
    }
    return interval;
  }

  private static PayloadForm form(YamlFields at, Profile profile, @Nullable Dialect dialect) {
    if (dialect != null) {
      return PayloadForm.DIALECT;
    }
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

  private static Login login(YamlFields at, Transport transport, @Nullable Dialect dialect) {
    YamlNode node = at.node("credentials");
    if (node == null && dialect != null) {
      return switch (dialect.secret()) {
        case PASSWORD -> new Login("demo-password-of-{id}", null);
        case TOKEN -> new Login(null, "demo-token-of-{id}");
        case CERTIFICATE -> new Login(null, null, "CN={id}", null, null);
        case TEXT, BASE64 -> new Login(null, null, null, null, "demo-secret-of-{id}");
      };
    }
    if (node == null) {
      return transport == Transport.COAP
          ? new Login(null, "demo-token-of-{id}")
          : new Login("demo-password-of-{id}", null);
    }
    Login login =
        login(
            at.child("credentials", node)
                .only("password", "token", "certificate", "psk", "secret"));
    if (login.secret() != null && dialect == null) {
      at.fault("credentials", "has a secret, by which devices of a dialect sign", "add `dialect`");
    }
    if (login.password() != null && login.token() != null) {
      at.fault("credentials", "has a password and a token", "write one of them");
    }
    if (login.certificate() != null && transport == Transport.COAP) {
      at.fault(
          "credentials",
          "has a certificate, which MQTT and HTTP devices show",
          "write `psk` for CoAP");
    }
    if (login.psk() != null && transport != Transport.COAP) {
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
        login.has("psk") ? login.text("psk", null) : null,
        login.has("secret") ? login.text("secret", null) : null);
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
}
