package io.sluice.sim.audit.alarm;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.sim.audit.AlarmRecord;
import io.sluice.sim.audit.Verdict;
import io.sluice.sim.audit.coverage.OutageAudit.Outage;
import io.sluice.sim.device.Kind;
import io.sluice.sim.device.SimDevice;
import io.sluice.sim.fleet.FleetRun.Played;
import io.sluice.sim.fleet.SentLog;
import io.sluice.sim.scenario.DeviceSpec;
import io.sluice.sim.scenario.Scenario;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A gateway that escalates, or tells webhook or far end, in one thing otherwise than alarms.md says
 * is found out, and the thing is named.
 */
class AlarmTellingTest {
  private static final long START_MILLIS = 1_790_000_000_000L;
  private static final JsonMapper JSON = new JsonMapper();
  private static final EscalationPlan PLAN =
      EscalationPlan.parse("extreme=20s,severe=30s,moderate=60s");
  private static final String SCENARIO =
      """
      name: t
      seed: 3
      groups:
        - { profile: fire-panel, id: "fire-{n}", alarms: { every: 30s, severity: Extreme, cause: smoke } }
        - { profile: gas-detector, id: "gas-{n}", alarms: { every: 30s, cause: leak } }
        - { profile: flood-gauge, id: "real-{n}", alarms: { every: 30s, becomes-actual: true } }
        - { profile: flood-gauge, id: "low-{n}", alarms: { every: 30s, severity: Minor } }
      """;

  @TempDir Path folder;
  private final Map<String, Played> fleet = new LinkedHashMap<>();
  private final Map<Long, ObjectNode> book = new LinkedHashMap<>();
  private final List<WebhookPost> posts = new ArrayList<>();
  private final List<AlarmRecord> records = new ArrayList<>();
  private long sequence;
  private List<Outage> outages = List.of();
  private long askedMillis = START_MILLIS + 300_000;

  /**
   * fire-1 is open at 10 s and escalated at 30 s. gas-1 ends before its time, at 20 s; the second
   * time it is escalated at 70 s and ends at 90 s. real-1 is raised at 10 s, escalated as a drill
   * at 40 s, becomes Actual at 100 s and is escalated anew at 130 s. low-1 never is.
   */
  @BeforeEach
  void aSmallFleetPlayed() throws Exception {
    Path file = Files.writeString(folder.resolve("scenario.yaml"), SCENARIO);
    for (DeviceSpec spec : Scenario.load(file).devices()) {
      fleet.put(
          spec.id(),
          new Played(new SimDevice(spec, START_MILLIS * 1000), new SentLog(START_MILLIS)));
    }
    sent("fire-1", Kind.ALARM_RAISED, 10);
    sent("gas-1", Kind.ALARM_RAISED, 10);
    sent("gas-1", Kind.ALARM_CLEARED, 20);
    sent("gas-1", Kind.ALARM_RAISED, 40);
    sent("gas-1", Kind.ALARM_CLEARED, 90);
    sent("real-1", Kind.ALARM_RAISED, 10);
    sent("real-1", Kind.ALARM_ACTUAL, 100);
    sent("low-1", Kind.ALARM_RAISED, 10);
    alarm(1, "fire-1", "smoke", "Extreme", 10, 0, 30).put("point", "2-024");
    alarm(2, "gas-1", "leak", "Severe", 10, 20, 0);
    alarm(3, "gas-1", "leak", "Severe", 40, 90, 70);
    alarm(4, "real-1", "water-rising", "Severe", 10, 0, 130).put("status", "Actual");
    alarm(5, "low-1", "water-rising", "Minor", 10, 0, 0);
    told(1, 30, null);
    told(4, 40, drill -> drill.put("status", "Exercise").put("escalatedMicros", micros(40)));
    told(3, 70, null);
    told(4, 130, null);
    for (long id = 1; id <= 5; id++) {
      record(id, "raised", book.get(id).path("raisedMicros").asLong());
    }
    record(2, "cleared", micros(20));
    record(1, "escalated", micros(30));
    record(4, "escalated", micros(40));
    record(3, "escalated", micros(70));
    record(3, "cleared", micros(90));
    record(4, "changed", micros(100));
    record(4, "escalated", micros(130));
  }

  private static long micros(double seconds) {
    return START_MILLIS * 1_000 + (long) (seconds * 1e6);
  }

  private void sent(String device, Kind kind, long seconds) {
    SentLog log = fleet.get(device).log();
    long n = log.append(kind, seconds * 1_000 - 5);
    log.sent(n, START_MILLIS + seconds * 1_000 - 5);
    log.answered(n, START_MILLIS + seconds * 1_000 + 5);
    log.acked(n);
  }

