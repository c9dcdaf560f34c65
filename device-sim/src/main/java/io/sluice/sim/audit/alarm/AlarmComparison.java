package io.sluice.sim.audit.alarm;

import io.sluice.sim.audit.AuditFaults;
import io.sluice.sim.audit.AuditFaults.Kind;
import io.sluice.sim.audit.alarm.AlarmTruth.Course;
import io.sluice.sim.audit.alarm.BookedAlarm.Identity;
import io.sluice.sim.device.SimDevice;
import io.sluice.sim.fleet.FleetRun.Played;
import io.sluice.sim.scenario.DeviceGroup;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** A gateway's alarm book against the alarms that the devices of a fleet raised and ended. */
final class AlarmComparison {
  private static final String ACTUAL = "Actual";

  private final Map<String, Played> devices;
  private final BookedAlarms before;
  private final BookedAlarms now;
  private final AuditFaults faults = new AuditFaults();

  /** Those that were there before the run. */
  private final Set<Long> known;

  private final Map<Identity, BookedAlarm> openBefore = new HashMap<>();

  /** Of devices of the fleet, those that came or were open in the run. */
  private final Map<Identity, List<BookedAlarm>> entries = new LinkedHashMap<>();

  private long raised;
  private long leftOut;
  private long unjudged;

  /**
   * @param before the book as the run began
   * @param now the book after it
   */
  AlarmComparison(List<Played> ledger, BookedAlarms before, BookedAlarms now) {
    this.devices = new LinkedHashMap<>();
    ledger.forEach(each -> devices.put(each.device().spec().id(), each));
    this.before = before;
    this.now = now;
    this.known = before.alarms().stream().map(BookedAlarm::id).collect(Collectors.toSet());
    for (BookedAlarm alarm : before.alarms()) {
      if (isOurs(alarm) && alarm.isOpen()) {
        openBefore.put(alarm.identity(), alarm);
      }
    }
  }

  private boolean isOurs(BookedAlarm alarm) {
    return alarm.isOfDevice() && devices.containsKey(alarm.device());
  }

  AlarmBookAudit.Result result() {
    Set<Long> wereOpen =
        openBefore.values().stream().map(BookedAlarm::id).collect(Collectors.toSet());
    for (BookedAlarm alarm : now.alarms()) {
      if (isOurs(alarm) && (!known.contains(alarm.id()) || wereOpen.contains(alarm.id()))) {
        entries.computeIfAbsent(alarm.identity(), each -> new ArrayList<>()).add(alarm);
      }
    }
    now.repeated()
        .forEach(
            id -> faults.add(Kind.ALARM_TWICE, "", "alarm " + id + " is answered on two pages"));
    Set<Identity> played = new HashSet<>();
    for (Played each : devices.values()) {
      DeviceGroup group = each.device().spec().group();
      if (AlarmTruth.isJudged(group)) {
        AlarmTruth.of(each, openBefore::containsKey)
            .forEach((identity, course) -> {
              played.add(identity);
              compare(identity, course);
            });
      } else {
        unjudged++;
      }
    }
    entries.forEach((identity, there) -> {
      if (!played.contains(identity)) {
        neverPlayed(identity, there);
      }
    });
    long open = entries.values().stream().flatMap(List::stream).filter(BookedAlarm::isOpen).count();
    long fresh = entries.values().stream().flatMap(List::stream).filter(this::isNew).count();
    return new AlarmBookAudit.Result(
        raised,
        fresh,
        open,
        faults.count(Kind.ALARM_MISSING),
        faults.count(Kind.ALARM_TWICE),
        faults.count(Kind.ALARM_STILL_OPEN),
        faults.count(Kind.ALARM_NOT_OPEN),
        faults.count(Kind.ALARM_ALTERED),
        faults.count(Kind.ALARM_INVENTED),
        leftOut,
        unjudged,
        faults.byDevice(),
        faults.inWords());
  }

  private boolean isNew(BookedAlarm alarm) {
    return !known.contains(alarm.id());
  }

  private void compare(Identity identity, Course course) {
    BookedAlarm earlier = openBefore.get(identity);
    if (earlier != null && earlier.status().equals(ACTUAL) && !course.mayHave(ACTUAL, true)) {
      return; // a drill neither changes nor ends what is Actual
    }
    raised += course.least();
    List<BookedAlarm> there = entries.getOrDefault(identity, List.of());
    List<BookedAlarm> fresh = there.stream().filter(this::isNew).toList();
    if (course.most() == 0 && earlier == null) {
      if (!fresh.isEmpty()) {
        add(Kind.ALARM_INVENTED, identity, "is in the book, and was never raised");
      }
      return;
    }
    count(identity, course, there, fresh.size());
    open(identity, course, there);
    long newest = fresh.stream().mapToLong(BookedAlarm::id).max().orElse(0);
    fresh.forEach(alarm -> words(identity, course, alarm, alarm.id() == newest));
  }

  private void count(Identity identity, Course course, List<BookedAlarm> there, long times) {
    boolean isOfOthers = there.stream().anyMatch(BookedAlarm::isEndedByOthers);
    if (times < course.least()) {
      if (now.leftOut() > before.leftOut()) {
        leftOut += course.least() - times;
        return;
      }
      add(
          Kind.ALARM_MISSING,
          identity,
          times == 0
              ? "is not in the book, though it was raised and acknowledged"
              : "is in the book %,d times, really %,d".formatted(times, course.least()));
    } else if (times > course.most() && !isOfOthers) { // what an operator ends comes anew
      add(
          Kind.ALARM_TWICE,
          identity,
          "is in the book %,d times, really %,d".formatted(times, course.most()));
    }
  }

  private void open(Identity identity, Course course, List<BookedAlarm> there) {
    long open = there.stream().filter(BookedAlarm::isOpen).count();
    if (open > 1) {
      add(Kind.ALARM_TWICE, identity, "is open %,d times at once".formatted(open));
    } else if (open == 1 && course.isCertainlyOver()) {
      add(Kind.ALARM_STILL_OPEN, identity, "is open, though the device ended it");
    } else if (open == 0
        && !there.isEmpty()
        && course.isCertainlyOpen()
        && there.stream().noneMatch(BookedAlarm::isEndedByOthers)) {
      add(Kind.ALARM_NOT_OPEN, identity, "is over, though the device never ended it");
    }
  }

  private void words(Identity identity, Course course, BookedAlarm alarm, boolean isNewest) {
    if (!alarm.severity().equals(course.severity())) {
      add(
          Kind.ALARM_ALTERED,
          identity,
          "has severity " + alarm.severity() + ", sent " + course.severity());
    }
    if (!course.mayHave(alarm.status(), isNewest)) {
      add(
          Kind.ALARM_ALTERED,
          identity,
          "has status " + alarm.status() + ", sent " + course.status());
    }
  }

  /** A rule of a profile may hold where a scenario lets a metric move as it likes. */
  private void neverPlayed(Identity identity, List<BookedAlarm> there) {
    SimDevice device = Objects.requireNonNull(devices.get(identity.device())).device();
    DeviceGroup group = device.spec().group();
    boolean mayBeByRule =
        !group.waveforms().isEmpty()
            && (group.alarms() == null
                || !identity.name().equals(device.alarmName(group.alarms()).strip()));
    if (!mayBeByRule && AlarmTruth.isJudged(group) && there.stream().anyMatch(this::isNew)) {
      add(Kind.ALARM_INVENTED, identity, "is in the book, and was never raised");
    }
  }

  private void add(Kind kind, Identity identity, String what) {
    faults.add(kind, identity.device(), identity + " " + what);
  }
}
