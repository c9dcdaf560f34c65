package io.sluice.engine.normalize.profile;

import io.sluice.engine.normalize.unit.Linear;
import io.sluice.engine.normalize.unit.OwnUnit;
import io.sluice.engine.normalize.unit.Units;
import io.sluice.engine.normalize.yaml.Nearest;
import io.sluice.engine.normalize.yaml.Yaml;
import io.sluice.engine.normalize.yaml.Yaml.Mapping;
import io.sluice.engine.normalize.yaml.Yaml.Node;
import io.sluice.engine.normalize.yaml.Yaml.Scalar;
import io.sluice.engine.normalize.yaml.YamlKeys;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The units of one profile: those of the table, and its own under {@code units}. */
final class ProfileUnits {
  private static final List<String> KEYS = List.of("unit", "factor", "add");
  private static final int MAX_LENGTH = OwnUnit.MAX_LENGTH;

  private final Yaml yaml;
  private final Map<String, OwnUnit> own;

  /**
   * @param shared those of all profiles
   */
  ProfileUnits(Yaml yaml, Map<String, OwnUnit> shared, YamlKeys top) {
    this.yaml = yaml;
    this.own = new HashMap<>(shared);
    Node node = top.node("units");
    if (node instanceof Mapping declared) {
      declared.entries().forEach((name, body) -> declare(declared, name, body));
    } else if (node != null) {
      top.fault("units", "must be a mapping; write each unit's name, and behind it its keys");
    }
  }

  private ProfileUnits(Yaml yaml) {
    this.yaml = yaml;
    this.own = new HashMap<>();
  }

  /** Those of the table alone. */
  static ProfileUnits ofTable(Yaml yaml) {
    return new ProfileUnits(yaml);
  }

  private void declare(Mapping declared, String name, Node body) {
    String path = "units." + name;
    if (name.isBlank() || name.length() > MAX_LENGTH) {
      yaml.fault(declared.key(name), path, "a unit has 1 to 32 characters; change it");
    } else if (Units.isKnown(name)) {
      yaml.fault(declared.key(name), path, "is in the table of units already; leave it out");
    }
    if (body instanceof Scalar scalar && scalar.value() == null) {
      own.put(name, OwnUnit.of(null, 1, 0));
      return;
    }
    YamlKeys keys = YamlKeys.of(yaml, body, path, KEYS);
    if (keys == null) {
      return;
    }
    String base = keys.text("unit");
    String resolved = base == null ? null : Units.resolve(base);
    if (base != null && resolved == null) {
      keys.fault("unit", "\"" + base + "\" is not in the table of units; name one of it");
    }
    double factor = keys.number("factor", 1);
    if (factor == 0 || !Double.isFinite(factor)) {
      keys.fault("factor", "must be a number other than 0, such as 3.785411784");
    } else if (base == null && (keys.has("factor") || keys.has("add"))) {
      keys.fault("unit", "is missing; say into which unit the factor leads");
    } else {
      own.put(name, OwnUnit.of(resolved, factor, keys.number("add", 0)));
    }
  }

  /**
   * A metric's unit, as records have it. One that neither the table nor the profile knows is taken
   * as it is, with a warning; what is nearly one of the table is a fault.
   */
  @Nullable String ofMetric(YamlKeys keys) {
    String unit = keys.text("unit");
    if (unit == null || own.containsKey(unit)) {
      return unit;
    }
    String resolved = Units.resolve(unit);
    if (resolved != null) {
      return resolved;
    }
    String near = Nearest.of(unit, Units.sameLetters(unit));
    if (near != null) {
      keys.fault("unit", unknown(unit) + "; did you mean \"" + near + "\"?");
    } else if (unit.isBlank() || unit.length() > MAX_LENGTH) {
      keys.fault("unit", unknown(unit) + "; use one of the IANA SenML units registry, as Cel");
    } else {
      keys.warn(
          "unit",
          unknown(unit)
              + " and is taken as it is; declare it under units, or use one of the IANA SenML units"
              + " registry, as Cel or m/s");
    }
    return unit;
  }

  private static String unknown(String unit) {
    return "\"" + unit + "\" is not in the table of units";
  }

  /** What the profile's own units are to a metric in that unit. */
  Metric.TextUnits of(@Nullable String unit) {
    if (unit == null || own.isEmpty()) {
      return Metric.TextUnits.NONE;
    }
    Map<String, Linear> into = new HashMap<>();
    own.keySet()
        .forEach(name -> {
          Linear conversion = conversion(name, unit);
          if (conversion != null) {
            into.put(name, conversion);
          }
        });
    OwnUnit target = own.get(unit);
    return new Metric.TextUnits(
        Map.copyOf(into),
        target == null ? null : target.base(),
        target == null ? Linear.IDENTITY : target.toBase().inverse());
  }

  /** Whether table or profile have it. */
  boolean isKnown(String unit) {
    return own.containsKey(unit) || Units.resolve(unit) != null;
  }

  /** How a value goes from one unit into a metric's, or null where it cannot. */
  @Nullable Linear conversion(String from, @Nullable String wanted) {
    if (wanted == null) {
      return null;
    }
    if (from.equals(wanted)) {
      return Linear.IDENTITY;
    }
    OwnUnit source = own.get(from);
    OwnUnit target = own.get(wanted);
    if (source == null && target == null) {
      return Units.fromText(from, wanted);
    }
    String sourceBase = source == null ? Units.resolve(from) : source.base();
    String targetBase = target == null ? wanted : target.base();
    if (sourceBase == null || targetBase == null) {
      return null;
    }
    Linear between = Units.conversion(sourceBase, targetBase);
    if (between == null) {
      return null;
    }
    Linear first = source == null ? between : source.toBase().then(between);
    return target == null ? first : first.then(target.toBase().inverse());
  }
}
