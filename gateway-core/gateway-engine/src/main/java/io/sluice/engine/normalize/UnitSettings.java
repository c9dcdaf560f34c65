package io.sluice.engine.normalize;

import io.sluice.api.config.Checked;
import io.sluice.api.config.Option;
import io.sluice.engine.normalize.unit.OwnUnit;
import io.sluice.engine.normalize.unit.Units;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Units beside those of the table, for all profiles: the section {@code units} of the
 * configuration. A profile's own of the same name goes before.
 */
public record UnitSettings(
    @Option(
            doc =
                "Units of one's own by their names, as { GPM: { unit: l/min, factor: 3.785411784 } };"
                    + " one by itself needs no keys.")
        Map<String, Own> own)
    implements Checked {
  public static final UnitSettings DEFAULTS = new UnitSettings(Map.of());

  /** One unit. */
  public record Own(
      @Option(doc = "The unit of the table that it turns into; without it, it is one by itself.")
          @Nullable String unit,
      @Option(doc = "What a value is multiplied by.", def = "1") double factor,
      @Option(doc = "What is added then.", def = "0") double add) {}

  public UnitSettings {
    own = Map.copyOf(own);
  }

  @Override
  public List<Problem> problems() {
    List<Problem> problems = new ArrayList<>();
    own.forEach((name, each) -> {
      String fault = OwnUnit.fault(name, each.unit, each.factor);
      if (fault != null) {
        problems.add(new Problem("own", "\"" + name + "\": " + fault));
      } else if (each.unit == null && (each.factor != 1 || each.add != 0)) {
        problems.add(new Problem("own", "\"" + name + "\": " + OwnUnit.NO_UNIT));
      }
    });
    return problems;
  }

  /** The units by their names. */
  public Map<String, OwnUnit> units() {
    Map<String, OwnUnit> units = new LinkedHashMap<>();
    own.forEach((name, each) ->
        units.put(
            name,
            OwnUnit.of(
                each.unit == null ? null : Units.resolve(each.unit), each.factor, each.add)));
    return units;
  }
}
