package io.sluice.sim.audit.alarm;

import io.sluice.sim.audit.AlarmRecord;
import io.sluice.sim.audit.Findings;
import io.sluice.sim.audit.Verdict;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Whether the far end was told of each change of an alarm once, in the order of its states, in
 * time, and of nothing else. Written after alarms.md.
 */
final class AlarmRecordAudit {
  private static final String RECORDS = "records of alarms";
  private static final String ALARMS = "alarms";
  private static final String AGAIN = "delivered twice, same id";
  private static final String RAISED = "raised";
  private static final String CLEARED = "cleared";
  private static final String ESCALATED = "escalated";
  private static final String ACKNOWLEDGED = "acknowledged";
  private static final Set<String> EVENTS =
      Set.of(RAISED, "changed", ACKNOWLEDGED, CLEARED, ESCALATED);

  private final AlarmScene scene;
  private final Findings findings = new Findings("alarms at the far end", RECORDS, ALARMS, AGAIN);
  private final boolean isCut;

  private AlarmRecordAudit(AlarmScene scene) {
    this.scene = scene;
    this.isCut = scene.now().outboxLeftOut() > scene.before().outboxLeftOut();
  }

  /**
   * @param records in the order of their arrival
   */
  static Verdict of(AlarmScene scene, List<AlarmRecord> records) {
    return new AlarmRecordAudit(scene).judge(records);
  }

  private Verdict judge(List<AlarmRecord> records) {
    Map<Long, List<AlarmRecord>> byAlarm = new LinkedHashMap<>();
    Set<String> ids = new HashSet<>();
    for (AlarmRecord record : records) {
      if (record.micros() < scene.startMicros() - AlarmScene.CLOCKS_MICROS) {
        continue; // of an earlier run
      }
      findings.count(RECORDS);
      if (!ids.add(record.id())) {
        findings.count(AGAIN);
      } else if (!EVENTS.contains(record.event())) {
        add("unknown", record, "says what nobody knows, `" + record.event() + "`");
      } else {
        byAlarm.computeIfAbsent(record.alarm(), each -> new ArrayList<>()).add(record);
      }
    }
    Set<Long> known = new HashSet<>();
    scene.now().alarms().forEach(alarm -> known.add(alarm.id()));
    Map<Long, BookedAlarm> fresh = new LinkedHashMap<>();
    scene.fresh().forEach(alarm -> fresh.put(alarm.id(), alarm));
    byAlarm.forEach((id, said) -> {
      if (!known.contains(id) && scene.now().leftOut() == 0) {
        add("invented", said.getFirst(), "is of alarm " + id + ", which is not in the book");
      }
    });
    fresh.forEach((id, alarm) -> {
      findings.count(ALARMS);
      alarm(alarm, byAlarm.getOrDefault(id, List.of()));
    });
    return findings.verdict();
  }

  private void alarm(BookedAlarm alarm, List<AlarmRecord> said) {
    once(alarm, said, RAISED, alarm.raisedMicros());
    once(alarm, said, CLEARED, alarm.clearedMicros());
    if (alarm.escalatedMicros() > 0
        && said.stream().noneMatch(record -> isAt(record, ESCALATED, alarm.escalatedMicros()))) {
      missing(alarm, ESCALATED, alarm.escalatedMicros());
    }
    if (alarm.escalatedMicros() == 0
        && said.stream().anyMatch(record -> record.event().equals(ESCALATED))
        && said.stream().noneMatch(record -> record.event().equals("changed"))) {
      add("invented", alarm, "is told as escalated, and was not");
    }
    if (alarm.acknowledgedMicros() > 0
        && said.stream().noneMatch(record -> record.event().equals(ACKNOWLEDGED))) {
      missing(alarm, ACKNOWLEDGED, alarm.acknowledgedMicros());
    }
    for (int i = 0; i < said.size(); i++) {
      AlarmRecord record = said.get(i);
      if (!record.device().equals(alarm.device()) || !record.kind().equals(alarm.kind())) {
        add("altered", alarm, "is told of " + record.device() + ", a " + record.kind() + " alarm");
      }
      boolean isRight =
          (record.event().equals(RAISED) ? i == 0 : i > 0)
              && (!record.event().equals(CLEARED) || i == said.size() - 1);
      if (!isRight && said.stream().anyMatch(each -> each.event().equals(RAISED))) {
        add("out of order", alarm, "is told as " + record.event() + " out of turn");
      }
      boolean isState =
          switch (record.event()) {
            case CLEARED -> record.state().equals("cleared");
            case ACKNOWLEDGED -> record.state().equals(ACKNOWLEDGED);
            case RAISED, ESCALATED -> record.state().equals("active");
            default -> true;
          };
      if (!isState) {
        add("altered", alarm, "is told as " + record.event() + " in state " + record.state());
      }
    }
  }

  private void once(BookedAlarm alarm, List<AlarmRecord> said, String event, long micros) {
    List<AlarmRecord> of = said.stream().filter(record -> record.event().equals(event)).toList();
    if (of.size() > 1) {
      add("twice", alarm, "is told as %s %,d times".formatted(event, of.size()));
    } else if (micros == 0 && !of.isEmpty()) {
      add("invented", alarm, "is told as " + event + ", and was not");
    } else if (micros > 0 && of.isEmpty()) {
      missing(alarm, event, micros);
    } else if (micros > 0 && !isAt(of.getFirst(), event, micros)) {
      add(
          "altered",
          alarm,
          "is told as %s %s away from when it was"
              .formatted(event, AlarmScene.seconds(Math.abs(of.getFirst().micros() - micros))));
    }
  }

  private boolean isAt(AlarmRecord record, String event, long micros) {
    return record.event().equals(event)
        && record.micros() >= micros - AlarmScene.CLOCKS_MICROS
        && record.micros() <= scene.latest(micros);
  }

  private void missing(BookedAlarm alarm, String event, long micros) {
    if (!isCut && scene.askedMicros() > scene.latest(micros)) {
      add("missing", alarm, "is not told as " + event);
    }
  }

  private void add(String kind, AlarmRecord record, String what) {
    findings.add(kind, record.device(), "record " + record.id() + " " + what);
  }

  private void add(String kind, BookedAlarm alarm, String what) {
    findings.add(kind, alarm.device(), alarm.named() + " " + what);
  }
}
