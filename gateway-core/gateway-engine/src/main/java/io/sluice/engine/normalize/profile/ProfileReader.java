package io.sluice.engine.normalize.profile;

import io.sluice.engine.normalize.profile.Metric.Range;
import io.sluice.engine.normalize.profile.Profile.Unknown;
import io.sluice.engine.normalize.profile.Target.Field;
import io.sluice.engine.normalize.profile.Target.Role;
import io.sluice.engine.normalize.unit.Linear;
import io.sluice.engine.normalize.unit.OwnUnit;
import io.sluice.engine.normalize.unit.Units;
import io.sluice.engine.normalize.yaml.Nearest;
import io.sluice.engine.normalize.yaml.Yaml;
import io.sluice.engine.normalize.yaml.Yaml.Mapping;
import io.sluice.engine.normalize.yaml.Yaml.Node;
import io.sluice.engine.normalize.yaml.Yaml.Scalar;
import io.sluice.engine.normalize.yaml.YamlKeys;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Compiles one profile out of YAML; {@code docs/profiles.md} has every key. */
final class ProfileReader {
  private static final Pattern ID = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");
  static final List<String> KEYS =
      List.of(
          "id",
          "title",
          "sector",
          "dialect",
          "children",
          "interval",
          "supervision",
          "payload",
          "codec",
          "script",
          "unknown",
          "timezone",
          "time-format",
          "tolerate",
          "untimed",
          "encoding",
          "charset",
          "decimal",
          "numbers-as-strings",
          "time",
          "hist",
          "unwrap",
          "samples",
          "pivot",
          "encoded",
          "ignore",
          "cap",
          "alarm-fields",
          "units",
          "metrics",
          "layout",
          "text",
          "alarms");
  static final List<String> METRIC_KEYS =
      List.of(
          "unit",
          "type",
          "min",
          "max",
          "below",
          "monotonic",
          "optional",
          "numbers-as-strings",
          "values",
          "from");
  static final List<String> FROM_KEYS =
      List.of("path", "unit", "scale", "add", "values", "type", "min", "max", "below");
  private static final Map<String, Meaning.Kind> KINDS =
      Map.of(
          "number", Meaning.Kind.NUMBER,
          "boolean", Meaning.Kind.BOOLEAN,
          "text", Meaning.Kind.TEXT);
  private static final String PATH_TOO_LONG = "a path has at most 256 characters; change it";
  private static final Map<String, Unknown> UNKNOWN =
      Map.of("keep", Unknown.KEEP, "drop", Unknown.DROP, "reject", Unknown.REJECT);
  private static final Map<String, MetricType> TYPES =
      Map.of(
          "number", MetricType.NUMBER,
          "integer", MetricType.INTEGER,
          "boolean", MetricType.BOOLEAN,
          "string", MetricType.STRING,
          "any", MetricType.ANY);

  private static final Duration SUPERVISION_MIN = Duration.ofSeconds(20);
  private static final Duration SUPERVISION_MAX = Duration.ofHours(24);

  private final Path file;
  private final List<String> faults;
  private final Yaml yaml;
  private final String stem;
  private final Map<String, Metric> metrics = new LinkedHashMap<>();
  private final Map<String, Target> targets = new HashMap<>();
  private final Map<String, Map<String, Object>> metricValues = new HashMap<>();
  private final Map<String, Node> paths = new LinkedHashMap<>();
  private final Map<String, Map<String, Target>> scopes = new HashMap<>();
  private @Nullable YamlKeys cap;
  private char decimal = '.';
  private ProfileUnits units;

  private final @Nullable Set<String> dialects;
  private final Map<String, OwnUnit> shared;

  /**
   * @param dialects those that a profile may name; null: any
   */
  ProfileReader(
      Path file, @Nullable Set<String> dialects, List<String> faults, List<String> warnings) {
    this(file, dialects, Map.of(), faults, warnings);
  }

  /**
   * @param dialects those that a profile may name; null: any
   * @param shared units of all profiles beside those of the table
   */
  ProfileReader(
      Path file,
      @Nullable Set<String> dialects,
      Map<String, OwnUnit> shared,
      List<String> faults,
      List<String> warnings) {
    this.shared = shared;
    this.dialects = dialects;
    this.file = file;
    this.faults = faults;
    this.yaml = new Yaml(file, faults, warnings);
    String name = file.getFileName().toString();
    this.units = ProfileUnits.ofTable(yaml);
    this.stem = name.replaceFirst("\\.ya?ml$", "");
  }