  private ObjectNode alarm(
      long id,
      String device,
      String name,
      String severity,
      double raised,
      double cleared,
      double escalated) {
    ObjectNode alarm = JSON.createObjectNode();
    alarm.put("id", id).put("device", device).put("kind", "device").put("name", name);
    alarm.put("point", "").put("severity", severity).put("status", "Exercise");
    alarm.put("state", cleared > 0 ? "cleared" : "active").put("raisedMicros", micros(raised));
    if (cleared > 0) {
      alarm.put("clearedMicros", micros(cleared)).put("clearedBy", "device");
    }
    if (escalated > 0) {
      alarm.put("escalatedMicros", micros(escalated)).put("notification", "delivered");
    }
    book.put(id, alarm);
    return alarm;
  }

  private void told(long id, double seconds, Consumer<ObjectNode> otherwise) {
    ObjectNode said = book.get(id).deepCopy();
    said.put("state", "active").remove("clearedMicros");
    if (otherwise != null) {
      otherwise.accept(said);
    }
    String key = "edge/" + id + "/" + said.path("escalatedMicros").asLong();
    posts.add(
        new WebhookPost(
            START_MILLIS + (long) (seconds * 1_000) + 500, key, BookedAlarm.of(said), true));
  }

  private void record(long id, String event, long micros) {
    String state =
        switch (event) {
          case "cleared", "acknowledged" -> event;
          default -> "active";
        };
    String device = book.get(id).path("device").asString();
    records.add(
        new AlarmRecord("edge-a" + ++sequence, device, id, "device", event, state, micros + 1_000));
  }

  private AlarmScene scene() throws Exception {
    ObjectNode page = JSON.createObjectNode();
    ArrayNode alarms = page.putArray("alarms");
    book.values().forEach(alarms::add);
    return new AlarmScene(
        List.copyOf(fleet.values()),
        BookedAlarms.NONE,
        BookedAlarms.read(after -> page),
        PLAN,
        outages,
        askedMillis * 1_000);
  }

  private List<Verdict> verdicts() throws Exception {
    AlarmScene scene = scene();
    return List.of(
        EscalationAudit.of(scene),
        NotificationAudit.of(scene, posts, 0),
        AlarmRecordAudit.of(scene, records));
  }

  @Test
  void theHonestGatewayHolds() throws Exception {
    assertThat(verdicts()).allSatisfy(verdict -> assertThat(verdict.faults()).isEmpty());
    assertThat(verdicts().getFirst().figures()).containsEntry("escalated", 3L);
    assertThat(verdicts().get(1).figures()).containsEntry("told", 4L);
    assertThat(verdicts().get(2).figures()).containsEntry("records of alarms", 12L);
  }

  /** What is done to the gateway, which audit has to find it, and what it has to say. */
  record Mutation(String what, int audit, String named, Consumer<AlarmTellingTest> does) {
    @Override
    public String toString() {
      return what;
    }
  }

  private static Mutation escalation(String what, String named, Consumer<AlarmTellingTest> does) {
    return new Mutation(what, 0, named, does);
  }

  private static Mutation webhook(String what, String named, Consumer<AlarmTellingTest> does) {
    return new Mutation(what, 1, named, does);
  }

  private static Mutation upstream(String what, String named, Consumer<AlarmTellingTest> does) {
    return new Mutation(what, 2, named, does);
  }

  /** Another post in the place of one. */
  private static Mutation otherPost(
      String what, String named, int index, Function<BookedAlarm, ObjectNode> other) {
    return webhook(
        what,
        named,
        test -> {
          WebhookPost was = test.posts.get(index);
          test.posts.set(
              index,
              new WebhookPost(
                  was.arrivedMillis(),
                  was.key(),
                  BookedAlarm.of(other.apply(was.alarm())),
                  was.isTaken()));
        });
  }

  private static ObjectNode json(BookedAlarm alarm) {
    return JSON.valueToTree(alarm);
  }

  private void at(int index, String event, String state, long micros) {
    AlarmRecord was = records.get(index);
    records.set(
        index,
        new AlarmRecord(was.id(), was.device(), was.alarm(), was.kind(), event, state, micros));
  }

  private ObjectNode entry(long id) {
    return book.get(id);
  }

