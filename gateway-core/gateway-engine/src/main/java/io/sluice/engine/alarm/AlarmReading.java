package io.sluice.engine.alarm;

import io.sluice.api.Measurement;
import io.sluice.api.TimeSource;
import io.sluice.api.operator.AlarmService.Kind;
import io.sluice.engine.normalize.profile.AlarmFields;
import io.sluice.engine.normalize.profile.AlarmFields.Word;
import io.sluice.engine.normalize.profile.AlarmRule;
import io.sluice.engine.normalize.profile.AlarmRule.Verdict;
import io.sluice.engine.normalize.profile.CapWords;
import io.sluice.engine.normalize.profile.Profile;
import io.sluice.engine.record.EncodedRecord;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which alarms a record is about, and what it says of each. The values of one time are one reading,
 * judged alone, in order of time.
 *
 * <ol>
 *   <li>The profile's rules.
 *   <li>In a record that is an alarm by its topic, the fields that the profile declares, and the
 *       forms of docs/alarms.md: a name with a switch, a state, booleans. A field that a rule
 *       compares is judged by the rule alone.
 * </ol>
 *
 * A number or text that nobody declared says nothing.
 */
final class AlarmReading {
  private static final List<String> NAMES = List.of("alarm", "alarmName", "name");
  private static final String ACTIVE = "active";
  private static final String STATE = "state";
  private static final String EVENT = "event";
  private static final String VALUE = "value";
  private static final Set<String> SWITCHES = Set.of(ACTIVE, STATE, EVENT, VALUE);

  /** Words of the common list that are as good as names: {@code "alarm": "fire"}. */
  private static final Set<String> NAMING_WORDS = Set.of("alarm", "fire", "火警", "报警", "告警", "动作");

  private static final int NAME_MAX_CHARACTERS = 128;
  private static final int TEXT_MAX_CHARACTERS = 300;
  private static final long CLOCK_MAX_MICROS = 300_000_000;
  private static final long INSTANT_MICROS = 1_000;
  private static final CapWords NOTHING = new CapWords(null, null, null, null);
  private static final CapWords PAST = new CapWords(null, "Past", null, null);

  private final EncodedRecord view;
  private final AlarmFields fields;
  private final List<List<AlarmRule>> rules;
  private final List<Signal> signals = new ArrayList<>(1);
  private final List<Long> instants = new ArrayList<>(1);
  private final TreeMap<Long, Map<String, Measurement>> readings = new TreeMap<>();

  private Map<String, Object> values = Map.of();
  private CapWords said = NOTHING;
  private String text = "";
  private long time;
  private boolean isSingle;
  private boolean isRuleOn;

  private AlarmReading(EncodedRecord view, @Nullable Profile profile) {
    this.view = view;
    this.fields = profile == null ? AlarmFields.COMMON : profile.alarmFields();
    this.rules = profile == null ? List.of() : profile.alarmGrades();
    view.rewind();
    while (view.next()) {
      Measurement each = view.toMeasurement();
      readings
          .computeIfAbsent(view.measurementMicros(), any -> new LinkedHashMap<>())
          .putIfAbsent(each.name(), each);
    }
  }

  /**
   * What a record says. Moves the view's cursor to the end.
   *
   * @param profile of its device, null where it is not loaded
   */
  static List<Signal> of(EncodedRecord view, @Nullable Profile profile) {
    return new AlarmReading(view, profile).read(true);
  }

  /** What the profile's rules alone say of a record. Moves the view's cursor to the end. */
  static List<Signal> byRules(EncodedRecord view, Profile profile) {
    return new AlarmReading(view, profile).read(false);
  }

  private List<Signal> read(boolean withForms) {
    isSingle = readings.size() == 1;
    Set<List<AlarmRule>> judged = new HashSet<>();
    readings.forEach((micros, measurements) -> {
      begin(micros, measurements);
      for (List<AlarmRule> grades : rules) {
        if (judge(grades)) {
          judged.add(grades);
        }
      }
      if (withForms && !view.isRuled()) {
        forms();
      }
    });
    if (readings.size() > 1) {
      judgeWhole(judged);
    }
    return inOrder();
  }

  /** Rules over metrics that came at different times are judged by the last of each. */
  private void judgeWhole(Set<List<AlarmRule>> judged) {
    Map<String, Measurement> all = new LinkedHashMap<>();
    readings.values().forEach(all::putAll);
    begin(readings.lastKey(), all);
    for (List<AlarmRule> grades : rules) {
      if (!judged.contains(grades)) {
        judge(grades);
      }
    }
  }

