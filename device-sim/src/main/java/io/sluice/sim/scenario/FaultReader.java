package io.sluice.sim.scenario;

import io.sluice.sim.device.PayloadForm;
import io.sluice.sim.scenario.ScenarioFault.Kind;
import io.sluice.sim.scenario.ScenarioFault.Scope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The {@code faults} of a scenario file. */
final class FaultReader {
  private static final int OVERSIZE_BYTES = 1 << 20;
  private static final int MOST_BYTES = 16 << 20;
  private static final int SAMPLES = 100;
  private static final int MOST_SAMPLES = 10_000;
  private static final Duration A_MOMENT = Duration.ofMillis(100);
  private static final Map<String, Kind> KINDS = new LinkedHashMap<>();
  private static final Map<String, Set<Kind>> KEYS_OF_KINDS =
      Map.of(
          "delay", Set.of(Kind.SLOW),
          "jitter", Set.of(Kind.SLOW),
          "by", Set.of(Kind.SKEW),
          "bytes", Set.of(Kind.OVERSIZE),
          "samples", Set.of(Kind.BATCH, Kind.HISTORY));

  static {
    for (Kind kind : Kind.values()) {
      KINDS.put(kind.label(), kind);
    }
  }

  private static final List<String> SCOPE =
      List.of("sector", "site", "profile", "device", "share", "chance");

  private final List<DeviceGroup> groups;
  private final boolean hasBroker;

  /**
   * @param groups whom a fault can name
   * @param hasBroker whether there is one between fleet and gateway
   */
  FaultReader(List<DeviceGroup> groups, boolean hasBroker) {
    this.groups = groups;
    this.hasBroker = hasBroker;
  }

  List<ScenarioFault> read(YamlFields top) {
    List<ScenarioFault> faults = new ArrayList<>();
    List<YamlNode> nodes = top.list("faults");
    for (int i = 0; i < nodes.size(); i++) {
      faults.add(fault(top.child("faults[" + i + "]", nodes.get(i))));
    }
    return List.copyOf(faults);
  }

  private ScenarioFault fault(YamlFields at) {
    at.only(
        "kind", "at", "for", "every", "sector", "site", "profile", "device", "share", "chance",
        "delay", "jitter", "by", "bytes", "samples");
    Kind kind = at.oneOf("kind", "", KINDS);
    if (!at.has("kind")) {
      at.fault("kind", "is missing", "add one of " + String.join(", ", KINDS.keySet()));
    }
    Duration length = length(at, kind);
    Duration every = at.has("every") ? at.duration("every", Duration.ofMinutes(1)) : null;
    checkTimes(at, kind, length, every);
    checkKeys(at, kind);
    if (kind.isOfBroker()) {
      checkBroker(at, kind, length);
    }
    Scope scope = scope(at);
    hitsSomebody(at, scope);
    if (kind.spoils()) {
      checkForms(
          at,
          scope,
          form -> form != PayloadForm.TEXT && form != PayloadForm.BINARY,
          "spoils payloads");
    }
    if (kind == Kind.BATCH || kind == Kind.HISTORY) {
      checkForms(at, scope, PayloadForm::takesBatches, "sends many samples at once");
    }
    return new ScenarioFault(
        kind,
        at.duration("at", Duration.ZERO),
        length,
        every,
        scope,
        at.share("chance", 0.05),
        at.duration("delay", Duration.ofMillis(500)),
        at.duration("jitter", Duration.ofMillis(1)),
        skew(at),
        (int) at.whole("bytes", OVERSIZE_BYTES, 1, MOST_BYTES),
        (int) at.whole("samples", SAMPLES, 2, MOST_SAMPLES));
  }

  private static void checkTimes(
      YamlFields at, Kind kind, @Nullable Duration length, @Nullable Duration every) {
    boolean isMoment = kind == Kind.HISTORY;
    if (every != null && !isMoment && (length == null || length.compareTo(every) >= 0)) {
      at.fault("every", "needs a shorter `for`", "write how long it lasts each time");
    }
    if (kind == Kind.STORM && length == null) {
      at.fault("for", "is missing", "say within which time the devices come back, such as 1s");
    }
  }

  /** Keys that go with some kinds only. */
  private static void checkKeys(YamlFields at, Kind kind) {
    if (at.has("chance") && !kind.isByMessage()) {
      at.fault("chance", "is not for " + kind.label(), "write `share` for a part of the devices");
    }
    if (kind == Kind.SKEW && !at.has("by")) {
      at.fault("by", "is missing", "say by how much the clock is ahead, such as 90s or -2h");
    }
    KEYS_OF_KINDS.forEach((key, kinds) -> {
      if (at.has(key) && !kinds.contains(kind)) {
        at.fault(key, "is not for " + kind.label(), "remove it");
      }
    });
  }