  static Stream<Mutation> gateway() {
    return Stream.of(
        escalation(
            "an alarm is not escalated",
            "of point 2-024 (1) is not escalated",
            test -> test.entry(1).putNull("escalatedMicros")),
        escalation(
            "one that ended later is not escalated",
            "\"leak\" (3) is not escalated",
            test -> test.entry(3).putNull("escalatedMicros")),
        escalation(
            "escalated too early",
            "(1) is escalated 12.0 s after it was raised, really 20.0 s",
            test -> test.entry(1).put("escalatedMicros", micros(22))),
        escalation(
            "escalated too late",
            "(1) is escalated 35.0 s after it was raised",
            test -> test.entry(1).put("escalatedMicros", micros(45))),
        escalation(
            "escalated after its end",
            "\"leak\" (2) is escalated, though it was over",
            test -> test.entry(2).put("escalatedMicros", micros(40))),
        escalation(
            "a severity that is never escalated",
            "(5) is escalated, and Minor alarms never are",
            test -> test.entry(5).put("escalatedMicros", micros(40))),
        escalation(
            "what became Actual is not escalated anew",
            "\"water-rising\" (4) is escalated 30.0 s after",
            test -> test.entry(4).put("escalatedMicros", micros(40))),
        escalation(
            "what became Actual has no escalation",
            "\"water-rising\" (4) is not escalated",
            test -> test.entry(4).putNull("escalatedMicros")),
        escalation(
            "raised before the device said it",
            "(5) was raised 5.0 s before the device said it",
            test -> test.entry(5).put("raisedMicros", micros(5))),
        escalation(
            "raised late",
            "(5) was raised 25.0 s after the device had its answer",
            test -> test.entry(5).put("raisedMicros", micros(35.005))),
        escalation(
            "cleared late",
            "(2) was cleared",
            test -> test.entry(2).put("clearedMicros", micros(45))),
        escalation(
            "cleared before the device said it",
            "(3) was cleared",
            test -> test.entry(3).put("clearedMicros", micros(80))),
        webhook("not told", "(1) is not told", test -> test.posts.remove(0)),
        webhook("the second time not told", "(4) is not told", test -> test.posts.remove(3)),
        webhook("told twice", "(1) is told twice", test -> test.posts.add(test.posts.getFirst())),
        webhook(
            "told twice under another key",
            "(1) is told again with another Idempotency-Key",
            test -> {
              WebhookPost was = test.posts.getFirst();
              test.posts.add(
                  new WebhookPost(was.arrivedMillis() + 100, "edge/1/0", was.alarm(), true));
            }),
        webhook(
            "told late",
            "(1) is told 25.5 s after its escalation",
            test -> {
              WebhookPost was = test.posts.removeFirst();
              test.posts.add(
                  new WebhookPost(was.arrivedMillis() + 25_000, was.key(), was.alarm(), true));
            }),
        webhook(
            "told before it is escalated",
            "(1) is told before its escalation",
            test -> {
              WebhookPost was = test.posts.removeFirst();
              test.posts.addFirst(
                  new WebhookPost(was.arrivedMillis() - 10_000, was.key(), was.alarm(), true));
            }),
        webhook(
            "out of order",
            "(4) is told as active, Exercise after it was told as active, Actual",
            test -> test.posts.add(test.posts.remove(1))),
        otherPost(
            "as another device",
            "is told, and in the book as",
            0,
            was -> json(was).put("device", "gas-1")),
        otherPost(
            "as another alarm",
            "is told, and in the book as",
            0,
            was -> json(was).put("name", "heat")),
        otherPost(
            "as another point",
            "is told, and in the book as",
            0,
            was -> json(was).put("point", "7")),
        otherPost(
            "as less grave",
            "is told as Minor, in the book Extreme",
            0,
            was -> json(was).put("severity", "Minor")),
        otherPost(
            "as real",
            "is told as Actual, really Exercise",
            0,
            was -> json(was).put("status", "Actual")),
        otherPost(
            "as raised at another time",
            "raised at another time",
            0,
            was -> json(was).put("raisedMicros", 1)),
        otherPost(
            "of an escalation that was not",
            "and was not then",
            2,
            was -> json(was).put("escalatedMicros", micros(50))),
        otherPost(
            "of an alarm that is not", "is not in the book", 0, was -> json(was).put("id", 77)),
        otherPost("without id", "a post says no id", 0, was -> JSON.createObjectNode()),
        webhook(
            "without key",
            "(1) is told without Idempotency-Key",
            test -> {
              WebhookPost was = test.posts.removeFirst();
              test.posts.addFirst(new WebhookPost(was.arrivedMillis(), "", was.alarm(), true));
            }),
        webhook(
            "of an alarm that never was escalated",
            "(5) is told as escalated, and was not then",
            test -> test.told(5, 60, said -> said.put("escalatedMicros", micros(60)))),
        webhook(
            "the book says it failed",
            "the book says `failed` of its delivery",
            test -> test.entry(1).put("notification", "failed")),
        upstream(
            "no record of a raise", "(5) is not told as raised", test -> test.records.remove(4)),
        upstream(
            "no record of an end", "(2) is not told as cleared", test -> test.records.remove(5)),
        upstream(
            "no record of an escalation",
            "(1) is not told as escalated",
            test -> test.records.remove(6)),
        upstream(
            "no record of the second escalation",
            "(4) is not told as escalated",
            test -> test.records.remove(11)),
        upstream(
            "no record of an acknowledgement",
            "(5) is not told as acknowledged",
            test -> test.entry(5).put("acknowledgedMicros", micros(50))),
        upstream(
            "raised twice",
            "(1) is told as raised 2 times",
            test -> test.record(1, "raised", micros(10))),
        upstream(
            "an end that was none",
            "(1) is told as cleared, and was not",
            test -> test.record(1, "cleared", micros(50))),
        upstream(
            "an escalation that was none",
            "(5) is told as escalated, and was not",
            test -> test.record(5, "escalated", micros(50))),
        upstream(
            "the end before the raise",
            "(2) is told as cleared out of turn",
            test -> test.records.addFirst(test.records.remove(5))),
        upstream(
            "at another time",
            "(5) is told as raised",
            test -> test.at(4, "raised", "active", micros(100))),
        upstream(
            "in another state",
            "(2) is told as cleared in state active",
            test -> test.at(5, "cleared", "active", micros(20))),
        upstream(
            "in words that nobody knows",
            "says what nobody knows, `opened`",
            test -> test.at(4, "opened", "active", micros(10))),
        upstream(
            "of an alarm that is not",
            "is of alarm 77, which is not in the book",
            test ->
                test.records.add(
                    new AlarmRecord("x", "fire-1", 77, "device", "raised", "active", micros(9)))),
        upstream(
            "of another device",
            "(1) is told of gas-1",
            test ->
                test.records.set(
                    6,
                    new AlarmRecord(
                        "y", "gas-1", 1, "device", "escalated", "active", micros(30)))));
  }

