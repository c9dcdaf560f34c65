package io.sluice.sim.audit.alarm;

import io.sluice.sim.audit.alarm.BookedAlarm.Identity;
import io.sluice.sim.device.Kind;
import io.sluice.sim.device.PayloadForm;
import io.sluice.sim.device.Sample;
import io.sluice.sim.device.Sample.Field;
import io.sluice.sim.fleet.FleetRun.Played;
import io.sluice.sim.fleet.SentLog;
import io.sluice.sim.scenario.DeviceGroup;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * What a device raised and ended in a run, by its own log. A message that was acknowledged counts,
 * one that was refused does not, and one without an answer may count or not: then the truth is a
 * range. What was sent twice may be taken twice.
 */
final class AlarmTruth {
  /** Fields that are a point together with others, or by a name of their own. */
  private static final Set<String> PARTS_OF_POINTS = Set.of("zone", "address", "channel");

  private static final String ACTUAL = "Actual";
  private static final Set<String> WORDS = Set.of(ACTUAL, "Exercise");

  private final Map<Identity, Course> courses = new LinkedHashMap<>();

  /** What became of one alarm of a device. */
  static final class Course {
    private final String severity;

    /** What the newest entry may have; of Actual nothing makes a drill again. */
    private final Set<String> statuses = new TreeSet<>();

    private boolean isOfOneStatus = true;
    private long least;
    private long most;
    private boolean mayBeOpen;
    private boolean mayBeOver;

    private Course(String severity, boolean isOpen) {
      this.severity = severity;
      this.mayBeOpen = isOpen;
      this.mayBeOver = !isOpen;
    }

    /** How often it certainly came about anew. */
    long least() {
      return least;
    }

    /** How often it may have. */
    long most() {
      return most;
    }

    boolean isCertainlyOpen() {
      return !mayBeOver;
    }

    boolean isCertainlyOver() {
      return !mayBeOpen;
    }

    String severity() {
      return severity;
    }

    /** Whether an entry may have that status. */
    boolean mayHave(String status, boolean isNewest) {
      return statuses.contains(status) || (!isNewest && !isOfOneStatus && WORDS.contains(status));
    }

    /** In words. */
    String status() {
      return String.join(" or ", statuses);
    }

    private void status(String said, boolean isCertain) {
      boolean isDrill = !said.equals(ACTUAL);
      if (isDrill && isCertainlyOpen() && statuses.equals(Set.of(ACTUAL))) {
        return;
      }
      isOfOneStatus &= statuses.isEmpty() || statuses.contains(said);
      boolean isNew = isCertain && !mayBeOpen;
      if (isNew || (isCertain && !isDrill)) {
        statuses.clear();
      }
      statuses.add(said);
    }

    private void raise(boolean isCertain, boolean isSentTwice, String said) {
      status(said, isCertain);
      if (isCertain && !mayBeOpen) {
        least++;
      }
      if (mayBeOver || isSentTwice) {
        most += isSentTwice && mayBeOver ? 2 : 1;
      }
      mayBeOpen = true;
      mayBeOver &= !isCertain;
    }

    private void end(boolean isCertain) {
      mayBeOver = true;
      mayBeOpen &= !isCertain;
    }
  }

  private AlarmTruth() {}

  /**
   * Whether the alarms of a device can be told from its log: a lone value has no name, and a point
   * of several fields none that is agreed.
   */
  static boolean isJudged(DeviceGroup group) {
    return group.alarms() == null
        || (group.form() != PayloadForm.TEXT
            && !group.alarms().cause().isBlank()
            && group.waveforms().keySet().stream().noneMatch(PARTS_OF_POINTS::contains));
  }

  /**
   * By alarm, in the order of their first raising.
   *
   * @param wasOpen which alarms were open before the run
   */
  static Map<Identity, Course> of(Played played, Predicate<Identity> wasOpen) {
    AlarmTruth truth = new AlarmTruth();
    SentLog log = played.log();
    for (int i = 0; i < log.size(); i++) {
      Kind kind = log.kindAt(i);
      if (kind.isAlarm() && !log.badAt(i) && !(log.refusedAt(i) && !log.ackedAt(i))) {
        truth.take(played, i, wasOpen);
      }
    }
    return truth.courses;
  }

  private void take(Played played, int index, Predicate<Identity> wasOpen) {
    SentLog log = played.log();
    Sample sample = sample(played, index);
    Identity identity = identity(played, sample);
    Course course =
        courses.computeIfAbsent(
            identity, each -> new Course(text(sample, "severity"), wasOpen.test(each)));
    if (log.kindAt(index).raises()) {
      course.raise(log.ackedAt(index), log.resentAt(index), text(sample, "status"));
    } else {
      course.end(log.ackedAt(index));
    }
  }

  /** What message {@code index} of a device's log says. */
  static Sample sample(Played played, int index) {
    SentLog log = played.log();
    long micros = (played.device().startMillis() + log.millisAt(index)) * 1000;
    return played.device().sample(log.nAt(index), micros, log.kindAt(index));
  }

  /** Which alarm a message is about. */
  static Identity identity(Played played, Sample sample) {
    return new Identity(
        played.device().spec().id(), text(sample, "alarmName").strip(), text(sample, "point"));
  }

  private static String text(Sample sample, String name) {
    for (Field field : sample.fields()) {
      if (field.name().equals(name)) {
        return field.value() instanceof Double number && number == Math.rint(number)
            ? Long.toString(number.longValue())
            : field.value().toString();
      }
    }
    return "";
  }
}
