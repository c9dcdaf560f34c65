package io.sluice.sim.audit.alarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.sim.device.Kind;
import io.sluice.sim.device.SimDevice;
import io.sluice.sim.fleet.FleetRun.Played;
import io.sluice.sim.fleet.SentLog;
import io.sluice.sim.scenario.DeviceSpec;
import io.sluice.sim.scenario.Scenario;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
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
 * An alarm book that differs in one thing from what the fleet raised is found out, and the thing is
 * named. The answers are those of docs/alarms.md and of the API's description.
 */
class AlarmBookAuditTest {
  private static final long START_MILLIS = 1_790_000_000_000L;
  private static final JsonMapper JSON = new JsonMapper();
  private static final String SCENARIO =
      """
      name: t
      seed: 3
      groups:
        - { profile: gas-detector, id: "gas-{n}", alarms: { every: 30s, cause: gas-leak } }
        - { profile: fire-panel, id: "fire-{n}", alarms: { every: 30s, severity: Extreme } }
        - { profile: flood-gauge, id: "flood-{n}", alarms: { every: 30s, severity: Moderate } }
        - { profile: gas-detector, id: "two-{n}", alarms: { every: 30s, points: 2 } }
        - { profile: flood-gauge, id: "real-{n}", alarms: { every: 30s, becomes-actual: true } }
        - { profile: plc, id: "plc-{n}" }
        - { profile: air-quality, id: "text-{n}", form: text, alarms: { every: 30s } }
        - profile: slope-sensor
          id: "slope-{n}"
          waveforms: { displacement: { kind: constant, value: 60 } }
      """;

  @TempDir Path folder;
  private final Map<String, Played> fleet = new LinkedHashMap<>();
  private final ObjectNode firstPage = page("2");
  private final ObjectNode lastPage = page(null);

  @BeforeEach
  void aSmallFleetPlayed() throws Exception {
    Path file = Files.writeString(folder.resolve("scenario.yaml"), SCENARIO);
    for (DeviceSpec spec : Scenario.load(file).devices()) {
      fleet.put(
          spec.id(),
          new Played(new SimDevice(spec, START_MILLIS * 1000), new SentLog(START_MILLIS)));
    }
    sent("gas-1", Kind.ALARM_RAISED, Kind.ALARM_CLEARED, Kind.ALARM_RAISED);
    sent("fire-1", Kind.TELEMETRY, Kind.ALARM_RAISED, Kind.ALARM_CLEARED);
    sent("flood-1", Kind.ALARM_RAISED, Kind.TELEMETRY);
    sent("two-1", Kind.ALARM_RAISED, Kind.SECOND_RAISED, Kind.ALARM_CLEARED);
    sent("real-1", Kind.ALARM_RAISED, Kind.ALARM_ACTUAL, Kind.ALARM_CLEARED);
    sent("real-1", Kind.ALARM_RAISED, Kind.ALARM_ACTUAL);
    sent("plc-1", Kind.TELEMETRY);
    sent("text-1", Kind.ALARM_RAISED);
    sent("slope-1", Kind.TELEMETRY);
    alarm(firstPage, 9, "gas-1", "gas-leak", "", "Severe", "active");
    alarm(firstPage, 24, "real-1", "water-rising", "", "Severe", "active").put("status", "Actual");
    alarm(firstPage, 23, "real-1", "water-rising", "", "Severe", "cleared")
        .put("status", "Actual")
        .put("clearedBy", "device");
    alarm(firstPage, 22, "two-1", "gas-leak", "2", "Severe", "active");
    alarm(firstPage, 21, "two-1", "gas-leak", "1", "Severe", "cleared").put("clearedBy", "device");
    alarm(firstPage, 8, "slope-1", "displacement", "", "Severe", "active").put("status", "Actual");
    alarm(firstPage, 7, "flood-1", "water-rising", "", "Moderate", "acknowledged");
    alarm(lastPage, 6, "fire-1", "smoke", "2-024", "Extreme", "cleared").put("clearedBy", "device");
    alarm(lastPage, 5, "gas-1", "gas-leak", "", "Severe", "cleared").put("clearedBy", "device");
    alarm(lastPage, 4, "pump-of-others", "dry", "", "Minor", "active");
  }

