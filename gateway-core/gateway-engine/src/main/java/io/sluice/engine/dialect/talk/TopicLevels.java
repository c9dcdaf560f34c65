package io.sluice.engine.dialect.talk;

import io.sluice.engine.dialect.form.FieldPattern;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * A topic with names in its levels, as files write it. Immutable, thread-safe. A level is text with
 * names in it, {@code +} or, as the last, {@code #}.
 */
final class TopicLevels {
  private static final String REST = "#";
  private static final String ANY = "+";
  private static final String DEVICE = "{device}";

  private final List<String> levels;
  private final List<FieldPattern> patterns;

  TopicLevels(String text) {
    levels = levels(text);
    patterns = levels.stream().map(FieldPattern::of).toList();
  }

  static List<String> levels(String text) {
    List<String> levels = new ArrayList<>();
    int from = 0;
    for (int slash = text.indexOf('/'); slash >= 0; slash = text.indexOf('/', from)) {
      levels.add(text.substring(from, slash));
      from = slash + 1;
    }
    levels.add(text.substring(from));
    return levels;
  }

  /** What the names stand for in a topic or filter; a wildcard tells nothing. */
  Map<String, String> names(String topic) {
    Map<String, String> names = new HashMap<>();
    List<String> given = levels(topic);
    for (int i = 0; i < levels.size() && i < given.size(); i++) {
      String level = given.get(i);
      if (levels.get(i).equals(REST) || level.equals(REST)) {
        return names;
      }
      if (levels.get(i).indexOf('{') >= 0 && !level.equals(ANY)) {
        Map<String, String> own = new HashMap<>();
        if (patterns.get(i).take(level, own)) {
          own.forEach(names::putIfAbsent);
        }
      }
    }
    return names;
  }

  /**
   * What the names stand for in a topic that begins as this one does: from the first level on whose
   * text is another one, none.
   */
  Map<String, String> commonNames(String topic) {
    Map<String, String> names = new HashMap<>();
    List<String> given = levels(topic);
    for (int i = 0; i < levels.size() && i < given.size(); i++) {
      String own = levels.get(i);
      boolean isTaken =
          own.indexOf('{') >= 0
              ? patterns.get(i).take(given.get(i), names)
              : own.equals(given.get(i));
      if (!isTaken) {
        return names;
      }
    }
    return names;
  }

  /**
   * Whether a filter matches some topic of this form that is of the device. A filter that names
   * none of its texts, or that has # where the device is named, is too wide.
   *
   * @param isOwn whether a name is that of the device or of a child of it
   */
  boolean overlaps(List<String> filter, Predicate<String> isOwn) {
    boolean isNamed = false;
    for (int i = 0; i < filter.size(); i++) {
      String level = filter.get(i);
      if (i >= levels.size()) {
        return isNamed && levels.getLast().equals(REST);
      }
      String own = levels.get(i);
      if (level.equals(REST)) {
        return isNamed && !levels.subList(i, levels.size()).contains(DEVICE);
      }
      if (own.equals(REST)) {
        return isNamed;
      }
      if (level.equals(ANY)) {
        continue;
      }
      if (own.equals(DEVICE) ? !isOwn.test(level) : !mayBe(i, own, level)) {
        return false;
      }
      isNamed |= !level.isEmpty();
    }
    return isNamed
        && (filter.size() == levels.size()
            || (filter.size() == levels.size() - 1 && levels.getLast().equals(REST)));
  }

  private boolean mayBe(int index, String own, String level) {
    return own.equals(ANY)
        || own.equals(level)
        || (own.indexOf('{') >= 0 && patterns.get(index).take(level, new HashMap<>()));
  }
}
