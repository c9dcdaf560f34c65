package io.sluice.sim.audit.alarm;

import io.sluice.sim.audit.Findings;
import io.sluice.sim.audit.Verdict;
import io.sluice.sim.audit.coverage.OutageAudit.Outage;
import io.sluice.sim.figures.SignsOfLife;
import io.sluice.sim.figures.SignsOfLife.Quiet;
import io.sluice.sim.figures.SignsOfLife.Unheard;
import io.sluice.sim.fleet.FleetRun.Played;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Whether a gateway raises one alarm for each silence of a supervised device that lasts for its
 * interval, ends it at its next sign of life, and raises none else. Written after alarms.md.
 */
final class SupervisionAudit {
  private static final String SUPERVISED = "supervised";
  private static final String SILENCES = "silences";
  private static final String ALARMS = "alarms";
  private static final String OPEN = "open";
  private static final String UNJUDGED = "devices not judged";

  private final AlarmScene scene;
  private final Findings findings =
      new Findings("supervision", SUPERVISED, SILENCES, ALARMS, OPEN, UNJUDGED);

  private SupervisionAudit(AlarmScene scene) {
    this.scene = scene;
  }

  static Verdict of(AlarmScene scene) {
    return new SupervisionAudit(scene).judge();
  }

  /**
   * A silence that certainly lasted for the interval.
   *
   * @param mayBeginMicros since the last sign of life that was certainly heard
   * @param fromMicros since the last that may have been
   * @param toMicros until the next that may have been
   * @param heardMicros when the next one was heard at the latest; {@link Long#MAX_VALUE}: never
   */
  private record Silence(long mayBeginMicros, long fromMicros, long toMicros, long heardMicros) {}

  private Verdict judge() {
    Map<String, List<BookedAlarm>> alarms =
        scene.fresh().stream()
            .filter(BookedAlarm::isOfSupervision)
            .collect(Collectors.groupingBy(BookedAlarm::device));
    Map<String, BookedAlarm> openBefore =
        scene.before().alarms().stream()
            .filter(alarm -> alarm.isOfSupervision() && alarm.isOpen())
            .collect(Collectors.toMap(BookedAlarm::device, alarm -> alarm, (a, b) -> a));
    for (Played played : scene.ledger()) {
      String device = played.device().spec().id();
      Duration interval = played.device().spec().group().supervision();
      List<BookedAlarm> there = alarms.getOrDefault(device, List.of());
      findings.count(ALARMS, there.size());
      findings.count(OPEN, there.stream().filter(BookedAlarm::isOpen).count());
      if (interval == null) {
        there.forEach(
            alarm -> add("invented", alarm, "is in the book, and the device is not supervised"));
      } else if (played.signs().isUnseen()) {
        findings.count(UNJUDGED);
      } else {
        findings.count(SUPERVISED);
        device(played, interval.toNanos() / 1_000, there, openBefore.get(device));
      }
    }
    return findings.verdict();
  }

  private void device(
      Played played, long interval, List<BookedAlarm> there, @Nullable BookedAlarm openBefore) {
    SignsOfLife signs = played.signs();
    List<Silence> silences = silences(signs, interval, openBefore != null);
    findings.count(SILENCES, silences.size());
    List<BookedAlarm> left = new ArrayList<>(there);
    for (Silence silence : silences) {
      List<BookedAlarm> of =
          left.stream()
              .filter(alarm ->
                  alarm.raisedMicros()
                          >= silence.mayBeginMicros + interval - AlarmScene.CLOCKS_MICROS
                      && alarm.raisedMicros() <= silence.toMicros + AlarmScene.LATE_MICROS)
              .toList();
      left.removeAll(of);
      if (!of.isEmpty() || there.stream().noneMatch(alarm -> goesOn(alarm, silence, interval))) {
        silence(played, silence, interval, of);
      }
    }
    left.forEach(alarm -> unexpected(alarm, signs, interval));
    if (openBefore != null) {
      returned(openBefore, signs);
    }
  }

  /** Those that the gateway could watch for a whole interval: it begins anew with each start. */
  private List<Silence> silences(SignsOfLife signs, long interval, boolean isSilentBefore) {
    List<Silence> silences = new ArrayList<>();
    List<Unheard> unheards = signs.unheards();
    for (Quiet quiet : signs.quiets(scene.askedMicros() / 1_000)) {
      long from = quiet.fromMillis() * 1_000;
      long to = Math.min(quiet.toMillis() * 1_000, scene.askedMicros());
      for (Outage outage : scene.outages()) {
        if (outage.fromMillis() * 1_000 < to && outage.toMillis() * 1_000 > from) {
          from = outage.toMillis() * 1_000;
        }
      }
      Unheard around = around(unheards, quiet);
      boolean isFirst = isSilentBefore && around.fromMillis() == 0;
      if (!isFirst && to - from >= interval + AlarmScene.LATE_MICROS) {
        long heard = around.toMillis() == Long.MAX_VALUE ? Long.MAX_VALUE : around.toMillis();
        silences.add(
            new Silence(
                around.fromMillis() * 1_000,
                from,
                to,
                heard == Long.MAX_VALUE ? heard : heard * 1_000));
      }
    }
    return silences;
  }