  private static ObjectNode page(String next) {
    ObjectNode page = JSON.createObjectNode();
    page.putArray("alarms");
    page.put("next", next).put("total", 6).put("unknownStates", 0);
    page.putObject("leftOut").put("device", 0).put("book", 0).put("outbox", 0);
    return page;
  }

  private static ObjectNode alarm(
      ObjectNode page,
      long id,
      String device,
      String name,
      String point,
      String severity,
      String state) {
    ObjectNode alarm = ((ArrayNode) page.path("alarms")).addObject();
    alarm.put("id", id).put("device", device).put("kind", "device").put("name", name);
    alarm.put("point", point).put("severity", severity).put("urgency", "Immediate");
    alarm.put("certainty", "Observed").put("status", "Exercise").put("state", state);
    alarm.put("raisedMicros", START_MILLIS * 1000 + id).putNull("clearedBy");
    return alarm;
  }

  private SentLog log(String device) {
    return fleet.get(device).log();
  }

  private void sent(String device, Kind... kinds) {
    for (Kind kind : kinds) {
      log(device).acked(log(device).append(kind, log(device).size() * 1_000L));
    }
  }

  /** The alarm with that id. */
  private ObjectNode alarm(long id) {
    return Stream.of(firstPage, lastPage)
        .flatMap(page -> page.path("alarms").valueStream())
        .filter(each -> each.path("id").asLong() == id)
        .map(ObjectNode.class::cast)
        .findFirst()
        .orElseThrow();
  }

  private void remove(long id) {
    for (ObjectNode page : new ObjectNode[] {firstPage, lastPage}) {
      ArrayNode alarms = (ArrayNode) page.path("alarms");
      alarms.removeIf(each -> each.path("id").asLong() == id);
    }
  }

  private BookedAlarms read() throws IOException, InterruptedException {
    return BookedAlarms.read(after -> after == null ? firstPage : lastPage);
  }

  private AlarmBookAudit.Result audit() throws IOException, InterruptedException {
    return audit(BookedAlarms.NONE);
  }

  private AlarmBookAudit.Result audit(BookedAlarms before)
      throws IOException, InterruptedException {
    return new AlarmComparison(fleet.values().stream().toList(), before, read()).result();
  }

  @Test
  void theUntouchedBookHolds() throws Exception {
    AlarmBookAudit.Result result = audit();
    assertThat(result.holds()).as(result.text()).isTrue();
    assertThat(result.raised()).isEqualTo(8);
    assertThat(result.booked()).isEqualTo(9); // with what a rule of slope-1 raised
    assertThat(result.open()).isEqualTo(5);
    assertThat(result.unjudged()).isEqualTo(1);
    assertThat(result.text()).startsWith("alarm book: as it was\n");
  }

  /** What is done to the book, and what the audit has to say of it. */
  record Mutation(String what, String named, Consumer<AlarmBookAuditTest> does) {
    @Override
    public String toString() {
      return what;
    }
  }

  private static Mutation mutation(String what, String named, Consumer<AlarmBookAuditTest> does) {
    return new Mutation(what, named, does);
  }

  private static Mutation field(long id, String field, String value, String named) {
    return mutation(
        field + " of " + id + " is " + value, named, test -> test.alarm(id).put(field, value));
  }