  /** The profile; of no use where faults were noted. */
  @Nullable Profile read(String text) {
    YamlKeys top = YamlKeys.of(yaml, yaml.read(text), "", KEYS);
    if (top == null) {
      return null;
    }
    Profile.Head head = head(top);
    boolean textNumbers = top.truth("numbers-as-strings", false);
    units = new ProfileUnits(yaml, shared, top);
    readMetrics(top, textNumbers);
    roles(top);
    ProfileParts parts = new ProfileParts(yaml, metrics, targets, this::field);
    ByteLayout layout = parts.layout(top);
    new ShapeKeys(yaml, metrics, targets, paths, parts, this::field)
        .read(top, layout, head.interval());
    paths.forEach(this::reachable);
    List.copyOf(targets.keySet()).forEach(this::reachableToo);
    return new Profile(
        head,
        new ArrayList<>(metrics.values()),
        new Profile.Paths(targets, scopes, selectors()),
        new AlarmKeys(yaml, metrics).read(top, cap),
        layout,
        parts.text(top));
  }

  private Profile.Head head(YamlKeys top) {
    String id = top.text("id", stem);
    if (!ID.matcher(id).matches()) {
      top.fault("id", "\"" + id + "\" is no id; use 1 to 64 of a-z, 0-9 and . _ -");
    }
    PayloadForms forms = FormKeys.read(top, file, faults);
    decimal = forms.decimal();
    return new Profile.Head(
        id,
        top.text("title", id),
        top.text("sector", ""),
        dialect(top),
        ChildRule.read(yaml, top),
        top.duration("interval", Duration.ofMinutes(1)),
        supervision(top),
        top.choice("unknown", UNKNOWN, Unknown.KEEP),
        forms,
        top.has("time") ? top.texts("time") : Profile.COMMON_TIMES);
  }

  private @Nullable String dialect(YamlKeys top) {
    String name = top.text("dialect");
    if (name != null && dialects != null && !dialects.contains(name)) {
      String known = String.join(", ", dialects.stream().sorted().toList());
      top.fault(
          "dialect",
          "there is no dialect \"%s\"; %s"
              .formatted(name, Nearest.hint(name, dialects, "write one of " + known)));
    }
    return name;
  }

  private static @Nullable Duration supervision(YamlKeys top) {
    if (!top.has("supervision")) {
      return null;
    }
    Duration interval = top.duration("supervision", SUPERVISION_MIN);
    if (interval.compareTo(SUPERVISION_MIN) < 0 || interval.compareTo(SUPERVISION_MAX) > 0) {
      top.fault("supervision", "must be 20s to 24h; write one such as 5m");
    }
    return interval;
  }

  private void readMetrics(YamlKeys top, boolean textNumbers) {
    Node node = top.node("metrics");
    if (node instanceof Scalar scalar && scalar.value() == null) {
      return;
    }
    if (node != null && !(node instanceof Mapping)) {
      top.fault("metrics", "must be a mapping; write each metric's name and its keys below it");
    }
    if (!(node instanceof Mapping declared)) {
      return;
    }
    declared.entries().forEach((name, body) -> metric(declared, name, body, textNumbers));
  }

  private void metric(Mapping declared, String name, Node body, boolean textNumbers) {
    String path = "metrics." + name;
    if (name.isEmpty() || name.getBytes(StandardCharsets.UTF_8).length > Metric.MAX_NAME_BYTES) {
      yaml.fault(declared.key(name), path, "a name has 1 to 256 bytes; change it");
    }
    boolean bare = body instanceof Scalar scalar && scalar.value() == null;
    Node own = bare ? new Mapping(body.line(), body.column(), Map.of(), Map.of()) : body;
    YamlKeys keys = YamlKeys.of(yaml, own, path, METRIC_KEYS);
    if (keys == null) {
      return;
    }
    String unit = units.ofMetric(keys);
    Metric metric =
        new Metric(
            metrics.size(),
            name,
            unit,
            units.of(unit),
            keys.choice("type", TYPES, keys.has("values") ? MetricType.ANY : MetricType.NUMBER),
            range(keys),
            keys.truth("monotonic", false),
            keys.truth("optional", false));
    metrics.put(name, metric);
    Map<String, Object> values = values(keys);
    if (values != null) {
      metricValues.put(name, values);
    }
    boolean asText = keys.truth("numbers-as-strings", textNumbers);
    for (Node from : keys.items("from")) {
      from(keys, metric, from, asText);
    }
    own(name, new Field(name, metric, Linear.IDENTITY, values, asText, decimal));
  }

