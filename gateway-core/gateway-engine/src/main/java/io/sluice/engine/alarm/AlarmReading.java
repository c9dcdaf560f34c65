package io.sluice.engine.alarm;

import io.sluice.api.Cap;
import io.sluice.api.Measurement;
import io.sluice.api.TimeSource;
import io.sluice.api.admin.AlarmDesk.Kind;
import io.sluice.engine.record.RecordView;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which alarms a record of class alarm is about. Pure.
 *
 * <ol>
 *   <li>A string {@code alarm}, {@code alarmName} or {@code name} names the alarm. It is over where
 *       {@code state} is one of {@link #OVER} or {@code active}, {@code state} or {@code value} is
 *       false or 0.
 *   <li>Otherwise a string {@code state} does, with the {@code point} where there is one; it is
 *       over where it is one of {@link #OVER}.
 *   <li>Otherwise each boolean is an alarm of its name, over where it is false; where none is true,
 *       the first value that is no boolean is one that is on.
 * </ol>
 */
final class AlarmReading {
  static final Set<String> OVER =
      Set.of("cleared", "clear", "normal", "ok", "inactive", "restored", "resolved", "idle");

  private static final Set<String> NAMES = Set.of("alarm", "alarmName", "name");
  private static final Set<String> SWITCHES = Set.of("active", "state", "value");
  private static final Cap UNKNOWN = new Cap("Unknown", "Unknown", "Unknown", "Actual");
  private static final int NAME_MAX_CHARACTERS = 128;
  private static final int TEXT_MAX_CHARACTERS = 300;

  private final RecordView view;
  private final List<Measurement> values = new ArrayList<>();
  private final List<Signal> signals = new ArrayList<>(1);
  private final String text;

  private AlarmReading(RecordView view) {
    this.view = view;
    view.rewind();
    while (view.next()) {
      values.add(view.toMeasurement());
    }
    this.text = describe(values);
  }

  /** The signals of a record; empty where it has no value. Moves the view's cursor to the end. */
  static List<Signal> of(RecordView view) {
    AlarmReading reading = new AlarmReading(view);
    reading.read();
    return reading.signals;
  }

  private void read() {
    String name = text(NAMES);
    String state = text(Set.of("state"));
    if (name != null) {
      add(name, (state != null && isOver(state)) || isSwitchedOff());
    } else if (state != null) {
      String point = text(Set.of("point"));
      add(point == null ? "state" : "state " + point, isOver(state));
    } else {
      readEach();
    }
  }

  private void readEach() {
    boolean isAnyOn = false;
    for (Measurement each : values) {
      if (each.value() instanceof Boolean isOn) {
        add(each.name(), !isOn);
        isAnyOn |= isOn;
      }
    }
    for (int i = 0; i < values.size() && !isAnyOn; i++) {
      if (!(values.get(i).value() instanceof Boolean)) {
        add(values.get(i).name(), false);
        isAnyOn = true;
      }
    }
  }

  private @Nullable String text(Set<String> names) {
    for (Measurement each : values) {
      if (names.contains(each.name()) && each.value() instanceof String found && !found.isBlank()) {
        return found;
      }
    }
    return null;
  }

  private boolean isSwitchedOff() {
    for (Measurement each : values) {
      Object value = each.value();
      boolean isOff =
          Boolean.FALSE.equals(value) || (value instanceof Number n && n.doubleValue() == 0);
      if (isOff && SWITCHES.contains(each.name())) {
        return true;
      }
    }
    return false;
  }

  private static boolean isOver(String state) {
    return OVER.contains(state.toLowerCase(Locale.ROOT));
  }

  private void add(String name, boolean isOver) {
    Cap cap = view.cap();
    signals.add(
        new Signal(
            Kind.DEVICE,
            view.device(),
            view.sector(),
            view.site(),
            view.model(),
            cut(name, NAME_MAX_CHARACTERS),
            cap == null ? UNKNOWN : cap,
            isOver,
            view.timeSource() == TimeSource.DEVICE ? view.timeMicros() : 0,
            text));
  }

  private static String describe(List<Measurement> values) {
    StringBuilder text = new StringBuilder();
    for (Measurement each : values) {
      if (text.length() < TEXT_MAX_CHARACTERS && !(each.value() instanceof byte[])) {
        text.append(text.isEmpty() ? "" : ", ").append(each.name()).append(' ');
        text.append(each.value());
        text.append(each.unit() == null ? "" : " " + each.unit());
      }
    }
    return cut(text.toString(), TEXT_MAX_CHARACTERS);
  }

  private static String cut(String text, int max) {
    return text.length() <= max ? text : text.substring(0, max);
  }
}
