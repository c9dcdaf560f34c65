package io.sluice.engine.alarm;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a control room would write down by hand: the rules of the alarm book, said simply. */
final class AlarmModel {
  private static final List<String> GRAVITY =
      List.of("Unknown", "Minor", "Moderate", "Severe", "Extreme");
  private static final Map<String, Long> LIMITS =
      Map.of("Extreme", 120L, "Severe", 300L, "Moderate", 1_800L);

  /** An open alarm. */
  private static final class Open {
    String severity = "Unknown";
    String status = "Actual";
    boolean isPast;
    boolean isAcknowledged;
    boolean isEscalated;
    long waitsSince;
  }

  private final Map<String, Open> open = new TreeMap<>();

  /** Of what second the last is that is known of an alarm. */
  private final Map<String, Long> known = new HashMap<>();

  /** Each change, as it has to go upstream. */
  final List<String> changes = new ArrayList<>();

  /**
   * A device says something of an alarm.
   *
   * @param isOn null where it says neither that it is on nor that it is over
   * @param when second of its arrival; of back-fill that of the device
   */
  void says(
      String key,
      @Nullable Boolean isOn,
      @Nullable String severity,
      @Nullable String status,
      boolean isPast,
      long when,
      long now) {
    if (isOn == null || (isPast && when <= known.getOrDefault(key, 0L))) {
      return;
    }
    Open alarm = open.get(key);
    boolean isDrill = status != null && !status.equals("Actual");
    if (alarm != null && isDrill && alarm.status.equals("Actual")) {
      return;
    }
    known.merge(key, when, Math::max);
    if (!isOn) {
      if (open.remove(key) != null) {
        changes.add("cleared " + key);
      }
      return;
    }
    boolean isNew = alarm == null;
    if (isNew) {
      alarm = new Open();
      alarm.isPast = isPast;
      alarm.waitsSince = now;
      open.put(key, alarm);
    }
    String before = alarm.severity + alarm.status + alarm.isPast;
    boolean isAnew = false;
    if (severity != null) {
      isAnew |= GRAVITY.indexOf(severity) > GRAVITY.indexOf(alarm.severity);
      alarm.severity = severity;
    }
    if (status != null) {
      isAnew |= !alarm.status.equals("Actual") && status.equals("Actual");
      alarm.status = status;
    }
    if (alarm.isPast && !isPast) {
      alarm.isPast = false;
      alarm.isEscalated = true; // so that its time begins now
      isAnew = true;
    }
    if (isAnew && !isNew) {
      boolean stillWaits = !alarm.isAcknowledged && !alarm.isEscalated && !alarm.isPast;
      alarm.waitsSince = stillWaits ? alarm.waitsSince : now;
      alarm.isAcknowledged = false;
      alarm.isEscalated = false;
    }
    if (isNew) {
      changes.add("raised " + key);
    } else if (!before.equals(alarm.severity + alarm.status + alarm.isPast)) {
      changes.add("changed " + key);
    }
  }

  void escalate(long now) {
    open.forEach((key, alarm) -> {
      Long limit = LIMITS.get(alarm.severity);
      boolean isDue = limit != null && now - alarm.waitsSince >= limit;
      if (isDue && !alarm.isAcknowledged && !alarm.isEscalated && !alarm.isPast) {
        alarm.isEscalated = true;
        changes.add("escalated " + key);
      }
    });
  }

  void acknowledge(String key) {
    if (!open.get(key).isAcknowledged) {
      open.get(key).isAcknowledged = true;
      changes.add("acknowledged " + key);
    }
  }

  void clear(String key, long now) {
    open.remove(key);
    known.merge(key, now, Math::max);
    changes.add("cleared " + key);
  }

  /** Keys of the open alarms. */
  List<String> keys() {
    return List.copyOf(open.keySet());
  }

  /** The open alarms. */
  List<String> view() {
    List<String> view = new ArrayList<>();
    open.forEach((key, alarm) ->
        view.add(
            key
                + ' '
                + alarm.severity
                + ' '
                + alarm.status
                + (alarm.isPast ? " past" : "")
                + (alarm.isAcknowledged ? " acknowledged" : " active")
                + (alarm.isEscalated ? " escalated" : "")));
    return view.stream().sorted().toList();
  }
}
