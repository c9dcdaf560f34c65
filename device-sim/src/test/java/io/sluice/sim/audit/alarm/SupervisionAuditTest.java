package io.sluice.sim.audit.alarm;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.sim.audit.Verdict;
import io.sluice.sim.audit.coverage.OutageAudit.Outage;
import io.sluice.sim.device.SimDevice;
import io.sluice.sim.figures.SignsOfLife;
import io.sluice.sim.fleet.FleetRun.Played;
import io.sluice.sim.fleet.SentLog;
import io.sluice.sim.scenario.DeviceSpec;
import io.sluice.sim.scenario.Scenario;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
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

/** Alarms of silence that differ from the silences that the fleet kept are found out and named. */
class SupervisionAuditTest {
  private static final long START_MILLIS = 1_790_000_000_000L;
  private static final JsonMapper JSON = new JsonMapper();
  private static final String SCENARIO =
      """
      name: t
      groups:
        - { profile: fire-panel, id: "gone-{n}", supervision: 60s }
        - { profile: fire-panel, id: "back-{n}", supervision: 60s }
        - { profile: fire-panel, id: "well-{n}", supervision: 60s }
        - { profile: fire-panel, id: "edge-{n}", supervision: 60s }
        - { profile: fire-panel, id: "paho-{n}" }
        - { profile: cnc, id: "free-{n}" }
      """;

  @TempDir Path folder;
  private final Map<String, Played> fleet = new LinkedHashMap<>();
  private final Map<Long, ObjectNode> book = new LinkedHashMap<>();
  private final ObjectNode earlier = page();
  private List<Outage> outages = List.of();

  /**
   * All are heard each 5 s from 5 s on. gone-1 falls silent at 100 s and stays so; back-1 is heard
   * again at 200 s; edge-1 is silent for 55 s, which is within its interval. It is 400 s now.
   */
  @BeforeEach
  void aSmallFleetPlayed() throws Exception {
    Path file = Files.writeString(folder.resolve("scenario.yaml"), SCENARIO);
    for (DeviceSpec spec : Scenario.load(file).devices()) {
      fleet.put(
          spec.id(),
          new Played(
              new SimDevice(spec, START_MILLIS * 1000),
              new SentLog(START_MILLIS),
              new SignsOfLife(spec.group().supervision(), START_MILLIS)));
    }
    signs("paho-1").speaksUnseen();
    for (int second = 5; second <= 395; second += 5) {
      int now = second;
      fleet.forEach((id, played) -> {
        boolean isSilent =
            (id.equals("gone-1") && now > 100)
                || (id.equals("back-1") && now > 100 && now < 200)
                || (id.equals("edge-1") && now > 100 && now < 155);
        if (!isSilent) {
          heard(id, now);
        }
      });
    }
    alarm(1, "gone-1", 161, 0);
    alarm(2, "back-1", 161, 200.5);
  }

  private SignsOfLife signs(String device) {
    return fleet.get(device).signs();
  }

  private void heard(String device, int second) {
    long at = START_MILLIS + second * 1_000L;
    signs(device).mayBeHeard(at);
    signs(device).wasHeard(at, at + 20);
  }

  private static long micros(double seconds) {
    return START_MILLIS * 1_000 + (long) (seconds * 1e6);
  }

  private static ObjectNode page() {
    ObjectNode page = JSON.createObjectNode();
    page.putArray("alarms");
    return page;
  }

  private ObjectNode alarm(long id, String device, double raised, double cleared) {
    ObjectNode alarm = JSON.createObjectNode();
    alarm.put("id", id).put("device", device).put("kind", "supervision");
    alarm.put("name", "supervision").put("severity", "Moderate").put("status", "Actual");
    alarm.put("state", cleared > 0 ? "cleared" : "active").put("raisedMicros", micros(raised));
    if (cleared > 0) {
      alarm.put("clearedMicros", micros(cleared)).put("clearedBy", "gateway");
    }
    book.put(id, alarm);
    return alarm;
  }

  private Verdict audit() throws Exception {
    ObjectNode page = page();
    book.values().forEach(((ArrayNode) page.path("alarms"))::add);
    return SupervisionAudit.of(
        new AlarmScene(
            List.copyOf(fleet.values()),
            BookedAlarms.read(after -> earlier),
            BookedAlarms.read(after -> page),
            EscalationPlan.DEFAULT,
            outages,
            micros(400)));
  }

  @Test
  void theHonestGatewayHolds() throws Exception {
    assertThat(audit().faults()).isEmpty();
    assertThat(audit().figures())
        .containsEntry("supervised", 4L)
        .containsEntry("silences", 2L)
        .containsEntry("alarms", 2L)
        .containsEntry("open", 1L)
        .containsEntry("devices not judged", 1L);
  }

