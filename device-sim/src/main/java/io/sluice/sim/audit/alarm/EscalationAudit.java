package io.sluice.sim.audit.alarm;

import io.sluice.sim.audit.Findings;
import io.sluice.sim.audit.Verdict;
import io.sluice.sim.audit.alarm.BookedAlarm.Identity;
import io.sluice.sim.fleet.FleetRun.Played;
import io.sluice.sim.fleet.SentLog.Taken;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether a gateway escalates what nobody acknowledged, when it is time and not before, and nothing
 * else; and whether an alarm begins and ends in its book when the device said so. Written after
 * alarms.md.
 */
final class EscalationAudit {
  private static final String RAISED = "alarms timed";
  private static final String ESCALATED = "escalated";
  private static final String UNTIMED = "not timed";

  private final AlarmScene scene;
  private final Findings findings = new Findings("escalations", RAISED, ESCALATED, UNTIMED);

  private EscalationAudit(AlarmScene scene) {
    this.scene = scene;
  }

  static Verdict of(AlarmScene scene) {
    return new EscalationAudit(scene).judge();
  }

  /** When an escalation may come, or has to. */
  record Span(long fromMicros, long toMicros) {
    boolean has(long micros) {
      return micros >= fromMicros && micros <= toMicros;
    }
  }

  private Verdict judge() {
    Map<Identity, List<BookedAlarm>> entries = new LinkedHashMap<>();
    List<BookedAlarm> others = new ArrayList<>();
    for (BookedAlarm alarm : scene.fresh()) {
      if (alarm.isOfDevice()) {
        entries.computeIfAbsent(alarm.identity(), each -> new ArrayList<>()).add(alarm);
      } else {
        others.add(alarm);
      }
    }
    Map<BookedAlarm, AlarmEpisode> episodes = episodes(scene, entries);
    entries.values().stream()
        .flatMap(List::stream)
        .forEach(alarm -> {
          AlarmEpisode episode = episodes.get(alarm);
          if (episode == null) {
            findings.count(UNTIMED);
          } else {
            times(alarm, episode);
          }
          escalation(alarm, episode);
        });
    others.forEach(alarm -> escalation(alarm, null));
    return findings.verdict();
  }

  /**
   * Which alarm of the device an entry is. Where there are more or fewer than the device raised,
   * nobody knows; the book's audit tells of it.
   */
  static Map<BookedAlarm, AlarmEpisode> episodes(
      AlarmScene scene, Map<Identity, List<BookedAlarm>> entries) {
    Set<Identity> wereOpen = new HashSet<>();
    scene.before().alarms().stream()
        .filter(BookedAlarm::isOpen)
        .forEach(alarm -> wereOpen.add(alarm.identity()));
    Map<BookedAlarm, AlarmEpisode> found = new HashMap<>();
    for (Played played : scene.ledger()) {
      if (played.device().spec().group().alarms() == null
          || !AlarmTruth.isJudged(played.device().spec().group())) {
        continue;
      }
      AlarmEpisode.of(played)
          .forEach((identity, all) -> {
            List<BookedAlarm> there = entries.getOrDefault(identity, List.of());
            if (there.size() == all.size() && !wereOpen.contains(identity)) {
              for (int i = 0; i < all.size(); i++) {
                found.put(there.get(i), all.get(i));
              }
            }
          });
    }
    return found;
  }

  private void times(BookedAlarm alarm, AlarmEpisode episode) {
    findings.count(RAISED);
    within(alarm, "raised", alarm.raisedMicros(), episode.raised());
    Taken ended = episode.ended();
    if (!alarm.isOpen() && !alarm.isEndedByOthers() && ended != null) {
      within(alarm, "cleared", alarm.clearedMicros(), ended);
    }
  }