  private void begin(long micros, Map<String, Measurement> measurements) {
    time = micros;
    values = new LinkedHashMap<>();
    measurements.forEach((name, each) -> values.put(name, each.value()));
    said = CapWords.in(fields.cap(), values::get);
    text = describe(measurements.values());
    isRuleOn = false;
  }

  /** Judges one alarm by its rules; returns whether the reading said anything of it. */
  private boolean judge(List<AlarmRule> grades) {
    boolean isCleared = true;
    boolean isJudged = false;
    boolean keepsGrave = false;
    for (AlarmRule rule : grades) {
      Verdict verdict = rule.verdict(values);
      if (verdict == Verdict.HOLDS) {
        isRuleOn = true;
        add(rule.name(), rule.point(), Word.RAISED, said.or(CapWords.of(rule.cap())), keepsGrave);
        return true;
      }
      boolean isOver = verdict == Verdict.FAILS && rule.isCleared(values, fields);
      isJudged |= verdict == Verdict.FAILS;
      keepsGrave |= !isOver;
      isCleared &= isOver;
    }
    if (isCleared && isJudged) {
      AlarmRule first = grades.getFirst();
      add(first.name(), first.point(), Word.ENDED, said, false);
    }
    return isJudged;
  }

  private void forms() {
    String nameField = first(fields.name(), NAMES);
    Object name = nameField == null ? null : values.get(nameField);
    String given = plain(name);
    boolean isName =
        name instanceof String
            ? !isSwitch(given)
            : nameField != null && fields.name().contains(nameField); // a declared code
    if (isName && !given.isEmpty()) {
      add(given, fields.point(), named(), said, false);
      return;
    }
    String state = state();
    if (state == null && nameField != null && isState(name)) {
      state = nameField; // {"alarm": 1}
    }
    if (state == null) {
      booleans();
    } else {
      state(state);
    }
  }

  private @Nullable String first(List<String> declared, List<String> usual) {
    for (String field : declared) {
      if (isGiven(values.get(field))) {
        return field;
      }
    }
    for (String field : usual) {
      if (isGiven(values.get(field))) {
        return field;
      }
    }
    return null;
  }

  private static boolean isGiven(@Nullable Object value) {
    return value != null && !(value instanceof String text && text.isBlank());
  }

  private boolean isSwitch(String word) {
    return fields.word(word) != Word.UNKNOWN && !NAMING_WORDS.contains(word.strip());
  }

  /** Whether the value can be a state: of numbers, those that are words of its list. */
  private boolean isState(@Nullable Object value) {
    return value instanceof Boolean
        || value instanceof String
        || (value instanceof Number && fields.word(value) != Word.UNKNOWN);
  }

  /** What a reading says that names its alarm: that it is on, where it has no switch. */
  private Word named() {
    Object active = values.get(ACTIVE);
    if (active != null && isGiven(active)) {
      return fields.word(active);
    }
    String state = state();
    if (state != null) {
      return fields.word(Objects.requireNonNull(values.get(state)));
    }
    Object event = values.get(EVENT);
    if (event != null && fields.word(event) != Word.UNKNOWN) {
      return fields.word(event);
    }
    return values.get(VALUE) instanceof Boolean isOn && !isOn ? Word.ENDED : Word.RAISED;
  }

  /** The field that is its state, or null. */
  private @Nullable String state() {
    for (String field : fields.state()) {
      if (isGiven(values.get(field))) {
        return field;
      }
    }
    return isGiven(values.get(STATE)) && isState(values.get(STATE)) ? STATE : null;
  }

  /** What no rule ends is not ended by the word that the rule compares. */
  private void state(String field) {
    Word word = fields.word(Objects.requireNonNull(values.get(field)));
    List<AlarmRule> grades = rulesOn(field);
    if (grades == null) {
      add(field, fields.point(), word, said, false);
    } else if (word != Word.ENDED && !isRuleOn) {
      AlarmRule rule = grades.getFirst();
      add(rule.name(), rule.point(), word, said, false);
    }
  }

  private @Nullable List<AlarmRule> rulesOn(String field) {
    for (List<AlarmRule> grades : rules) {
      if (grades.stream().anyMatch(rule -> rule.compares(field))) {
        return grades;
      }
    }
    return null;
  }

