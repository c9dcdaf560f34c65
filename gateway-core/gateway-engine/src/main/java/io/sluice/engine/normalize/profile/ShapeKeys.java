package io.sluice.engine.normalize.profile;

import io.sluice.engine.normalize.profile.ByteLayout.Place;
import io.sluice.engine.normalize.profile.PathText.Selector;
import io.sluice.engine.normalize.profile.Shape.Elements;
import io.sluice.engine.normalize.profile.Shape.Encoded;
import io.sluice.engine.normalize.profile.Shape.Encoding;
import io.sluice.engine.normalize.profile.Shape.Pivot;
import io.sluice.engine.normalize.profile.Shape.Rows;
import io.sluice.engine.normalize.profile.Shape.Series;
import io.sluice.engine.normalize.profile.Target.Field;
import io.sluice.engine.normalize.profile.Target.Role;
import io.sluice.engine.normalize.unit.Linear;
import io.sluice.engine.normalize.unit.Units;
import io.sluice.engine.normalize.yaml.Yaml;
import io.sluice.engine.normalize.yaml.Yaml.Mapping;
import io.sluice.engine.normalize.yaml.Yaml.Node;
import io.sluice.engine.normalize.yaml.YamlKeys;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a profile that say which shape the values at a path have: {@code encoded}, {@code
 * pivot}, {@code samples} that are rows or series, and selectors within paths.
 */
final class ShapeKeys {
  static final List<String> ENCODED_KEYS = List.of("path", "encoding", "layout", "bits");
  static final List<String> BIT_KEYS =
      List.of("metric", "bit", "width", "scale", "add", "unit", "values");
  static final List<String> PIVOT_KEYS = List.of("path", "name", "value", "time", "ignore");
  static final List<String> SAMPLE_KEYS =
      List.of("path", "columns", "start", "end", "interval", "unit", "every", "values");

  private static final Map<String, Encoding> ENCODINGS =
      Map.of(
          "json-string", Encoding.JSON,
          "hex", Encoding.HEX,
          "base64", Encoding.BASE64,
          "bits", Encoding.BITS);
  private static final int MAX_BIT = 63;

  private final Yaml yaml;
  private final Map<String, Metric> metrics;
  private final Map<String, Target> targets;
  private final Map<String, Node> paths;
  private final ProfileParts parts;
  private final ProfileParts.FieldMaker fields;
  private final Map<String, Encoded> encoded = new LinkedHashMap<>();

  /**
   * @param paths those that lead to something, and where they stand in the file
   */
  ShapeKeys(
      Yaml yaml,
      Map<String, Metric> metrics,
      Map<String, Target> targets,
      Map<String, Node> paths,
      ProfileParts parts,
      ProfileParts.FieldMaker fields) {
    this.yaml = yaml;
    this.metrics = metrics;
    this.targets = targets;
    this.paths = paths;
    this.parts = parts;
    this.fields = fields;
  }

  /**
   * Puts the shapes before what their paths mean without them.
   *
   * @param whole the profile's own layout of bytes, or null
   * @param interval the profile's
   */
  void read(YamlKeys top, @Nullable ByteLayout whole, Duration interval) {
    for (Node each : top.items("samples")) {
      if (each instanceof Mapping mapping) {
        samples(new YamlKeys(yaml, mapping, "samples", SAMPLE_KEYS), interval);
      }
    }
    for (Node each : top.items("pivot")) {
      YamlKeys keys = YamlKeys.of(yaml, each, "pivot", PIVOT_KEYS);
      if (keys != null) {
        pivot(keys);
      }
    }
    for (Node each : top.items("encoded")) {
      YamlKeys keys = YamlKeys.of(yaml, each, "encoded", ENCODED_KEYS);
      if (keys != null) {
        encoded(whole, keys);
      }
    }
    containers(top);
    encoded.forEach((path, shape) -> {
      Target meaning = targets.get(path);
      targets.put(path, meaning == null ? shape : shape.before(meaning));
    });
  }

  private List<String> paths(YamlKeys keys) {
    List<String> found = keys.texts("path");
    if (found.isEmpty()) {
      keys.fault("path", "is missing; say where in the payload that lies");
    }
    for (String each : found) {
      if (each.length() > Metric.MAX_NAME_BYTES) {
        keys.fault("path", "a path has at most 256 characters; change it");
      }
    }
    return found;
  }

  private void samples(YamlKeys keys, Duration interval) {
    boolean rows = keys.has("columns");
    boolean series = keys.has("values");
    if (rows == series) {
      keys.fault(
          rows ? "columns" : "path",
          "must be rows or a series; say columns (rows that are lists) or values (lists of one"
              + " interval)");
    }
    for (String alone : rows ? SAMPLE_KEYS.subList(2, SAMPLE_KEYS.size()) : List.<String>of()) {
      if (keys.has(alone)) {
        keys.fault(alone, "does not go with columns; leave it out");
      }
    }
    if (keys.has("start") && keys.has("end")) {
      keys.fault("end", "stands beside start; keep one of the two");
    }
    Linear seconds = Units.conversion(keys.text("unit", "s"), "s");
    if (seconds == null) {
      keys.fault("unit", "is no unit of time; write one such as s, ms or min");
      return;
    }
    Duration every = keys.duration("every", interval);
    Shape shape =
        rows
            ? new Rows(List.copyOf(keys.texts("columns")), null)
            : new Series(
                keys.text("start"),
                keys.text("end"),
                keys.text("interval"),
                seconds.apply(1) * 1e6,
                every.toNanos() / 1_000,
                Set.copyOf(new HashSet<>(keys.texts("values"))),
                null);
    put(keys, shape);
  }