  static Stream<Mutation> book() {
    String gas = "gas-1: alarm \"gas-leak\" ";
    String fire = "fire-1: alarm \"smoke\" of point 2-024 ";
    String flood = "flood-1: alarm \"water-rising\" ";
    return Stream.of(
        mutation("missing", flood + "is not in the book", test -> test.remove(7)),
        mutation("missing, over", fire + "is not in the book", test -> test.remove(6)),
        mutation("missing once", gas + "is in the book 1 times, really 2", test -> test.remove(5)),
        mutation(
            "the whole last page is missing",
            fire + "is not in the book",
            test -> test.firstPage.putNull("next")),
        field(6, "state", "active", fire + "is open, though the device ended it"),
        field(6, "state", "acknowledged", fire + "is open, though the device ended it"),
        field(5, "state", "active", gas + "is open 2 times at once"),
        mutation(
            "over too early",
            gas + "is over, though the device never ended it",
            test -> test.alarm(9).put("state", "cleared").put("clearedBy", "device")),
        field(9, "severity", "Minor", gas + "has severity Minor, sent Severe"),
        field(6, "severity", "Unknown", fire + "has severity Unknown, sent Extreme"),
        field(7, "severity", "Extreme", flood + "has severity Extreme, sent Moderate"),
        field(9, "status", "Actual", gas + "has status Actual, sent Exercise"),
        field(5, "status", "Test", gas + "has status Test, sent Exercise"),
        field(9, "name", "active", "gas-1: alarm \"active\" is in the book, and was never raised"),
        field(9, "kind", "supervision", gas + "is in the book 1 times, really 2"),
        field(7, "point", "7", "alarm \"water-rising\" of point 7 is in the book, and was never"),
        field(6, "point", "", "fire-1: alarm \"smoke\" is in the book, and was never raised"),
        field(7, "device", "flood-2", flood + "is not in the book"),
        mutation(
            "the end of one point ends another",
            "two-1: alarm \"gas-leak\" of point 2 is over, though the device never ended it",
            test -> test.alarm(22).put("state", "cleared").put("clearedBy", "device")),
        field(21, "state", "active", "of point 1 is open, though the device ended it"),
        mutation(
            "two points are one",
            "two-1: alarm \"gas-leak\" of point 2 is not in the book",
            test -> test.remove(22)),
        field(24, "status", "Exercise", "real-1: alarm \"water-rising\" has status Exercise, sent"),
        field(23, "status", "Test", "real-1: alarm \"water-rising\" has status Test, sent Actual"),
        mutation(
            "phantom",
            "plc-1: alarm \"running\" is in the book, and was never raised",
            test -> alarm(test.firstPage, 10, "plc-1", "running", "", "Unknown", "active")),
        mutation(
            "phantom that is over",
            "plc-1: alarm \"running\" is in the book, and was never raised",
            test ->
                alarm(test.firstPage, 10, "plc-1", "running", "", "Unknown", "cleared")
                    .put("clearedBy", "device")),
        mutation(
            "phantom of a device that has others",
            "fire-1: alarm \"state\" of point 2-024 is in the book, and was never raised",
            test -> alarm(test.lastPage, 10, "fire-1", "state", "2-024", "Extreme", "active")),
        mutation(
            "twice",
            flood + "is in the book 2 times, really 1",
            test -> alarm(test.firstPage, 10, "flood-1", "water-rising", "", "Moderate", "active")),
        mutation(
            "twice, over",
            fire + "is in the book 2 times, really 1",
            test ->
                alarm(test.lastPage, 3, "fire-1", "smoke", "2-024", "Extreme", "cleared")
                    .put("clearedBy", "device")),
        mutation(
            "on two pages",
            "alarm 7 is answered on two pages",
            test -> ((ArrayNode) test.lastPage.path("alarms")).add(test.alarm(7).deepCopy())));
  }

  @ParameterizedTest
  @MethodSource("book")
  void whatDiffersIsFoundAndNamed(Mutation mutation) throws Exception {
    mutation.does().accept(this);
    AlarmBookAudit.Result result = audit();
    assertThat(result.holds()).isFalse();
    assertThat(result.faults()).anyMatch(fault -> fault.contains(mutation.named()));
    assertThat(result.text()).startsWith("alarm book: NOT AS IT WAS\n").contains(mutation.named());
  }

  @Test
  void whatHadNoAnswerMayBeThereOrNot() throws Exception {
    log("plc-1").append(Kind.TELEMETRY, 9_000);
    log("flood-1").append(Kind.ALARM_CLEARED, 9_000);
    assertThat(audit().holds()).isTrue();
    alarm(7).put("state", "cleared").put("clearedBy", "device");
    assertThat(audit().holds()).isTrue();
    log("flood-1").append(Kind.ALARM_RAISED, 19_000);
    assertThat(audit().holds()).isTrue();
    alarm(firstPage, 10, "flood-1", "water-rising", "", "Moderate", "active");
    assertThat(audit().holds()).isTrue();
    alarm(firstPage, 11, "flood-1", "water-rising", "", "Moderate", "cleared");
    assertThat(audit().faults()).singleElement().asString().contains("3 times, really 2");
  }

