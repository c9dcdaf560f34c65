package io.sluice.sim.scenario;

import io.sluice.sim.scenario.YamlNode.Entry;
import io.sluice.sim.scenario.YamlNode.Mapping;
import io.sluice.sim.scenario.YamlNode.Scalar;
import io.sluice.sim.scenario.YamlNode.Sequence;
import io.sluice.sim.scenario.YamlNode.Spot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the keys of one mapping, gathers what is wrong with them, and goes on. */
final class YamlFields {
  private static final Pattern DURATION = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*(ms|s|min|m|h|d)");
  private static final Map<String, Double> UNIT_MILLIS =
      Map.of("ms", 1d, "s", 1e3, "min", 6e4, "m", 6e4, "h", 3.6e6, "d", 8.64e7);

  private final String file;
  private final String path;
  private final Spot spot;
  private final Map<String, Entry> entries;
  private final List<String> faults;

  YamlFields(String file, String path, YamlNode node, List<String> faults) {
    this.file = file;
    this.path = path;
    this.spot = node.spot();
    this.faults = faults;
    if (node instanceof Mapping mapping) {
      entries = mapping.entries();
    } else {
      entries = Map.of();
      fault(spot, path, "is not a mapping", "write key: value pairs here");
    }
  }

  /** Faults every key that is not among those known, with the nearest one suggested. */
  YamlFields only(String... known) {
    entries.forEach((key, entry) -> {
      List<String> names = List.of(known);
      if (!names.contains(key)) {
        fault(entry.spot(), at(key), "unknown key", suggestion(key, names));
      }
    });
    return this;
  }

  boolean has(String key) {
    return entries.containsKey(key);
  }

  @Nullable YamlNode node(String key) {
    Entry entry = entries.get(key);
    return entry == null ? null : entry.value();
  }

  Map<String, Entry> entries() {
    return entries;
  }

  YamlFields child(String key, YamlNode node) {
    return new YamlFields(file, at(key), node, faults);
  }

  List<YamlNode> list(String key) {
    return switch (node(key)) {
      case null -> List.of();
      case Sequence sequence -> sequence.items();
      case YamlNode other -> {
        fault(other.spot(), at(key), "is not a list", "write its items as `- ...`");
        yield List.of();
      }
    };
  }

  String text(String key, @Nullable String otherwise) {
    return switch (node(key)) {
      case null -> {
        if (otherwise == null) {
          fault(spot, at(key), "is missing", "add `" + key + ": ...`");
          yield "";
        }
        yield otherwise;
      }
      case Scalar scalar -> scalar.text();
      case YamlNode other -> {
        fault(other.spot(), at(key), "is not a single value", "write `" + key + ": value`");
        yield "";
      }
    };
  }

  long whole(String key, long otherwise, long low, long high) {
    String text = text(key, Long.toString(otherwise));
    try {
      long value = Long.parseLong(text);
      if (value >= low && value <= high) {
        return value;
      }
    } catch (NumberFormatException e) {
      // reported below, with the range
    }
    fault(key, "`" + text + "` is not a whole number from " + low + " to " + high, "correct it");
    return otherwise;
  }

  double number(String key, double otherwise) {
    String text = text(key, Double.toString(otherwise));
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      fault(key, "`" + text + "` is not a number", "write one, like 12.5");
      return otherwise;
    }
  }

  boolean truth(String key, boolean otherwise) {
    String text = text(key, Boolean.toString(otherwise));
    if (!text.equals("true") && !text.equals("false")) {
      fault(key, "`" + text + "` is neither true nor false", "write one of them");
      return otherwise;
    }
    return text.equals("true");
  }

  /** A share of one, written as 0.1 or as 10%. */
  double share(String key, double otherwise) {
    String text = text(key, Double.toString(otherwise));
    boolean percent = text.endsWith("%");
    try {
      double value =
          Double.parseDouble(percent ? text.substring(0, text.length() - 1) : text)
              / (percent ? 100 : 1);
      if (value >= 0 && value <= 1) {
        return value;
      }
    } catch (NumberFormatException e) {
      // reported below, with the range
    }
    fault(key, "`" + text + "` is not a share", "write 0 to 1, or 0% to 100%");
    return otherwise;
  }

  Duration duration(String key, Duration otherwise) {
    if (!has(key)) {
      return otherwise;
    }
    String text = text(key, null);
    Duration value = parseDuration(text);
    if (value == null || value.isZero()) {
      fault(key, "`" + text + "` is not a duration", "write 500ms, 10s, 5min, 1h or 1d");
      return otherwise;
    }
    return value;
  }

  <T> T oneOf(String key, @Nullable String otherwise, Map<String, T> choices) {
    String text = text(key, otherwise);
    T value = choices.get(text.toLowerCase(Locale.ROOT));
    if (value == null) {
      if (has(key)) {
        String near = nearest(text, List.copyOf(choices.keySet()));
        fault(
            key,
            "`" + text + "` is not one of " + String.join(", ", choices.keySet()),
            "did you mean `" + near + "`?");
      }
      return choices.values().iterator().next();
    }
    return value;
  }

  List<String> texts(String key) {
    List<String> texts = new ArrayList<>();
    for (YamlNode item : list(key)) {
      if (item instanceof Scalar scalar) {
        texts.add(scalar.text());
      } else {
        fault(item.spot(), at(key), "has an item that is not a single value", "write `- value`");
      }
    }
    return texts;
  }

  void fault(String key, String what, String remedy) {
    Entry entry = entries.get(key);
    fault(entry == null ? spot : entry.value().spot(), at(key), what, remedy);
  }

  private void fault(Spot at, String where, String what, String remedy) {
    faults.add(
        "%s:%d:%d: %s: %s; %s"
            .formatted(
                file, at.line(), at.column(), where.isEmpty() ? "scenario" : where, what, remedy));
  }

  private String at(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  static @Nullable Duration parseDuration(String text) {
    Matcher matcher = DURATION.matcher(text.strip());
    return matcher.matches()
        ? Duration.ofNanos(
            Math.round(
                Double.parseDouble(matcher.group(1))
                    * UNIT_MILLIS.getOrDefault(matcher.group(2), 1d)
                    * 1e6))
        : null;
  }

  /** The nearest name where it is near, else all of them. */
  static String suggestion(String word, List<String> among) {
    String near = nearest(word, among);
    return distance(word.toLowerCase(Locale.ROOT), near.toLowerCase(Locale.ROOT))
            <= Math.max(1, word.length() / 2)
        ? "did you mean `" + near + "`?"
        : "write one of " + String.join(", ", among);
  }

  static String nearest(String word, List<String> among) {
    String best = among.getFirst();
    int least = Integer.MAX_VALUE;
    for (String candidate : among) {
      int distance = distance(word.toLowerCase(Locale.ROOT), candidate);
      if (distance < least) {
        least = distance;
        best = candidate;
      }
    }
    return best;
  }

  /** Letters to change; two that changed places count as one. */
  private static int distance(String a, String b) {
    int[][] rows = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          rows[i][j] = i + j;
          continue;
        }
        int cost = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        rows[i][j] =
            Math.min(Math.min(rows[i - 1][j], rows[i][j - 1]) + 1, rows[i - 1][j - 1] + cost);
        boolean isSwapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        if (isSwapped) {
          rows[i][j] = Math.min(rows[i][j], rows[i - 2][j - 2] + 1);
        }
      }
    }
    return rows[a.length()][b.length()];
  }
}
