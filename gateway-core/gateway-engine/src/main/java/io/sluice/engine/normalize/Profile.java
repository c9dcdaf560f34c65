package io.sluice.engine.normalize;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
      Map.of(
          "t", Target.Role.TIME,
          "ts", Target.Role.TIME,
          "time", Target.Role.TIME,
          "timestamp", Target.Role.TIME,
          "hist", Target.Role.HISTORICAL,
          "values", Target.Role.UNWRAP,
          "params", Target.Role.PARAMS,
          "services", Target.Role.SERVICES,
          "history", Target.Role.SAMPLES);

  private static final Duration DEFAULT_INTERVAL = Duration.ofMinutes(1);

  final Unknown unknown;
  final PayloadForms forms;

  /** What {@code forms.tolerant()} says; read for each message. */
  final boolean tolerant;

  final HashMap<String, Target> targets;
  final List<AlarmRule> alarms;
  final @Nullable ByteLayout bytes;
  final TextLayout text;
  private final String id;
  private final String title;
  private final String sector;
  private final Duration interval;
  private final @Nullable Duration supervision;
  private final List<Metric> metrics;

  Profile(
      Head head,
      List<Metric> metrics,
      Map<String, Target> targets,
      List<AlarmRule> alarms,
      @Nullable ByteLayout bytes,
      TextLayout text) {
    this.id = head.id;
    this.title = head.title;
    this.sector = head.sector;
    this.interval = head.interval;
    this.supervision = head.supervision;
    this.forms = head.forms;
    this.tolerant = head.forms.tolerant();
    this.unknown = head.unknown;
    this.metrics = List.copyOf(metrics);
    this.targets = new HashMap<>(targets);
    this.alarms = List.copyOf(alarms);
    this.bytes = bytes;
    this.text = text;
  }

  /** The keys at the top of a profile that are single values. */
  record Head(
      String id,
      String title,
      String sector,
      Duration interval,
      @Nullable Duration supervision,
      Unknown unknown,
      PayloadForms forms) {}

  /** What a device is held to whose profile is not loaded: everything is kept, nothing is known. */
  static Profile generic(String id) {
    Head head = new Head(id, id, "", DEFAULT_INTERVAL, null, Unknown.KEEP, PayloadForms.USUAL);
    return new Profile(
        head, List.of(), COMMON, List.of(), null, new TextLayout("value", List.of(), ','));
  }

  public String id() {
    return id;
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

  /** How long a device may be silent before that is an alarm; null where it may be for ever. */
  public @Nullable Duration supervision() {
    return supervision;
  }

  /** In the order in which the profile declares them. */
  public List<Metric> metrics() {
    return metrics;
  }

  /** Whether a metric has that name. */
  boolean isMetric(String name) {
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