  /** What is done to the book, and what the audit has to say of it. */
  record Mutation(String what, String named, Consumer<SupervisionAuditTest> does) {
    @Override
    public String toString() {
      return what;
    }
  }

  private static Mutation mutation(String what, String named, Consumer<SupervisionAuditTest> does) {
    return new Mutation(what, named, does);
  }

  static Stream<Mutation> book() {
    return Stream.of(
        mutation("no alarm", "gone-1 said nothing for 300.0 s", test -> test.book.remove(1L)),
        mutation(
            "none that ended", "back-1 said nothing for 100.0 s", test -> test.book.remove(2L)),
        mutation(
            "raised late",
            "gone-1: silence (1) was raised 90.0 s after the device fell silent",
            test -> test.book.get(1L).put("raisedMicros", micros(190))),
        mutation(
            "raised early",
            "gone-1: silence (1) is in the book, and the device was heard",
            test -> test.book.get(1L).put("raisedMicros", micros(130))),
        mutation(
            "over, though silent still",
            "gone-1: silence (1) is over, though the device was silent still",
            test ->
                test.book
                    .get(1L)
                    .put("state", "cleared")
                    .put("clearedMicros", micros(250))
                    .put("clearedBy", "gateway")),
        mutation(
            "open, though heard again",
            "back-1: silence (2) is open, though the device was heard again",
            test -> test.book.get(2L).put("state", "active").putNull("clearedMicros")),
        mutation(
            "over long after it was heard again",
            "back-1: silence (2) is over 40.0 s after",
            test -> test.book.get(2L).put("clearedMicros", micros(240.02))),
        mutation(
            "twice",
            "gone-1: silence (1) is in the book 2 times for one silence",
            test -> test.alarm(3, "gone-1", 165, 0)),
        mutation(
            "of a device that is well",
            "well-1: silence (3) is in the book, and the device was heard all the time",
            test -> test.alarm(3, "well-1", 170, 180)),
        mutation(
            "within its interval",
            "edge-1: silence (3) is in the book, and the device was heard all the time",
            test -> test.alarm(3, "edge-1", 150, 155)),
        mutation(
            "of a device that is not supervised",
            "free-1: silence (3) is in the book, and the device is not supervised",
            test -> test.alarm(3, "free-1", 150, 155)));
  }

  @ParameterizedTest
  @MethodSource("book")
  void whatDiffersIsFoundAndNamed(Mutation mutation) throws Exception {
    mutation.does().accept(this);
    assertThat(audit().faults()).anyMatch(fault -> fault.contains(mutation.named()));
    assertThat(audit().text()).startsWith("supervision: NOT AS IT WAS\n");
  }

  @Test
  void whatAnOperatorClearsComesAnewWhileTheSilenceGoesOn() throws Exception {
    book.get(1L).put("state", "cleared").put("clearedMicros", micros(200)).put("clearedBy", "ops");
    alarm(3, "gone-1", 261, 0);
    assertThat(audit().faults()).isEmpty();
  }

  @Test
  void anOutageGivesEachDeviceItsWholeIntervalAgain() throws Exception {
    outages = List.of(new Outage(START_MILLIS + 150_000, START_MILLIS + 195_000));
    book.remove(2L);
    book.get(1L).put("raisedMicros", micros(256));
    assertThat(audit().faults()).isEmpty();
    book.get(1L).put("raisedMicros", micros(290));
    assertThat(audit().faults()).singleElement().asString().contains("was raised 95.0 s after");
  }

  @Test
  void anAlarmOfBeforeTheRunIsOverWhenItsDeviceIsHeard() throws Exception {
    ((ArrayNode) earlier.path("alarms")).add(alarm(9, "well-1", -100, 0).deepCopy());
    assertThat(audit().faults())
        .singleElement()
        .isEqualTo("well-1: silence (9) is open, though the device was heard again");
    book.get(9L)
        .put("state", "cleared")
        .put("clearedMicros", micros(6))
        .put("clearedBy", "gateway");
    assertThat(audit().faults()).isEmpty();
  }

  @Test
  void whatIsSaidWithoutAnAnswerMayBeHeardOrNot() throws Exception {
    signs("gone-1").mayBeHeard(START_MILLIS + 250_000);
    assertThat(audit().faults()).isEmpty();
    book.get(1L)
        .put("state", "cleared")
        .put("clearedMicros", micros(250))
        .put("clearedBy", "gateway");
    alarm(3, "gone-1", 311, 0);
    assertThat(audit().faults()).isEmpty();
    alarm(4, "well-1", 311, 0);
    assertThat(audit().faults()).hasSize(1);
  }
}