  private void within(BookedAlarm alarm, String what, long micros, Taken taken) {
    long early = taken.fromMillis() * 1_000 - AlarmScene.CLOCKS_MICROS - micros;
    long late = micros - scene.latest(taken.toMillis() * 1_000);
    if (early > 0) {
      add(
          what + " early",
          alarm,
          "was %s %s before the device said it",
          what,
          early + AlarmScene.CLOCKS_MICROS);
    } else if (late > 0) {
      add(
          what + " late",
          alarm,
          "was %s %s after the device had its answer",
          what,
          late + AlarmScene.LATE_MICROS);
    }
  }

  private void escalation(BookedAlarm alarm, @Nullable AlarmEpisode episode) {
    long escalated = alarm.escalatedMicros();
    findings.count(ESCALATED, escalated > 0 ? 1 : 0);
    List<Span> spans = spans(scene, alarm, episode);
    if (escalated > 0) {
      if (spans.isEmpty()) {
        add("escalated in vain", alarm, "is escalated, and %s alarms never are", alarm.severity());
      } else if (spans.stream().noneMatch(span -> span.has(escalated))) {
        boolean isEarly = spans.stream().allMatch(span -> escalated < span.fromMicros);
        add(
            isEarly ? "escalated early" : "escalated late",
            alarm,
            "is escalated %s after it was raised, really %s after",
            escalated - alarm.raisedMicros(),
            spans.getLast().fromMicros + AlarmScene.CLOCKS_MICROS - alarm.raisedMicros());
      } else if (isSeenBefore(alarm, escalated) && episode != null && episode.actual() == null) {
        add("escalated in vain", alarm, "is escalated, though it was over or seen before that");
      }
    } else if (!spans.isEmpty() && isOwed(alarm, spans.getLast())) {
      add(
          "not escalated",
          alarm,
          "is not escalated, though nobody acknowledged it for %s",
          Math.min(seenMicros(alarm), scene.askedMicros()) - alarm.raisedMicros());
    }
  }

  /**
   * When the newest escalation of an alarm comes, or the one before it: none where there is none.
   * What becomes Actual after its escalation is escalated anew; before, it waits no longer.
   */
  static List<Span> spans(AlarmScene scene, BookedAlarm alarm, @Nullable AlarmEpisode episode) {
    long after = scene.plan().of(alarm.severity()).toNanos() / 1_000;
    if (after == 0) {
      return List.of();
    }
    long due = alarm.raisedMicros() + after;
    Span first = new Span(due - AlarmScene.CLOCKS_MICROS, scene.latest(due));
    Taken actual = episode == null ? null : episode.actual();
    if (actual == null || actual.toMillis() * 1_000 < first.fromMicros) {
      return List.of(first);
    }
    Span second =
        new Span(
            actual.fromMillis() * 1_000 + after - AlarmScene.CLOCKS_MICROS,
            scene.latest(actual.toMillis() * 1_000 + after));
    return actual.fromMillis() * 1_000 > first.toMicros ? List.of(second) : List.of(first, second);
  }

  private boolean isOwed(BookedAlarm alarm, Span span) {
    return Math.min(seenMicros(alarm), scene.askedMicros()) > span.toMicros;
  }

  private static boolean isSeenBefore(BookedAlarm alarm, long micros) {
    return seenMicros(alarm) < micros - AlarmScene.CLOCKS_MICROS;
  }

  /** From when on nobody has to be called. */
  private static long seenMicros(BookedAlarm alarm) {
    long seen = Long.MAX_VALUE;
    if (alarm.acknowledgedMicros() > 0) {
      seen = alarm.acknowledgedMicros();
    }
    return alarm.clearedMicros() > 0 ? Math.min(seen, alarm.clearedMicros()) : seen;
  }

  private void add(String kind, BookedAlarm alarm, String what, Object... words) {
    Object[] said = words.clone();
    for (int i = 0; i < said.length; i++) {
      said[i] = said[i] instanceof Long micros ? AlarmScene.seconds(micros) : said[i];
    }
    findings.add(kind, alarm.device(), alarm.named() + " " + what.formatted(said));
  }
}