  private void checkBroker(YamlFields at, Kind kind, @Nullable Duration length) {
    if (!hasBroker) {
      at.fault("kind", "befalls a broker, and there is none", "add `broker: {}` to the scenario");
    }
    if (length == null) {
      at.fault("for", "is missing", "say how long the broker is away, such as 2s");
    }
    for (String key : SCOPE) {
      if (at.has(key)) {
        at.fault(key, "is not for " + kind.label(), "remove it");
      }
    }
  }

  private static @Nullable Duration length(YamlFields at, Kind kind) {
    if (kind == Kind.ADDRESS_CHANGE) {
      if (at.has("for")) {
        at.fault("for", "is not for address-change", "remove it: an address changes in a moment");
      }
      return A_MOMENT;
    }
    return at.has("for") ? at.duration("for", Duration.ofSeconds(1)) : null;
  }

  private Scope scope(YamlFields at) {
    Scope scope =
        new Scope(
            text(at, "sector"),
            text(at, "site"),
            text(at, "profile"),
            text(at, "device"),
            at.share("share", 1));
    known(at, "sector", scope.sector(), groups.stream().map(DeviceGroup::sector).toList());
    known(at, "site", scope.site(), groups.stream().map(DeviceGroup::site).toList());
    known(at, "profile", scope.profile(), groups.stream().map(g -> g.profile().id()).toList());
    if (scope.device() != null) {
      known(at, "device", scope.device(), ids());
    }
    return scope;
  }

  private void hitsSomebody(YamlFields at, Scope scope) {
    for (String key : List.of("share", "chance")) {
      if (at.has(key) && at.share(key, 1) == 0) {
        at.fault(key, "is 0, so that nothing is hit", "write more, or remove the fault");
      }
    }
    boolean isKnown = groups.stream().anyMatch(group -> isMeant(scope, group)) || groups.isEmpty();
    boolean isEachKnown =
        isIn(scope.sector(), groups.stream().map(DeviceGroup::sector).toList())
            && isIn(scope.site(), groups.stream().map(DeviceGroup::site).toList())
            && isIn(scope.profile(), groups.stream().map(g -> g.profile().id()).toList())
            && (scope.device() == null || ids().contains(scope.device()));
    if (!isKnown && isEachKnown) {
      at.fault("kind", "hits no device", "no device is all that `" + scope + "` says; correct it");
    }
  }

  private static boolean isIn(@Nullable String wanted, List<String> there) {
    return wanted == null || there.contains(wanted);
  }

  private static boolean isMeant(Scope scope, DeviceGroup group) {
    return isIn(scope.sector(), List.of(group.sector()))
        && isIn(scope.site(), List.of(group.site()))
        && isIn(scope.profile(), List.of(group.profile().id()))
        && (scope.device() == null || ids(group).contains(scope.device()));
  }

  private static List<String> ids(DeviceGroup group) {
    List<String> ids = new ArrayList<>();
    for (int index = 1; index <= group.count(); index++) {
      ids.add(group.idOf(index));
    }
    String concentrator = group.concentrator();
    if (concentrator != null) {
      ids.add(concentrator);
    }
    return ids;
  }

  private List<String> ids() {
    List<String> ids = new ArrayList<>();
    groups.forEach(group -> ids.addAll(ids(group)));
    return ids;
  }

  private static @Nullable String text(YamlFields at, String key) {
    return at.has(key) ? at.text(key, "") : null;
  }

  private static void known(
      YamlFields at, String key, @Nullable String wanted, List<String> there) {
    if (wanted != null && !there.isEmpty() && !there.contains(wanted)) {
      at.fault(
          key,
          "no group has `" + wanted + "`",
          "did you mean `" + YamlFields.nearest(wanted, there) + "`?");
    }
  }

  /**
   * @param fits forms that the fault can be played with: a lone value, for one, can be neither
   *     broken nor cut so that nobody can read it
   */
  private void checkForms(YamlFields at, Scope scope, Predicate<PayloadForm> fits, String what) {
    for (DeviceGroup group : groups) {
      if (isMeant(scope, group) && !fits.test(group.form())) {
        at.fault(
            "kind",
            "%s, and %s sends `form: %s`"
                .formatted(what, group.profile().id(), group.form().label()),
            "name other devices by `profile` or `site`");
      }
    }
  }

  private static Duration skew(YamlFields at) {
    if (!at.has("by")) {
      return Duration.ZERO;
    }
    String text = at.text("by", "");
    boolean isBehind = text.startsWith("-");
    Duration by = YamlFields.parseDuration(isBehind ? text.substring(1) : text);
    if (by == null) {
      at.fault("by", "`" + text + "` is not a duration", "write 90s, 5min or -2h");
      return Duration.ZERO;
    }
    return isBehind ? by.negated() : by;
  }
}
