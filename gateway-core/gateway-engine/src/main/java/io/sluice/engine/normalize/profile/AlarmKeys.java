package io.sluice.engine.normalize.profile;

import io.sluice.api.Cap;
import io.sluice.engine.normalize.profile.AlarmFields.CapFields;
import io.sluice.engine.normalize.profile.AlarmRule.Comparison;
import io.sluice.engine.normalize.profile.AlarmRule.Operator;
import io.sluice.engine.normalize.profile.Profile.AlarmParts;
import io.sluice.engine.normalize.unit.Numerals;
import io.sluice.engine.normalize.yaml.Nearest;
import io.sluice.engine.normalize.yaml.Yaml;
import io.sluice.engine.normalize.yaml.Yaml.Node;
import io.sluice.engine.normalize.yaml.YamlKeys;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a profile says of alarms: {@code alarms}, {@code alarm-fields} and {@code cap}. */
final class AlarmKeys {
  static final Map<String, String> SEVERITIES = words("Extreme Severe Moderate Minor Unknown");
  static final Map<String, String> URGENCIES = words("Immediate Expected Future Past Unknown");
  static final Map<String, String> CERTAINTIES = words("Observed Likely Possible Unlikely Unknown");
  static final Map<String, String> STATUSES = words("Actual Exercise Test");

  private static final String SIGNS = "=<>!";
  private static final List<String> RULE_KEYS =
      List.of(
          "name",
          "point",
          "when",
          "clear-when",
          "latch",
          "severity",
          "urgency",
          "certainty",
          "status");
  private static final List<String> FIELD_KEYS =
      List.of("name", "point", "state", "raised", "ended");

  private final Yaml yaml;
  private final Map<String, Metric> metrics;

  AlarmKeys(Yaml yaml, Map<String, Metric> metrics) {
    this.yaml = yaml;
    this.metrics = metrics;
  }

  private static Map<String, String> words(String list) {
    Map<String, String> words = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (String word : list.split(" ", -1)) {
      words.put(word, word);
    }
    return words;
  }

  /**
   * @param cap the mapping of that name, null where there is none
   */
  AlarmParts read(YamlKeys top, @Nullable YamlKeys cap) {
    YamlKeys keys = YamlKeys.of(yaml, top.node("alarm-fields"), "alarm-fields", FIELD_KEYS);
    AlarmFields fields = fields(keys, capFields(cap));
    boolean declared = keys != null && keys.has("point");
    return new AlarmParts(rules(top, declared ? fields.point() : known(fields.point())), fields);
  }

  private static AlarmFields fields(@Nullable YamlKeys keys, CapFields cap) {
    AlarmFields common = AlarmFields.COMMON;
    if (keys == null) {
      return new AlarmFields(
          common.name(), common.point(), common.state(), common.raised(), common.ended(), cap);
    }
    Set<String> raised = stateWords(keys, "raised", common.raised());
    Set<String> ended = stateWords(keys, "ended", common.ended());
    for (String word : keys.texts("raised")) {
      ended.remove(AlarmFields.plain(word));
      if (keys.texts("ended").contains(word)) {
        keys.fault("raised", "\"" + word + "\" also stands under ended; keep one");
      }
    }
    keys.texts("ended").forEach(word -> raised.remove(AlarmFields.plain(word)));
    return new AlarmFields(
        List.copyOf(keys.texts("name")),
        keys.has("point") ? List.copyOf(keys.texts("point")) : common.point(),
        List.copyOf(keys.texts("state")),
        Set.copyOf(raised),
        Set.copyOf(ended),
        cap);
  }

  /** Those of the profile beside those that hold in every profile. */
  private static Set<String> stateWords(YamlKeys keys, String key, Set<String> common) {
    Set<String> words = new LinkedHashSet<>(common);
    keys.texts(key).forEach(word -> words.add(AlarmFields.plain(word)));
    return words;
  }

  private static CapFields capFields(@Nullable YamlKeys keys) {
    if (keys == null) {
      return CapFields.COMMON;
    }
    return new CapFields(
        capNames(keys, "severity"),
        capNames(keys, "urgency"),
        capNames(keys, "certainty"),
        capNames(keys, "status"));
  }

  private static List<String> capNames(YamlKeys keys, String word) {
    List<String> names = new ArrayList<>(keys.texts(word));
    if (!names.contains(word)) {
      names.add(word);
    }
    return List.copyOf(names);
  }