  @Test
  void whatIsActualBecomesNoDrillAgainWhileItIsOpen() throws Exception {
    sent("real-1", Kind.ALARM_RAISED);
    assertThat(audit().holds()).isTrue();
    alarm(24).put("status", "Exercise");
    assertThat(audit().faults()).singleElement().asString().contains("sent Actual");
  }

  @Test
  void whatWasRefusedOrSpoiltRaisesNothing() throws Exception {
    SentLog log = log("fire-1");
    log.refused(log.append(Kind.ALARM_RAISED, 9_000));
    log.bad(log.append(Kind.ALARM_RAISED, 19_000));
    assertThat(audit().holds()).isTrue();
    alarm(6).put("state", "active").putNull("clearedBy");
    assertThat(audit().faults()).singleElement().asString().contains("is open, though");
  }

  @Test
  void aMessageThatWasSentTwiceMayRaiseTwice() throws Exception {
    alarm(lastPage, 3, "fire-1", "smoke", "2-024", "Extreme", "cleared").put("clearedBy", "device");
    assertThat(audit().holds()).isFalse();
    log("fire-1").resent(log("fire-1").nAt(1));
    assertThat(audit().holds()).isTrue();
  }

  @Test
  void whatAnOperatorEndedIsNoFaultNorIsItsReturn() throws Exception {
    alarm(9).put("state", "cleared").put("clearedBy", "ops");
    assertThat(audit().holds()).isTrue();
    alarm(firstPage, 10, "gas-1", "gas-leak", "", "Severe", "active");
    assertThat(audit().holds()).isTrue();
  }

  @Test
  void whatWasThereBeforeTheRunIsNotJudged() throws Exception {
    alarm(lastPage, 2, "plc-1", "running", "", "Unknown", "active");
    alarm(lastPage, 1, "fire-1", "smoke", "2-024", "Minor", "cleared").put("clearedBy", "device");
    assertThat(audit().holds()).isFalse();
    ObjectNode old = page(null);
    ((ArrayNode) old.path("alarms")).add(alarm(1).deepCopy()).add(alarm(2).deepCopy());
    BookedAlarms before = BookedAlarms.read(after -> old);
    assertThat(audit(before).faults()).isEmpty();
  }

  @Test
  void anAlarmThatWasOpenBeforeIsRepeatedNotRaisedAnew() throws Exception {
    ObjectNode old = page(null);
    ((ArrayNode) old.path("alarms")).add(alarm(7).deepCopy());
    BookedAlarms before = BookedAlarms.read(after -> old);
    assertThat(audit(before).faults()).isEmpty();
    alarm(7).put("state", "cleared").put("clearedBy", "device");
    assertThat(audit(before).faults()).singleElement().asString().contains("is over, though");
  }

  @Test
  void aDrillDoesNotTouchWhatIsActual() throws Exception {
    alarm(7).put("status", "Actual").put("severity", "Extreme");
    ObjectNode old = page(null);
    ((ArrayNode) old.path("alarms")).add(alarm(7).deepCopy());
    assertThat(audit(BookedAlarms.read(after -> old)).faults()).isEmpty();
  }

  @Test
  void whatTheBoundsLeftOutIsToldAndNoFault() throws Exception {
    remove(7);
    ((ObjectNode) lastPage.path("leftOut")).put("device", 1);
    AlarmBookAudit.Result result = audit();
    assertThat(result.holds()).as(result.text()).isTrue();
    assertThat(result.leftOut()).isEqualTo(1);
    assertThat(result.text()).contains("left out by its bounds");
  }

  @Test
  void pagesThatLeadBackAreRefused() {
    lastPage.put("next", "2");
    assertThatThrownBy(this::read).isInstanceOf(IOException.class).hasMessageContaining("earlier");
    firstPage.remove("alarms");
    assertThatThrownBy(this::read).hasMessageContaining("no page of alarms");
  }
}