  /** The metric's own name, behind whatever else the path means. */
  private void own(String name, Field field) {
    Target before = targets.putIfAbsent(name, field);
    if (before instanceof Field other && !takesAll(other)) {
      targets.put(name, other.followedBy(field));
    }
  }

  private static boolean takesAll(Field chain) {
    return chain.when() == null || (chain.otherwise() != null && takesAll(chain.otherwise()));
  }

  private static Range range(YamlKeys keys) {
    double min = keys.number("min", Double.NEGATIVE_INFINITY);
    boolean below = keys.has("below");
    if (below && keys.has("max")) {
      keys.fault("below", "stands beside max; keep one of the two");
    }
    double max = keys.number(below ? "below" : "max", Double.POSITIVE_INFINITY);
    if (min > max) {
      keys.fault("min", "is above the maximum; swap them");
    }
    return new Range(min, max, below);
  }

  private void from(YamlKeys keys, Metric metric, Node from, boolean textNumbers) {
    if (from instanceof Scalar scalar && scalar.value() != null) {
      Map<String, Object> values = metricValues.get(metric.name());
      map(from, new Field(scalar.text(), metric, Linear.IDENTITY, values, textNumbers, decimal));
      return;
    }
    YamlKeys entry = YamlKeys.of(yaml, from, keys.at("from"), FROM_KEYS);
    if (entry == null) {
      return;
    }
    String path = entry.text("path");
    if (path == null) {
      yaml.fault(from, keys.at("from"), "has no path; say where in the payload the value lies");
      return;
    }
    Field field = field(path, metric, entry, textNumbers);
    Meaning.Kind kind = entry.choice("type", KINDS, Meaning.Kind.ANY);
    Range range = range(entry);
    boolean all = kind == Meaning.Kind.ANY && range.equals(Range.ANY);
    map(from, all ? field : field.when(new Meaning(kind, range)));
  }

  private void map(Node at, Field field) {
    if (field.path().length() > Metric.MAX_NAME_BYTES) {
      yaml.fault(at, "metrics." + field.metric().name() + ".from", PATH_TOO_LONG);
    }
    paths.put(field.path(), at);
    Target before = targets.put(field.path(), field);
    if (!(before instanceof Field other)) {
      return;
    }
    if (!takesAll(other)) {
      targets.put(field.path(), other.followedBy(field));
    } else if (field.when() != null) {
      targets.put(field.path(), field.followedBy(other));
    } else if (other.metric() != field.metric()) {
      yaml.fault(
          at,
          "metrics." + field.metric().name() + ".from",
          "\""
              + field.path()
              + "\" leads to "
              + other.metric().name()
              + " already; keep one, or tell them apart by type, min, max or below");
    }
  }

  /** The mapping that {@code unit}, {@code scale}, {@code add} and {@code values} describe. */
  Field field(String path, Metric metric, YamlKeys keys, boolean textNumbers) {
    Linear linear = Linear.of(keys.number("scale", 1), keys.number("add", 0));
    String from = keys.text("unit");
    if (from != null) {
      Linear conversion = units.conversion(from, metric.unit());
      if (conversion == null) {
        keys.fault(
            "unit",
            "\""
                + from
                + "\" does not turn into "
                + metric.name()
                + "'s unit "
                + metric.unit()
                + "; "
                + Nearest.hint(
                    from,
                    metric.unit() == null || units.isKnown(from)
                        ? List.of()
                        : Units.sameKind(metric.unit()),
                    "use a unit of the same kind, or scale"));
      } else {
        linear = linear.then(conversion);
      }
    }
    Map<String, Object> values = values(keys);
    return new Field(
        path,
        metric,
        linear,
        values == null ? metricValues.get(metric.name()) : values,
        textNumbers,
        decimal);
  }

