package io.sluice.sim.audit.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.sim.audit.Verdict;
import io.sluice.sim.audit.flow.FlowLook.Said;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Figures of backlog, ledger and hours left that differ from what was sent and what arrived are
 * found out and named.
 */
class FlowAuditTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final long CAPACITY_BYTES = 100_000_000;
  private static final int BYTES = 200;
  private static final int RATE = 100;

  /** The far end is away from then on. */
  private static final int AWAY_SECOND = 20;

  private static final int BACK_SECOND = 100;
  private static final int END_SECOND = 120;

  private final List<ObjectNode> flows = new ArrayList<>();
  private final List<long[]> counts = new ArrayList<>();

  /** 100 records a second for two minutes; the far end is away for 80 s, and has all at the end. */
  @BeforeEach
  void aFarEndWasAwayForAWhile() {
    for (int second = 0; second <= END_SECOND; second++) {
      long sent = (long) second * RATE;
      boolean isAway = second > AWAY_SECOND && second < BACK_SECOND;
      long arrived = isAway ? (long) AWAY_SECOND * RATE : sent;
      long backlog = sent - arrived;
      counts.add(new long[] {sent, arrived});
      Double hours =
          backlog > 0
              ? (Double)
                  ((CAPACITY_BYTES - backlog * BYTES) / ((double) backlog * BYTES / second) / 3600)
              : null;
      flows.add(flow(sent, arrived, backlog, hours));
    }
  }

  private static ObjectNode flow(long accepted, long delivered, long backlog, Double hours) {
    ObjectNode flow = JSON.createObjectNode();
    ObjectNode upstream = flow.putArray("upstreams").addObject();
    upstream.put("name", "archive").put("backlogRecords", backlog);
    ObjectNode lane = flow.putArray("lanes").addObject();
    lane.put("name", "telemetry").put("capacityBytes", CAPACITY_BYTES);
    lane.put("records", 50_000).put("bytes", 50_000L * BYTES).put("hoursLeft", hours);
    ObjectNode line = flow.putObject("ledger").putArray("ledger").addObject();
    line.put("upstream", "archive").put("lane", "telemetry").put("accepted", accepted);
    line.put("delivered", delivered).put("queued", backlog).putObject("dropped");
    return flow;
  }

  private Verdict audit(long others) {
    List<FlowLook> looks = new ArrayList<>();
    for (int i = 0; i < flows.size(); i++) {
      Said said = Said.of(flows.get(i), "");
      assertThat(said).isNotNull();
      long[] count = counts.get(i);
      looks.add(new FlowLook(i * 1_000L, i * 1_000L + 20, count[0], count[0], count[1], said));
    }
    return new FlowTruth(looks, others).verdict();
  }

  @Test
  void theHonestGatewayHolds() {
    Verdict verdict = audit(0);
    assertThat(verdict.faults()).isEmpty();
    assertThat(verdict.figures())
        .containsEntry("looks", 120L)
        .containsEntry("most that waited", 7_400L);
    assertThat(verdict.figures().get("hours compared")).isGreaterThan(60);
  }

  /** What is done to the answers, and what the audit has to say of it. */
  record Mutation(String what, String named, Consumer<FlowAuditTest> does) {
    @Override
    public String toString() {
      return what;
    }
  }

  private static Mutation mutation(String what, String named, Consumer<FlowAuditTest> does) {
    return new Mutation(what, named, does);
  }

  private ObjectNode upstream(int second) {
    return (ObjectNode) flows.get(second).path("upstreams").get(0);
  }

  private ObjectNode lane(int second) {
    return (ObjectNode) flows.get(second).path("lanes").get(0);
  }

  private ObjectNode line(int second) {
    return (ObjectNode) flows.get(second).path("ledger").path("ledger").get(0);
  }

  private void each(int from, int to, Consumer<Integer> does) {
    for (int second = from; second <= to; second++) {
      does.accept(second);
    }
  }

  static Stream<Mutation> api() {
    return Stream.of(
        mutation(
            "a backlog of 0 while the far end is away",
            "at 80 s: 0 records wait, by backlogRecords, really 6,000",
            test -> test.each(21, 99, second -> test.upstream(second).put("backlogRecords", 0))),
        mutation(
            "a backlog of 0 once",
            "0 records wait, by backlogRecords",
            test -> test.upstream(60).put("backlogRecords", 0)),
        mutation(
            "twice the backlog",
            "8,000 records wait, by backlogRecords",
            test -> test.upstream(60).put("backlogRecords", 8_000)),
        mutation(
            "a backlog at the end",
            "at 120 s: 700 records wait, by backlogRecords",
            test -> test.upstream(120).put("backlogRecords", 700)),
        mutation(
            "nothing queued in the ledger",
            "0 records wait, by the ledger",
            test -> test.line(60).put("queued", 0)),
        mutation(
            "more queued in the ledger",
            "9,000 records wait, by the ledger",
            test -> test.line(60).put("queued", 9_000)),
        mutation(
            "fewer accepted than were acknowledged",
            "5,999 records are counted as accepted, really 6,000",
            test -> test.line(60).put("accepted", 5_999)),
        mutation(
            "more accepted than were sent",
            "6,001 records are counted as accepted, really 6,000",
            test -> test.line(60).put("accepted", 6_001)),
        mutation(
            "delivered, though the far end has not got them",
            "6,000 records are counted as delivered, really 2,000",
            test -> test.line(60).put("delivered", 6_000).put("queued", 0)),
        mutation(
            "fewer delivered than the far end has",
            "900 records are counted as delivered",
            test -> test.line(60).put("delivered", 900)),
        mutation(
            "nothing fills up",
            "nothing fills up, really",
            test -> test.each(30, 99, second -> test.lane(second).putNull("hoursLeft"))),
        mutation(
            "hours left to spare",
            "hours are left, really",
            test -> test.each(50, 99, second -> test.lane(second).put("hoursLeft", 100))),
        mutation(
            "hardly any time left",
            "0.01 hours are left, really",
            test -> test.lane(60).put("hoursLeft", 0.01)),
        mutation(
            "full, though nothing waits",
            "0.00 hours are left, really",
            test -> test.lane(18).put("hoursLeft", 0)));
  }

  @ParameterizedTest
  @MethodSource("api")
  void whatDiffersIsFoundAndNamed(Mutation mutation) {
    mutation.does().accept(this);
    Verdict verdict = audit(0);
    assertThat(verdict.faults()).anyMatch(fault -> fault.contains(mutation.named()));
    assertThat(verdict.text()).startsWith("backlog and hours left: NOT AS IT WAS\n");
  }

  @Test
  void recordsOfTheGatewaysOwnMayBeAmongThem() {
    line(60).put("accepted", 6_007).put("queued", 4_007);
    upstream(60).put("backlogRecords", 4_007);
    assertThat(audit(0).faults()).hasSize(3);
    assertThat(audit(500).faults()).isEmpty();
  }

  @Test
  void whatWasDroppedDoesNotWait() {
    for (int second = 61; second < 100; second++) {
      ((ObjectNode) line(second).path("dropped")).put("overflow", 4_000);
      line(second).put("queued", line(second).path("queued").asLong() - 4_000);
      upstream(second).put("backlogRecords", line(second).path("queued").asLong());
    }
    assertThat(audit(0).faults()).noneMatch(fault -> fault.contains("wait"));
  }

  @Test
  void oneBacklogIsCountedOnce() {
    List<FlowLook> looks = new ArrayList<>();
    for (int i = 0; i < flows.size(); i++) {
      long[] count = counts.get(i);
      Said said = Said.of(flows.get(i), "archive");
      looks.add(new FlowLook(i * 1_000L, i * 1_000L + 20, count[0], count[0], count[1], said));
    }
    assertThat(new FlowTruth(looks, 0).backlogs()).isEqualTo(1);
    assertThat(new FlowTruth(looks.subList(0, 15), 0).backlogs()).isZero();
  }

  @Test
  void theUpstreamHasToBeKnown() {
    ObjectNode flow = flows.getFirst();
    assertThat(Said.of(flow, "archive")).isNotNull();
    assertThat(Said.of(flow, "cloud")).isNull();
    flow.withArray("upstreams").addObject().put("name", "cloud");
    assertThat(Said.of(flow, "")).isNull();
  }

  @Test
  void aFarEndThatIsNotFollowedAnyMoreIsNotJudged() {
    counts.get(60)[1] = Long.MIN_VALUE;
    upstream(50).put("backlogRecords", 0);
    assertThat(audit(0).holds()).isTrue();
  }
}