  @ParameterizedTest
  @MethodSource("gateway")
  void whatDiffersIsFoundAndNamed(Mutation mutation) throws Exception {
    mutation.does().accept(this);
    Verdict verdict = verdicts().get(mutation.audit());
    assertThat(verdict.faults()).anyMatch(fault -> fault.contains(mutation.named()));
    assertThat(verdict.text()).contains("NOT AS IT WAS", mutation.named());
  }

  @Test
  void anOperatorsAcknowledgementKeepsAnAlarmFromEscalation() throws Exception {
    entry(1).put("state", "acknowledged").put("acknowledgedMicros", micros(15));
    entry(1).putNull("escalatedMicros").putNull("notification");
    posts.removeFirst();
    records.remove(6);
    record(1, "acknowledged", micros(15));
    assertThat(verdicts()).allSatisfy(verdict -> assertThat(verdict.faults()).isEmpty());
    entry(1).put("escalatedMicros", micros(30));
    assertThat(verdicts().getFirst().faults()).singleElement().asString().contains("over or seen");
  }

  @Test
  void anOutageOfTheGatewayPutsOffWhatIsDue() throws Exception {
    entry(1).put("escalatedMicros", micros(95));
    posts.removeFirst();
    told(1, 95, null);
    at(6, "escalated", "active", micros(95));
    assertThat(verdicts().getFirst().holds()).isFalse();
    outages = List.of(new Outage(START_MILLIS + 25_000, START_MILLIS + 94_000));
    assertThat(verdicts().getFirst().faults()).isEmpty();
    posts.add(posts.getLast());
    assertThat(verdicts().get(1).holds()).isFalse();
  }

  @Test
  void whatWasRefusedOnPurposeMayBeToldLaterAndOnceMore() throws Exception {
    WebhookPost was = posts.removeFirst();
    posts.addFirst(new WebhookPost(was.arrivedMillis(), was.key(), was.alarm(), false));
    posts.add(new WebhookPost(was.arrivedMillis() + 62_000, was.key(), was.alarm(), true));
    assertThat(verdicts().get(1).faults()).isEmpty();
    assertThat(verdicts().get(1).figures()).containsEntry("refused on purpose", 1L);
    posts.removeLast();
    assertThat(verdicts().get(1).faults()).singleElement().asString().contains("is not told");
  }

  @Test
  void aMessageWithoutAnswerLeavesItsAlarmUntimed() throws Exception {
    SentLog log = fleet.get("gas-1").log();
    log.resent(log.nAt(0));
    entry(2).put("raisedMicros", micros(1));
    assertThat(verdicts().getFirst().figures()).containsEntry("not timed", 2L);
    assertThat(verdicts().getFirst().faults()).isEmpty();
  }

  @Test
  void recordsThatAreDeliveredAgainAreCountedOnly() throws Exception {
    records.add(records.get(3));
    assertThat(verdicts().get(2).faults()).isEmpty();
    assertThat(verdicts().get(2).figures()).containsEntry("delivered twice, same id", 1L);
  }

  @Test
  void whatIsNotDueYetIsNoFault() throws Exception {
    entry(1).putNull("escalatedMicros");
    posts.removeFirst();
    records.remove(6);
    askedMillis = START_MILLIS + 35_000;
    assertThat(EscalationAudit.of(scene()).faults()).isEmpty();
  }
}