  private @Nullable Map<String, Object> values(YamlKeys keys) {
    Node node = keys.node("values");
    if (!(node instanceof Mapping mapping)) {
      if (node != null) {
        keys.fault("values", "must be a mapping; write what the payload has and what it means");
      }
      return null;
    }
    Map<String, Object> values = new HashMap<>();
    mapping
        .entries()
        .forEach((key, meaning) -> {
          if (meaning instanceof Scalar scalar && scalar.value() != null) {
            values.put(key, scalar.value());
          } else {
            yaml.fault(meaning, keys.at("values." + key), "must be a single value");
          }
        });
    return values;
  }

  private void roles(YamlKeys top) {
    Map<String, Target> common = new HashMap<>(Profile.COMMON);
    if (top.has("time")) {
      common.values().removeIf(Role.TIME::equals);
    }
    common.keySet().removeIf(this::isAbovePath);
    common.forEach(targets::putIfAbsent);
    role(top, "time", Role.TIME);
    role(top, "hist", Role.HISTORICAL);
    role(top, "unwrap", Role.UNWRAP);
    role(top, "samples", top.textsBesideMappings("samples"), Role.SAMPLES);
    role(top, "ignore", Role.IGNORE);
    cap =
        YamlKeys.of(
            yaml, top.node("cap"), "cap", List.of("severity", "urgency", "certainty", "status"));
    YamlKeys words = cap;
    if (words != null) {
      role(words, "severity", Role.SEVERITY);
      role(words, "urgency", Role.URGENCY);
      role(words, "certainty", Role.CERTAINTY);
      role(words, "status", Role.STATUS);
    }
  }

  private Set<String> selectors() {
    Set<String> selectors = new HashSet<>();
    targets.keySet().forEach(path -> ShapeKeys.addSelectors(path, selectors));
    scopes
        .values()
        .forEach(scope -> scope.keySet().forEach(path -> ShapeKeys.addSelectors(path, selectors)));
    return selectors;
  }

  /** A profile that leads a path below a common name takes that name for itself. */
  private boolean isAbovePath(String name) {
    return paths.keySet().stream()
        .anyMatch(path -> path.startsWith(name + '.') || path.startsWith(name + '['));
  }

  /**
   * A path below what is unwrapped or read as samples holds in there alone; one below what is
   * ignored would never be looked at.
   */
  private void reachable(String path, Node at) {
    for (int dot = path.indexOf('.'); dot > 0; dot = path.indexOf('.', dot + 1)) {
      String above = path.substring(0, dot);
      String below = path.substring(dot + 1);
      Target opened = targets.get(above);
      if (below.isEmpty() || PathText.isSelecting(above)) {
        continue; // an element's paths are whole ones
      }
      boolean indexed =
          opened instanceof Role role && role.isSamples() && Character.isDigit(below.charAt(0));
      if (ShapeKeys.opens(opened) && !indexed) {
        Target target = targets.remove(path);
        if (target != null) {
          scopes.computeIfAbsent(above, any -> new HashMap<>()).put(below, target);
        }
        return;
      }
      if (opened instanceof Role role && (role.hides() || role.opens())) {
        yaml.fault(
            at,
            "metrics",
            "\""
                + path
                + "\" lies below \""
                + above
                + "\", which "
                + (role.opens() ? "is read as samples, without their index" : role.hiding())
                + "; take \""
                + above
                + "\" out there, or lead the path from inside it");
      }
    }
  }

  /** What is no metric's path holds in there too where a path leads through such a place. */
  private void reachableToo(String path) {
    Target target = targets.get(path);
    if (target == null || target instanceof Field) {
      return;
    }
    for (int dot = path.indexOf('.'); dot > 0; dot = path.indexOf('.', dot + 1)) {
      String above = path.substring(0, dot);
      if (!PathText.isSelecting(above) && ShapeKeys.opens(targets.get(above))) {
        scopes
            .computeIfAbsent(above, any -> new HashMap<>())
            .putIfAbsent(path.substring(dot + 1), target);
        return;
      }
    }
  }

  private void role(YamlKeys keys, String key, Role role) {
    role(keys, key, keys.texts(key), role);
  }

  private void role(YamlKeys keys, String key, List<String> found, Role role) {
    for (String path : found) {
      if (path.length() > Metric.MAX_NAME_BYTES) {
        keys.fault(key, PATH_TOO_LONG);
      }
      if (targets.put(path, role) instanceof Field field) {
        keys.fault(
            key,
            "\"" + path + "\" leads to the metric " + field.metric().name() + " too; keep one");
      }
    }
  }
}
