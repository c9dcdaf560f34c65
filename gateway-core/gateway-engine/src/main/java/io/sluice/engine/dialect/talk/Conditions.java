package io.sluice.engine.dialect.talk;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Fields and the values that they may have. Immutable, thread-safe. */
final class Conditions {
  private final Map<String, Set<String>> values;

  /**
   * @param written field → values, between them |
   */
  Conditions(Map<String, String> written) {
    values =
        written.entrySet().stream()
            .collect(
                Collectors.toUnmodifiableMap(Map.Entry::getKey, each -> split(each.getValue())));
  }

  static Set<String> split(String written) {
    return Set.copyOf(List.of(written.split("\\|", -1)));
  }

  Set<String> names() {
    return values.keySet();
  }

  boolean isEmpty() {
    return values.isEmpty();
  }

  /** Whether each field has one of its values. */
  boolean all(Function<String, @Nullable String> fields) {
    return values.entrySet().stream().allMatch(each -> holds(each, fields));
  }

  /** Whether one of the fields has one of its values. */
  boolean any(Function<String, @Nullable String> fields) {
    return values.entrySet().stream().anyMatch(each -> holds(each, fields));
  }

  private static boolean holds(
      Map.Entry<String, Set<String>> each, Function<String, @Nullable String> fields) {
    String value = fields.apply(each.getKey());
    return value != null && each.getValue().contains(value);
  }
}
