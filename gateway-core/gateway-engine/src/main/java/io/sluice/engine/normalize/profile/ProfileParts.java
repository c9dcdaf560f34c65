package io.sluice.engine.normalize.profile;

import io.sluice.engine.normalize.profile.ByteLayout.Place;
import io.sluice.engine.normalize.profile.Target.Field;
import io.sluice.engine.normalize.yaml.Nearest;
import io.sluice.engine.normalize.yaml.Yaml;
import io.sluice.engine.normalize.yaml.Yaml.Mapping;
import io.sluice.engine.normalize.yaml.Yaml.Node;
import io.sluice.engine.normalize.yaml.YamlKeys;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The parts of a profile beside its metrics and alarms: byte layout, text layout. */
final class ProfileParts {
  private static final List<String> LAYOUT_KEYS = List.of("order", "length", "fields");
  private static final List<String> PLACE_KEYS =
      List.of(
          "metric",
          "offset",
          "type",
          "order",
          "bit",
          "width",
          "optional",
          "scale",
          "add",
          "unit",
          "values");
  private static final List<String> TEXT_KEYS = List.of("value", "columns", "separator");
  private static final Map<String, Boolean> ORDERS = Map.of("big", false, "little", true);
  private static final Map<String, ByteLayout.Type> TYPES =
      Stream.of(ByteLayout.Type.values())
          .collect(Collectors.toMap(t -> t.name().toLowerCase(Locale.ROOT), t -> t));
  private static final int MAX_OFFSET = 65_535;

  /** Makes a field out of {@code unit}, {@code scale}, {@code add} and {@code values}. */
  interface FieldMaker {
    Field make(String path, Metric metric, YamlKeys keys, boolean textNumbers);
  }

  private final Yaml yaml;
  private final Map<String, Metric> metrics;
  private final Map<String, Target> targets;
  private final FieldMaker fields;

  ProfileParts(
      Yaml yaml, Map<String, Metric> metrics, Map<String, Target> targets, FieldMaker fields) {
    this.yaml = yaml;
    this.metrics = metrics;
    this.targets = targets;
    this.fields = fields;
  }

  @Nullable ByteLayout layout(YamlKeys top) {
    YamlKeys keys = YamlKeys.of(yaml, top.node("layout"), "layout", LAYOUT_KEYS);
    if (keys == null) {
      return null;
    }
    boolean little = keys.choice("order", ORDERS, false);
    List<Place> places = new ArrayList<>();
    for (Node node : keys.items("fields")) {
      String path = "layout.fields[" + places.size() + "]";
      YamlKeys entry = YamlKeys.of(yaml, node, path, PLACE_KEYS);
      Place place = entry == null ? null : place(entry, little);
      if (place != null) {
        places.add(place);
      }
    }
    if (keys.items("fields").isEmpty()) {
      keys.fault("fields", "has no field; write a list of metric, offset and type");
    }
    return new ByteLayout(List.copyOf(places), keys.integer("length", -1, 1, MAX_OFFSET));
  }

  private @Nullable Place place(YamlKeys keys, boolean little) {
    String name = keys.text("metric", "");
    Metric metric = metrics.get(name);
    if (metric == null) {
      keys.fault("metric", AlarmKeys.unknownMetric(name, metrics));
    }
    boolean whole = keys.has("type") && keys.has("offset");
    if (!whole) {
      keys.fault(keys.has("type") ? "offset" : "type", "is missing; a field has offset and type");
    }
    int offset = keys.integer("offset", 0, 0, MAX_OFFSET);
    ByteLayout.Type type = keys.choice("type", TYPES, ByteLayout.Type.U8);
    if (metric == null || !whole) {
      return null;
    }
    return new Place(
        fields.make(name, metric, keys, false),
        offset,
        type,
        keys.choice("order", ORDERS, little),
        keys.integer("bit", 0, 0, 31),
        keys.integer("width", 1, 1, 32),
        keys.truth("optional", false));
  }

  TextLayout text(YamlKeys top) {
    String only = metrics.size() == 1 ? metrics.keySet().iterator().next() : "value";
    if (!(top.node("text") instanceof Mapping mapping)) {
      if (top.has("text")) {
        top.fault("text", "must be a mapping with value, or columns and separator");
      }
      return new TextLayout(only, List.of(), ',');
    }
    YamlKeys keys = new YamlKeys(yaml, mapping, "text", TEXT_KEYS);
    String separator = keys.text("separator", ",");
    if (separator.length() != 1) {
      keys.fault("separator", "must be one character, such as \",\"");
    }
    List<String> columns = keys.texts("columns");
    for (String column : columns) {
      if (!targets.containsKey(column) && !column.isEmpty()) {
        keys.fault(
            "columns",
            "\""
                + column
                + "\" is not known; "
                + Nearest.hint(
                    column, new HashMap<>(targets).keySet(), "declare it under metrics"));
      }
    }
    return new TextLayout(
        keys.text("value", only), columns, separator.isEmpty() ? ',' : separator.charAt(0));
  }
}
