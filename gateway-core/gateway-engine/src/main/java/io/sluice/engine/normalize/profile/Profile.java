package io.sluice.engine.normalize.profile;

import io.sluice.engine.normalize.yaml.Nearest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A device profile, compiled: what its devices measure, how often, and where in their payloads that
 * lies. Immutable, thread-safe.
 */
public final class Profile {
  /** What happens to a field that the profile does not know. */
  public enum Unknown {
    KEEP,
    DROP,
    REJECT
  }

  /** Paths that mean the same in every profile, where it does not say otherwise. */
  static final Map<String, Target> COMMON =
      Map.ofEntries(
          Map.entry("t", Target.Role.TIME),
          Map.entry("ts", Target.Role.TIME),
          Map.entry("time", Target.Role.TIME),
          Map.entry("timestamp", Target.Role.TIME),
          Map.entry("hist", Target.Role.HISTORICAL),
          Map.entry("values", Target.Role.UNWRAP),
          Map.entry("params", Target.Role.PARAMS),
          Map.entry("services", Target.Role.SERVICES),
          Map.entry("history", Target.Role.HISTORY),
          Map.entry("severity", Target.Role.SEVERITY),
          Map.entry("urgency", Target.Role.URGENCY),
          Map.entry("certainty", Target.Role.CERTAINTY),
          Map.entry("status", Target.Role.STATUS));

  private static final Duration DEFAULT_INTERVAL = Duration.ofMinutes(1);

  private final Unknown unknown;
  private final PayloadForms forms;
  private final boolean tolerant;
  private final HashMap<String, Target> targets;
  private final Map<String, Map<String, Target>> scopes;
  private final Set<String> selectors;
  private final @Nullable Shape root;
  private final List<AlarmRule> alarms;
  private final AlarmFields alarmFields;
  private final List<List<AlarmRule>> grades;
  private final @Nullable ByteLayout bytes;
  private final TextLayout text;
  private final List<String> times;
  private final String id;
  private final String title;
  private final String sector;
  private final @Nullable String dialect;
  private final @Nullable ChildRule children;
  private final Duration interval;
  private final @Nullable Duration supervision;
  private final List<Metric> metrics;

  Profile(
      Head head,
      List<Metric> metrics,
      Paths paths,
      AlarmParts alarms,
      @Nullable ByteLayout bytes,
      TextLayout text) {
    this.id = head.id;
    this.title = head.title;
    this.sector = head.sector;
    this.dialect = head.dialect;
    this.children = head.children;
    this.interval = head.interval;
    this.supervision = head.supervision;
    this.forms = head.forms;
    this.tolerant = head.forms.tolerant();
    this.unknown = head.unknown;
    this.metrics = List.copyOf(metrics);
    this.targets = new HashMap<>(paths.targets);
    this.scopes = Map.copyOf(paths.scopes);
    this.selectors = Set.copyOf(paths.selectors);
    this.root = paths.targets.get("") instanceof Shape shape ? shape : null;
    this.times = head.times;
    this.alarms = List.copyOf(alarms.rules());
    this.alarmFields = alarms.fields();
    this.grades = grades(alarms.rules());
    this.bytes = bytes;
    this.text = text;
  }

  /** The keys at the top of a profile that are single values. */
  record Head(
      String id,
      String title,
      String sector,
      @Nullable String dialect,
      @Nullable ChildRule children,
      Duration interval,
      @Nullable Duration supervision,
      Unknown unknown,
      PayloadForms forms,
      List<String> times) {}

  /**
   * Where paths lead.
   *
   * @param scopes by place, what paths mean within what is unwrapped or read as samples there
   * @param selectors the beginnings of paths that end in a selector
   */
  record Paths(
      Map<String, Target> targets, Map<String, Map<String, Target>> scopes, Set<String> selectors) {
    static final Paths USUAL = new Paths(COMMON, Map.of(), Set.of());
  }

  /** Paths of the observed time where a profile names none; the first goes before the others. */
  static final List<String> COMMON_TIMES = List.of("t", "ts", "time", "timestamp");