  private static Unheard around(List<Unheard> unheards, Quiet quiet) {
    for (Unheard each : unheards) {
      if (each.toMillis() >= quiet.toMillis()) {
        return each;
      }
    }
    return unheards.getLast();
  }

  /** What the device said before this silence was not heard: an earlier alarm stays open. */
  private static boolean goesOn(BookedAlarm alarm, Silence silence, long interval) {
    long heard = silence.fromMicros + AlarmScene.LATE_MICROS;
    return alarm.raisedMicros() >= silence.mayBeginMicros + interval - AlarmScene.CLOCKS_MICROS
        && alarm.raisedMicros() < silence.fromMicros + interval
        && (alarm.clearedMicros() == 0 || alarm.clearedMicros() > heard);
  }

  private void silence(Played played, Silence silence, long interval, List<BookedAlarm> of) {
    String device = played.device().spec().id();
    if (of.isEmpty()) {
      findings.add(
          "missing",
          device,
          "%s said nothing for %s, and there is no alarm of it"
              .formatted(device, AlarmScene.seconds(silence.toMicros - silence.fromMicros)));
      return;
    }
    BookedAlarm first = of.getFirst();
    if (first.raisedMicros() > scene.latest(silence.fromMicros + interval)) {
      add(
          "late",
          first,
          "was raised %s after the device fell silent, its interval is %s"
              .formatted(
                  AlarmScene.seconds(first.raisedMicros() - silence.fromMicros),
                  AlarmScene.seconds(interval)));
    }
    // what somebody clears while the silence goes on comes anew
    long ended = of.stream().filter(BookedAlarm::isEndedByHand).count();
    if (of.size() > 1 + ended) {
      add("twice", first, "is in the book %,d times for one silence".formatted(of.size()));
    }
    ends(of.getLast(), silence);
  }

  private void ends(BookedAlarm alarm, Silence silence) {
    if (alarm.isOpen()) {
      if (silence.heardMicros != Long.MAX_VALUE
          && scene.askedMicros() > scene.latest(silence.heardMicros)) {
        add("still open", alarm, "is open, though the device was heard again");
      }
    } else if (!alarm.isEndedByHand()) {
      if (alarm.clearedMicros() < silence.toMicros - AlarmScene.CLOCKS_MICROS) {
        add("over early", alarm, "is over, though the device was silent still");
      } else if (silence.heardMicros != Long.MAX_VALUE
          && alarm.clearedMicros() > scene.latest(silence.heardMicros)) {
        add(
            "over late",
            alarm,
            "is over %s after the device was heard again"
                .formatted(AlarmScene.seconds(alarm.clearedMicros() - silence.heardMicros)));
      }
    }
  }

  /** Between two signs of life that were certainly heard nothing may have been for long enough. */
  private void unexpected(BookedAlarm alarm, SignsOfLife signs, long interval) {
    for (Unheard each : signs.unheards()) {
      long from = each.fromMillis() * 1_000;
      long to = each.toMillis() == Long.MAX_VALUE ? scene.askedMicros() : each.toMillis() * 1_000;
      boolean mayBe =
          to - from >= interval - AlarmScene.CLOCKS_MICROS
              && alarm.raisedMicros() >= from + interval - AlarmScene.CLOCKS_MICROS
              && alarm.raisedMicros() <= scene.latest(to);
      if (mayBe) {
        if (alarm.isOpen()
            && each.toMillis() != Long.MAX_VALUE
            && scene.askedMicros() > scene.latest(to)) {
          add("still open", alarm, "is open, though the device was heard again");
        }
        return;
      }
    }
    add("invented", alarm, "is in the book, and the device was heard all the time");
  }

  /** An alarm of before the run ends at the first sign of life. */
  private void returned(BookedAlarm before, SignsOfLife signs) {
    Unheard first = signs.unheards().getFirst();
    boolean isHeard = first.toMillis() != Long.MAX_VALUE;
    for (BookedAlarm alarm : scene.now().alarms()) {
      if (alarm.id() == before.id()
          && alarm.isOpen()
          && isHeard
          && scene.askedMicros() > scene.latest(first.toMillis() * 1_000)) {
        add("still open", alarm, "is open, though the device was heard again");
      }
    }
  }

  private void add(String kind, BookedAlarm alarm, String what) {
    findings.add(kind, alarm.device(), alarm.named() + " " + what);
  }
}