  private void pivot(YamlKeys keys) {
    List<String> names = keys.has("name") ? keys.texts("name") : List.of("name");
    List<String> values = keys.has("value") ? keys.texts("value") : List.of("value");
    put(
        keys,
        new Pivot(
            List.copyOf(names),
            List.copyOf(values),
            Set.copyOf(new HashSet<>(keys.texts("time"))),
            Set.copyOf(new HashSet<>(keys.texts("ignore"))),
            null));
  }

  private void put(YamlKeys keys, Shape shape) {
    for (String path : paths(keys)) {
      Target before = targets.get(path);
      switch (before) {
        case null -> targets.put(path, shape);
        case Field field -> targets.put(path, shape.before(field));
        case Role role when Profile.COMMON.get(path) == role ->
            targets.put(path, shape.before(role));
        default ->
            keys.fault("path", "\"" + path + "\" has another meaning in the profile; keep one");
      }
    }
  }

  private void encoded(@Nullable ByteLayout whole, YamlKeys keys) {
    Encoding encoding = keys.choice("encoding", ENCODINGS, Encoding.JSON);
    if (!keys.has("encoding")) {
      keys.fault("encoding", "is missing; write json-string, hex, base64 or bits");
    }
    ByteLayout layout = layout(whole, keys, encoding);
    for (String path : paths(keys)) {
      if (encoded.put(path, new Encoded(encoding, layout, null)) != null) {
        keys.fault("path", "\"" + path + "\" is under encoded twice; keep one");
      }
    }
  }

  private @Nullable ByteLayout layout(
      @Nullable ByteLayout whole, YamlKeys keys, Encoding encoding) {
    boolean isBytes = encoding == Encoding.HEX || encoding == Encoding.BASE64;
    if (keys.has("layout") && !isBytes) {
      keys.fault("layout", "is of bytes; leave it out, or say encoding: hex or base64");
    }
    if (keys.has("bits") != (encoding == Encoding.BITS)) {
      keys.fault(
          "bits",
          keys.has("bits")
              ? "are of an integer; leave them out, or say encoding: bits"
              : "are missing; write a list of metric and bit");
    }
    if (encoding == Encoding.BITS) {
      return bits(keys);
    }
    if (!isBytes) {
      return null;
    }
    ByteLayout layout = keys.has("layout") ? parts.layout(keys) : whole;
    if (layout == null) {
      keys.fault("layout", "is missing; say here, or for the whole profile, where values lie");
    }
    return layout;
  }

  private ByteLayout bits(YamlKeys keys) {
    List<Place> places = new ArrayList<>();
    for (Node each : keys.items("bits")) {
      YamlKeys entry = YamlKeys.of(yaml, each, "encoded.bits", BIT_KEYS);
      if (entry == null) {
        continue;
      }
      String name = entry.text("metric", "");
      Metric metric = metrics.get(name);
      int bit = entry.integer("bit", 0, 0, MAX_BIT);
      int width = entry.integer("width", 1, 1, MAX_BIT);
      if (metric == null) {
        entry.fault("metric", AlarmKeys.unknownMetric(name, metrics));
        continue;
      }
      if (!entry.has("bit")) {
        entry.fault("bit", "is missing; the lowest bit is 0");
      } else if (bit + width > MAX_BIT + 1) {
        entry.fault("width", "leads beyond the 64 bits of an integer; make it smaller");
      }
      Field field = fields.make(name, metric, entry, false);
      places.add(new Place(field, 0, ByteLayout.Type.BITS, false, bit, width, false));
    }
    return new ByteLayout(List.copyOf(places), -1);
  }

  /** Lets arrays and objects be looked into whose elements a path selects. */
  private void containers(YamlKeys top) {
    Map<String, Set<String>> attributes = new LinkedHashMap<>();
    Map<String, String> owners = new HashMap<>();
    List<String> all = new ArrayList<>(targets.keySet());
    all.addAll(encoded.keySet());
    all.sort(null);
    for (String path : all) {
      for (Selector each : PathText.selectors(path)) {
        Set<String> own =
            attributes.computeIfAbsent(each.container(), any -> new LinkedHashSet<>());
        if (each.attribute() != null) {
          own.add(each.attribute());
        }
        owners.putIfAbsent(each.container(), path);
      }
    }
    attributes.forEach((container, own) -> {
      String owner = owners.getOrDefault(container, container);
      Node at = paths.get(owner);
      container(top, container, new Elements(List.copyOf(own), null), owner, at);
    });
  }

  private void container(
      YamlKeys top, String path, Elements shape, String owner, @Nullable Node at) {
    Target before = targets.get(path);
    boolean taken =
        before instanceof Shape
            || (before instanceof Role role && (role.isSamples() || role.hides()));
    if (taken) {
      String fault =
          "\"" + owner + "\" looks into \"" + path + "\", which has another meaning; keep one";
      if (at == null) {
        top.fault("metrics", fault);
      } else {
        yaml.fault(at, "metrics", fault);
      }
      return;
    }
    targets.put(path, before == null ? shape : shape.before(before));
    if (at != null) {
      paths.putIfAbsent(path, at);
    }
  }

  /** Whether paths that lead through it hold for what is in there alone. */
  static boolean opens(@Nullable Target target) {
    return switch (target) {
      case Role role -> role.opens();
      case Encoded shape -> opens(shape.inner());
      case Elements shape -> opens(shape.inner());
      case Pivot _ -> true;
      case Rows _ -> true;
      case Series _ -> true;
      case null, default -> false;
    };
  }

  /** The beginnings of a path that end in a selector. */
  static void addSelectors(String path, Set<String> to) {
    PathText.selectors(path).forEach(each -> to.add(each.prefix()));
  }
}