  /** What a device is held to whose profile is not loaded: everything is kept, nothing is known. */
  public static Profile generic(String id) {
    Head head =
        new Head(
            id,
            id,
            "",
            null,
            null,
            DEFAULT_INTERVAL,
            null,
            Unknown.KEEP,
            PayloadForms.USUAL,
            COMMON_TIMES);
    return new Profile(
        head,
        List.of(),
        Paths.USUAL,
        AlarmParts.NONE,
        null,
        new TextLayout("value", List.of(), ','));
  }

  /** What a profile says of alarms. */
  record AlarmParts(List<AlarmRule> rules, AlarmFields fields) {
    static final AlarmParts NONE = new AlarmParts(List.of(), AlarmFields.COMMON);
  }

  private static List<List<AlarmRule>> grades(List<AlarmRule> rules) {
    Map<String, List<AlarmRule>> byName = new LinkedHashMap<>();
    rules.forEach(rule -> byName.computeIfAbsent(rule.name(), any -> new ArrayList<>()).add(rule));
    return byName.values().stream().map(List::copyOf).toList();
  }

  public String id() {
    return id;
  }

  /** Where a path leads, or null where the profile does not know it. */
  @Nullable
  public Target target(String path) {
    return targets.get(path);
  }

  /** What paths mean within what is unwrapped or read as samples at that place, or null. */
  @Nullable
  public Map<String, Target> scope(String place) {
    return scopes.get(place);
  }

  /** Whether a path begins so, up to and with a selector. */
  public boolean selects(String prefix) {
    return selectors.contains(prefix);
  }

  /** The shape of the message itself, or null. */
  @Nullable
  public Shape root() {
    return root;
  }

  /** What happens to a field that it does not know. */
  public Unknown unknown() {
    return unknown;
  }

  /** What it says of its payloads' form. */
  public PayloadForms forms() {
    return forms;
  }

  /** Whether a field that cannot be taken costs that field alone. */
  public boolean tolerant() {
    return tolerant;
  }

  /** The layout of raw bytes, or null where it has none. */
  @Nullable
  public ByteLayout bytes() {
    return bytes;
  }

  /** How plain text is read. */
  public TextLayout text() {
    return text;
  }

  /** {@code did you mean "x"?} for a path that it does not know, or the fallback. */
  public String hint(String path, String otherwise) {
    return Nearest.hint(path, targets.keySet(), otherwise);
  }

  /** The alarm rules, in the order in which they are tried. */
  public List<AlarmRule> alarms() {
    return alarms;
  }

  /** The alarm rules, those of one alarm together, the first that holds counts. */
  public List<List<AlarmRule>> alarmGrades() {
    return grades;
  }

  /** Which fields of alarms say what. */
  public AlarmFields alarmFields() {
    return alarmFields;
  }

  /** The dialect that its devices speak, or null: one of the listener's. */
  public @Nullable String dialect() {
    return dialect;
  }

  /** Which children its devices may bring by themselves; null: none. */
  public @Nullable ChildRule children() {
    return children;
  }

  public String title() {
    return title;
  }

  /** The sector that it is made for, or empty. */
  public String sector() {
    return sector;
  }

  /** How often a device reports, where the registry does not say otherwise. */
  public Duration interval() {
    return interval;
  }

  /** Microseconds between samples of one message that have no time. */
  public long spacingMicros() {
    return forms.spaced() ? interval.toNanos() / 1_000 : 1;
  }

  /** How long a device may be silent before that is an alarm; null where it may be for ever. */
  public @Nullable Duration supervision() {
    return supervision;
  }

  /** In the order in which the profile declares them. */
  public List<Metric> metrics() {
    return metrics;
  }

  /** Whether the time at one path goes before that at another, if a sample has both. */
  public boolean goesBefore(String path, String other) {
    int rank = times.indexOf(path);
    int otherRank = times.indexOf(other);
    return rank >= 0 && (otherRank < 0 || rank < otherRank);
  }

  /** Whether a metric has that name. */
  public boolean isMetric(String name) {
    return targets.get(name) instanceof Target.Field field && field.metric().name().equals(name);
  }

  /** The metric of that name, or null. */
  public @Nullable Metric metric(String name) {
    for (Metric metric : metrics) {
      if (metric.name().equals(name)) {
        return metric;
      }
    }
    return null;
  }
}