  private void booleans() {
    values.forEach((name, value) -> {
      boolean isOn = Boolean.TRUE.equals(value);
      boolean isTold = isOn && isRuleOn && SWITCHES.contains(name); // of what the rule says
      if (value instanceof Boolean && !isAside(name) && !isTold) {
        add(name, fields.point(), isOn ? Word.RAISED : Word.ENDED, said, false);
      }
    });
  }

  private boolean isAside(String name) {
    return fields.cap().status().contains(name)
        || fields.point().contains(name)
        || rulesOn(name) != null;
  }

  private void add(
      String name, List<String> pointFields, Word says, CapWords words, boolean keepsGrave) {
    boolean isPast =
        view.historical() || (!isSingle && time < view.receivedMicros() - CLOCK_MAX_MICROS);
    boolean isOwnGood =
        view.timeSource() == TimeSource.DEVICE
            && Math.abs(time - view.receivedMicros()) <= CLOCK_MAX_MICROS;
    signals.add(
        new Signal(
            Kind.DEVICE,
            view.device(),
            view.sector(),
            view.site(),
            view.model(),
            cut(name),
            point(pointFields, values),
            says,
            isPast && said.urgency() == null ? PAST.or(words) : words,
            keepsGrave,
            isPast ? time : view.receivedMicros(),
            isPast,
            isOwnGood ? time : 0,
            text));
    instants.add(time);
  }

  /** {@code 7} of a point; of other fields with their names, {@code zone 3, address 5}. */
  static String point(List<String> pointFields, Map<String, Object> values) {
    StringBuilder point = new StringBuilder();
    for (String field : pointFields) {
      String value = plain(values.get(field));
      if (!value.isEmpty()) {
        point.append(point.isEmpty() ? "" : ", ");
        point.append(field.equals("point") ? "" : field + ' ').append(value);
      }
    }
    return cut(point.toString());
  }

  /** Whether a reading ends an alarm that has these rules. */
  static boolean isOver(List<AlarmRule> grades, Map<String, Object> values, AlarmFields fields) {
    for (AlarmRule rule : grades) {
      if (rule.verdict(values) != Verdict.FAILS || !rule.isCleared(values, fields)) {
        return false;
      }
    }
    return true;
  }

  private static String plain(@Nullable Object value) {
    return switch (value) {
      case String word -> word.strip();
      case Double number when number == Math.rint(number) && Math.abs(number) < 1e15 ->
          Long.toString(number.longValue());
      case Number number -> number.toString();
      case null, default -> "";
    };
  }

  /** By time; of one instant of the device the end after the raise, the graver after the lesser. */
  private List<Signal> inOrder() {
    if (signals.size() < 2 || view.timeSource() != TimeSource.DEVICE || isSingle) {
      return signals;
    }
    List<Signal> ordered = new ArrayList<>();
    // readings were judged in order of time: those of one instant lie beside each other
    for (int from = 0, to; from < signals.size(); from = to) {
      to = from + 1;
      while (to < signals.size() && instant(to) == instant(from)) {
        to++;
      }
      List<Signal> together = new ArrayList<>(signals.subList(from, to));
      together.sort(Comparator.comparing(Signal::isOver).thenComparingInt(AlarmReading::gravity));
      ordered.addAll(together);
    }
    return ordered;
  }

  private long instant(int index) {
    return instants.get(index) / INSTANT_MICROS;
  }

  private static int gravity(Signal signal) {
    String severity = signal.said().severity();
    return severity == null ? 0 : CapWords.gravity(severity);
  }

  private static String describe(Iterable<Measurement> values) {
    StringBuilder text = new StringBuilder();
    for (Measurement each : values) {
      if (text.length() < TEXT_MAX_CHARACTERS && !(each.value() instanceof byte[])) {
        text.append(text.isEmpty() ? "" : ", ").append(each.name()).append(' ');
        text.append(each.value());
        text.append(each.unit() == null ? "" : " " + each.unit());
      }
    }
    return text.length() <= TEXT_MAX_CHARACTERS
        ? text.toString()
        : text.substring(0, TEXT_MAX_CHARACTERS);
  }

  /** Two long names stay two: what is cut off is told by its hash. */
  private static String cut(String name) {
    if (name.length() <= NAME_MAX_CHARACTERS) {
      return name;
    }
    String hash = '#' + Integer.toHexString(name.hashCode());
    return name.substring(0, NAME_MAX_CHARACTERS - hash.length()) + hash;
  }
}
