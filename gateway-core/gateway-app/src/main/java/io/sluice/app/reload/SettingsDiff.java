package io.sluice.app.reload;

import io.sluice.api.config.Inline;
import io.sluice.api.config.Option;
import io.sluice.cli.config.SettingsTree;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Which keys of a configuration have other values than before. */
final class SettingsDiff {
  private SettingsDiff() {}

  /**
   * Adds the innermost keys that differ; of a list the list alone. Values are not told: they may be
   * secrets.
   *
   * @param place key of both, such as {@code listeners.mqtt}
   */
  static void add(
      String place, @Nullable Object before, @Nullable Object after, List<String> into) {
    if (Objects.equals(before, after)) {
      return;
    }
    if (before instanceof Record one && after instanceof Record other && isAlike(one, other)) {
      for (RecordComponent component : one.getClass().getRecordComponents()) {
        String inner =
            component.isAnnotationPresent(Inline.class)
                ? place
                : under(place, kebab(component.getName()));
        add(inner, SettingsTree.value(one, component), SettingsTree.value(other, component), into);
      }
    } else if (before instanceof Map<?, ?> one && after instanceof Map<?, ?> other) {
      TreeSet<String> keys = new TreeSet<>();
      one.keySet().forEach(key -> keys.add(String.valueOf(key)));
      other.keySet().forEach(key -> keys.add(String.valueOf(key)));
      keys.forEach(key -> add(under(place, key), one.get(key), other.get(key), into));
    } else {
      into.add(place);
    }
  }

  private static String under(String place, String key) {
    return place.isEmpty() ? key : place + "." + key;
  }

  /** A value of more parts than a key has, such as a secret or a number with its unit, is one. */
  private static boolean isAlike(Record one, Record other) {
    return one.getClass().equals(other.getClass())
        && Arrays.stream(one.getClass().getRecordComponents())
            .allMatch(component ->
                component.isAnnotationPresent(Inline.class)
                    || component.isAnnotationPresent(Option.class));
  }

  private static String kebab(String component) {
    return component.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }
}