  /**
   * The point of a rule that does not say it itself: a field that the profile knows. That a message
   * has some {@code channel} makes no point of it.
   */
  private List<String> known(List<String> point) {
    return point.stream()
        .filter(name -> name.equals("point") || metrics.containsKey(name))
        .toList();
  }

  private List<AlarmRule> rules(YamlKeys top, List<String> point) {
    List<AlarmRule> rules = new ArrayList<>();
    for (Node node : top.items("alarms")) {
      YamlKeys keys = YamlKeys.of(yaml, node, "alarms[" + rules.size() + "]", RULE_KEYS);
      if (keys != null) {
        AlarmRule rule = rule(keys, point);
        for (AlarmRule other : rules) {
          if (other.name().equals(rule.name()) && !other.shares(rule)) {
            keys.fault(
                "name",
                "\""
                    + rule.name()
                    + "\" is the name of a rule on other metrics; rules of one name are grades of"
                    + " one alarm, so give it a name of its own");
          }
        }
        rules.add(rule);
      }
    }
    return rules;
  }

  private AlarmRule rule(YamlKeys keys, List<String> point) {
    Cap cap =
        new Cap(
            keys.choice("severity", SEVERITIES, "Unknown"),
            keys.choice("urgency", URGENCIES, "Unknown"),
            keys.choice("certainty", CERTAINTIES, "Unknown"),
            keys.choice("status", STATUSES, "Actual"));
    List<Comparison> comparisons = comparisons(keys, "when");
    if (!keys.has("when")) {
      keys.fault("when", "is missing; write a comparison such as smoke == true");
    }
    boolean latch = keys.truth("latch", false);
    if (latch && keys.has("clear-when")) {
      keys.fault(
          "clear-when", "stands beside latch: true, which nothing but a person ends; keep one");
    }
    String metric = comparisons.isEmpty() ? "" : comparisons.getFirst().metric().name();
    return new AlarmRule(
        keys.text("name", metric),
        keys.has("point") ? List.copyOf(keys.texts("point")) : point,
        comparisons,
        comparisons(keys, "clear-when"),
        latch,
        cap);
  }

  private List<Comparison> comparisons(YamlKeys keys, String key) {
    String when = keys.text(key);
    List<Comparison> comparisons = new ArrayList<>();
    for (String part : when == null ? List.<String>of() : List.of(when.split(" and ", -1))) {
      Comparison comparison = comparison(keys, key, part.strip());
      if (comparison != null) {
        comparisons.add(comparison);
      }
    }
    return List.copyOf(comparisons);
  }

  private @Nullable Comparison comparison(YamlKeys keys, String key, String text) {
    for (Operator operator : Operator.values()) {
      int at = text.indexOf(operator.sign);
      if (at > 0) {
        String name = text.substring(0, at).strip();
        if (!isAlone(text, at, operator.sign.length())) {
          break;
        }
        Metric metric = metrics.get(name);
        if (metric == null) {
          keys.fault(key, unknownMetric(name, metrics));
          return null;
        }
        String written = text.substring(at + operator.sign.length()).strip();
        Object operand = operand(written);
        boolean ordered = operator != Operator.EQUAL && operator != Operator.NOT_EQUAL;
        if (ordered && !(operand instanceof Double)) {
          keys.fault(key, "\"" + operand + "\" has no order; compare it with == or !=");
        }
        return new Comparison(metric, operator, operand, unquoted(written));
      }
    }
    keys.fault(key, "\"" + text + "\" is no comparison; write one such as smoke == true");
    return null;
  }

  /** Whether an operator is one, with something behind it: {@code >>} and {@code =<} are none. */
  private static boolean isAlone(String text, int at, int length) {
    String behind = text.substring(at + length).strip();
    return SIGNS.indexOf(text.charAt(at - 1)) < 0
        && !behind.isEmpty()
        && SIGNS.indexOf(behind.charAt(0)) < 0;
  }

  private static Object operand(String text) {
    Number number = Numerals.parse(text);
    if (number != null) {
      return number.doubleValue();
    }
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> unquoted(text);
    };
  }

  private static String unquoted(String text) {
    return text.replaceAll("^[\"']|[\"']$", "");
  }

  static String unknownMetric(String name, Map<String, Metric> metrics) {
    return "\""
        + name
        + "\" is no metric of this profile; "
        + Nearest.hint(name, metrics.keySet(), "declare it under metrics");
  }
}
