package io.sluice.sim.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.sim.device.Kind;
import io.sluice.sim.device.SimDevice;
import io.sluice.sim.fleet.FleetRun.Played;
import io.sluice.sim.fleet.SentLog;
import io.sluice.sim.scenario.DeviceSpec;
import io.sluice.sim.scenario.Scenario;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A far end that differs in one thing from what was sent is found out, and the thing is named. */
class AuditMutationTest {
  private static final long START_MILLIS = 1_790_000_000_000L;
  private static final AuditTerms STRICT = new AuditTerms(true, true, 0, START_MILLIS + 60_000);

  @TempDir Path folder;
  private final List<Played> ledger = new ArrayList<>();
  private final List<ObjectNode> records = new ArrayList<>();

  @BeforeEach
  void aSmallFleetPlayed() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("scenario.yaml"),
            """
            name: t
            seed: 3
            sites: [ { id: hall, sector: factory }, { id: depot, sector: emergency } ]
            groups:
              - { profile: irrigation-valve, id: "valve-{n}", site: hall }
              - { profile: energy-meter, id: "meter-{n}", site: hall, protocol: coap, form: senml-cbor }
              - { profile: flood-gauge, id: "logger-{n}", site: depot }
              - { profile: fire-panel, id: "fire-{n}", site: depot, alarms: { every: 30s, severity: Extreme } }
              - { profile: air-quality, id: "text-{n}", site: hall, form: text }
              - { profile: water-meter, id: "bytes-{n}", site: hall, protocol: coap, form: binary }
            """);
    for (DeviceSpec spec : Scenario.load(file).devices()) {
      SentLog log = new SentLog(START_MILLIS);
      for (int i = 0; i < 6; i++) {
        if (spec.id().startsWith("fire")) {
          log.acked(log.append(i % 2 == 0 ? Kind.ALARM_RAISED : Kind.ALARM_CLEARED, i * 1000L));
        } else if (spec.id().startsWith("logger") && i < 3) {
          long n = log.append(Kind.TELEMETRY, -600_000 - (3 - i) * 5_000L);
          log.history(n);
          log.acked(n);
          continue;
        }
        log.acked(log.append(Kind.TELEMETRY, i * 5_000L + 500));
      }
      ledger.add(new Played(new SimDevice(spec, START_MILLIS * 1000), log));
    }
    records.addAll(new FaithfulGateway(START_MILLIS).records(ledger));
  }

  private AuditResult audit(AuditTerms terms) throws Exception {
    Path archive = Files.createDirectories(folder.resolve("archive"));
    Files.write(
        archive.resolve("records-1.jsonl"), records.stream().map(ObjectNode::toString).toList());
    return Audit.of(ledger, START_MILLIS, archive, terms);
  }

  @Test
  void theUntouchedCopyHolds() throws Exception {
    AuditResult result = audit(STRICT);
    assertThat(result.holds()).as(result.text()).isTrue();
    assertThat(result.found()).isEqualTo(result.sent()).isEqualTo(42);
  }

  /** What is done to the far end, and what the audit has to say of it. */
  record Mutation(String what, String named, Consumer<AuditMutationTest> does) {
    @Override
    public String toString() {
      return what;
    }
  }

  private static Mutation mutation(String what, String named, Consumer<AuditMutationTest> does) {
    return new Mutation(what, named, does);
  }

  /** A field of the k-th record of a device. */
  private static Mutation field(String device, String field, Object value, String named) {
    return mutation(
        field + " of " + device,
        named,
        test -> {
          ObjectNode record = test.of(device).get(1);
          test.put(record, field, value);
        });
  }

  private void put(ObjectNode node, String field, Object value) {
    switch (value) {
      case Boolean flag -> node.put(field, flag);
      case Long whole -> node.put(field, whole);
      case Double real -> node.put(field, real);
      default -> node.put(field, value.toString());
    }
  }

  /** A field of a measurement. */
  private static Mutation measured(
      String device, String metric, String field, Object value, String named) {
    return mutation(
        metric + "." + field + " of " + device,
        named,
        test -> test.put(test.metric(test.of(device).get(1), metric), field, value));
  }

  private List<ObjectNode> of(String device) {
    return records.stream()
        .filter(record -> record.path("device").asString("").equals(device))
        .toList();
  }

  private ObjectNode metric(ObjectNode record, String name) {
    for (var measurement : record.path("m")) {
      if (measurement.path("n").asString("").equals(name)) {
        return (ObjectNode) measurement;
      }
    }
    throw new IllegalArgumentException(record + " has no " + name);
  }

  private void swap(ObjectNode a, ObjectNode b) {
    Collections.swap(records, index(a), index(b));
  }

  @SuppressWarnings("ReferenceEquality") // the very record: copies are equal
  private int index(ObjectNode record) {
    for (int i = 0; i < records.size(); i++) {
      if (records.get(i) == record) {
        return i;
      }
    }
    throw new IllegalArgumentException();
  }

  private void remove(ObjectNode record) {
    records.remove(index(record));
  }

  private ObjectNode copy(ObjectNode record, String id, long seq) {
    return record.deepCopy().put("id", id).put("seq", seq);
  }

  private List<ObjectNode> alarms() {
    return records.stream().filter(r -> r.path("class").asString().equals("alarm")).toList();
  }

  static Stream<Mutation> farEnd() {
    long rx = 1_000L * START_MILLIS - 86_400_000_000L;
    return Stream.of(
        mutation("deleted telemetry", "valve-1 #", test -> test.remove(test.of("valve-1").get(2))),
        mutation("deleted alarm", "fire-1 #", test -> test.remove(test.alarms().get(2))),
        mutation("deleted text", "text-1: ", test -> test.remove(test.of("text-1").get(2))),
        mutation("deleted bytes", "bytes-1: ", test -> test.remove(test.of("bytes-1").get(0))),
        mutation("deleted history", "logger-1 #", test -> test.remove(test.of("logger-1").get(0))),
        mutation(
            "a sample cut out of a history",
            "logger-1 #",
            test -> {
              ArrayNode m = (ArrayNode) test.of("logger-1").getFirst().path("m");
              for (int i = 0; i < 3; i++) {
                m.remove(0);
              }
            }),
        mutation(
            "the same record twice",
            "delivered twice",
            test -> test.records.add(test.of("valve-1").get(3).deepCopy())),
        mutation(
            "the same text twice",
            "delivered twice",
            test -> test.records.add(test.of("text-1").get(3).deepCopy())),
        mutation(
            "the same alarm twice",
            "delivered twice",
            test -> test.records.add(test.alarms().get(3).deepCopy())),
        mutation(
            "a second record of one message",
            "stored twice",
            test -> test.records.add(test.copy(test.of("valve-1").get(3), "edge-1-k3x9-t99", 99))),
        mutation(
            "a second record of one text",
            "stored twice",
            test -> test.records.add(test.copy(test.of("text-1").get(3), "edge-1-k3x9-t99", 99))),
        mutation(
            "a second delivery that says something else",
            "pressure is 7",
            test -> {
              ObjectNode again = test.of("valve-1").get(3).deepCopy();
              test.metric(again, "pressure").put("v", 7L);
              test.records.add(again);
            }),
        mutation(
            "one id for two records",
            "has the id of an earlier record",
            test -> {
              ObjectNode first = test.of("valve-1").get(3);
              test.of("meter-1").get(4).put("id", first.path("id").asString());
            }),
        mutation(
            "two neighbours swapped",
            "arrived before",
            test -> test.swap(test.of("valve-1").get(2), test.of("valve-1").get(3))),
        mutation(
            "two alarms swapped",
            "arrived before",
            test -> test.swap(test.alarms().get(2), test.alarms().get(3))),
        mutation(
            "two stored the other way round",
            "was stored before",
            test -> {
              ObjectNode a = test.of("valve-1").get(2);
              ObjectNode b = test.of("valve-1").get(3);
              long seq = a.path("seq").asLong();
              a.put("seq", b.path("seq").asLong());
              b.put("seq", seq);
            }),
        mutation(
            "a record of a stranger",
            "nobody-1 is no device of the fleet",
            test ->
                test.records.add(test.of("valve-1").get(1).deepCopy().put("device", "nobody-1"))),
        mutation(
            "a sample of ours that was never sent",
            "was never sent",
            test -> {
              ObjectNode more = test.copy(test.of("valve-1").get(5), "edge-1-k3x9-t99", 99);
              test.metric(more, "n").put("v", START_MILLIS + 77);
              test.records.add(more);
            }),
        mutation(
            "a record of ours without counter",
            "without a counter",
            test -> {
              ObjectNode more = test.copy(test.of("valve-1").get(5), "edge-1-k3x9-t99", 99);
              ((ArrayNode) more.path("m")).remove(0);
              test.records.add(more);
            }),
        mutation(
            "a record of ours with nothing in it",
            "is empty",
            test -> {
              ObjectNode more = test.copy(test.of("valve-1").get(5), "edge-1-k3x9-t99", 99);
              more.putArray("m");
              test.records.add(more);
            }),
        mutation(
            "an invented metric",
            "invented was never sent",
            test ->
                ((ArrayNode) test.of("valve-1").get(1).path("m"))
                    .addObject()
                    .put("n", "invented")
                    .put("v", 1)
                    .put("q", "good")),
        mutation(
            "a metric twice",
            "pressure stands there twice",
            test -> {
              ArrayNode m = (ArrayNode) test.of("valve-1").get(1).path("m");
              m.add(test.metric(test.of("valve-1").get(1), "pressure").deepCopy());
            }),
        mutation(
            "a metric missing",
            "pressure is missing",
            test -> {
              ArrayNode m = (ArrayNode) test.of("valve-1").get(1).path("m");
              m.remove(m.size() - 1);
            }),
        measured("valve-1", "pressure", "v", 99_999L, "pressure is 99999"),
        measured("valve-1", "pressure", "v", "260", "pressure is \"260\""),
        measured("valve-1", "valve", "v", "ajar", "valve is \"ajar\""),
        measured("valve-1", "pressure", "u", "Pa", "pressure is in \"Pa\""),
        measured("valve-1", "valve", "u", "V", "valve is in \"V\""),
        measured("valve-1", "pressure", "q", "bad", "pressure has quality bad"),
        measured("valve-1", "n", "q", "uncertain", "n has quality uncertain"),
        measured("valve-1", "pressure", "qr", "RANGE", "pressure has quality good RANGE"),
        measured("meter-1", "powerFactor", "q", "bad", "powerFactor has quality bad"),
        measured("meter-1", "energy", "t", 7L, "without a counter"),
        measured("text-1", "pm25", "v", 99_999.0, "text-1 never sent"),
        measured("text-1", "pm25", "q", "bad", "pm25 has quality bad"),
        measured("bytes-1", "volume", "v", 99_999.0, "bytes-1 never sent"),
        measured("bytes-1", "volume", "u", "l", "volume is in \"l\""),
        field("valve-1", "t", 1_790_000_005_501_000L, "time is 1790000005501000"),
        field("valve-1", "t", 1_790_000_005_499_000L, "time is 1790000005499000"),
        field("text-1", "t", 1_790_000_005_501_000L, "time is 1790000005501000"),
        field("valve-1", "tsrc", "server", "tsrc is \"server\""),
        field("valve-1", "hist", true, "it is live"),
        field("valve-1", "class", "event", "class is event"),
        field("valve-1", "class", "alarm", "class is alarm"),
        field("valve-1", "sector", "farm", "sector is \"farm\""),
        field("valve-1", "site", "depot", "site is \"depot\""),
        field("valve-1", "model", "cnc", "model is \"cnc\""),
        field("valve-1", "proto", "coap", "proto is \"coap\""),
        field("valve-1", "src", "event;json", "src is \"event;json\""),
        field("meter-1", "src", "telemetry;json", "src is \"telemetry;json\""),
        field("valve-1", "gateway", "edge-2", "is not of gateway"),
        field("valve-1", "id", "edge-1-k3x9-t98", "is not of gateway"),
        field("valve-1", "seq", 3_333L, "is not of gateway"),
        field("valve-1", "rx", rx, "before the run"),
        field("text-1", "rx", rx, "text-1"),
        field("valve-1", "rx", START_MILLIS * 1000 + 86_400_000_000L, "in the future"),
        field("valve-1", "device", "meter-1", "valve-1 #"),
        mutation(
            "history as if it were live",
            "not marked as historical",
            test -> test.of("logger-1").getFirst().put("hist", false)),
        mutation(
            "an alarm as telemetry",
            "class is telemetry",
            test -> test.alarms().getFirst().put("class", "telemetry")),
        mutation(
            "an alarm of another severity",
            "cap.severity is \"Minor\"",
            test -> ((ObjectNode) test.alarms().getFirst().path("cap")).put("severity", "Minor")),
        mutation(
            "a drill that is actual",
            "cap.status is \"Actual\"",
            test -> ((ObjectNode) test.alarms().getFirst().path("cap")).put("status", "Actual")),
        mutation(
            "an alarm of another urgency",
            "cap.urgency is \"Expected\"",
            test -> ((ObjectNode) test.alarms().getFirst().path("cap")).put("urgency", "Expected")),
        mutation(
            "an alarm without classification",
            "cap.severity",
            test -> test.alarms().getFirst().remove("cap")),
        mutation(
            "an alarm that is over, still raised",
            "active is true",
            test -> test.metric(test.alarms().get(1), "active").put("v", true)));
  }

  @ParameterizedTest
  @MethodSource("farEnd")
  void isFoundAndNamed(Mutation mutation) throws Exception {
    mutation.does.accept(this);
    AuditResult result = audit(STRICT);
    assertThat(result.holds()).as(result.text()).isFalse();
    assertThat(result.faults()).as(result.text()).anyMatch(fault -> fault.contains(mutation.named));
    assertThat(result.byDevice()).isNotEmpty();
  }

  @Test
  void whatIsDeliveredAgainUnderItsIdIsAllowedToAtLeastOnce() throws Exception {
    records.add(of("valve-1").get(2).deepCopy());
    records.add(of("valve-1").get(3).deepCopy());
    AuditResult result = audit(new AuditTerms(false, true, 0, START_MILLIS + 60_000));
    assertThat(result.holds()).as(result.text()).isTrue();
    assertThat(result.duplicated()).isEqualTo(2);
    assertThat(result.text()).containsPattern("delivered twice, same id +2");
  }

  @Test
  void acrossABacklogLiveRecordsMayArriveFirstOnceABacklog() throws Exception {
    swap(of("valve-1").get(2), of("valve-1").get(3));
    AuditResult result = audit(STRICT.across(1));
    assertThat(result.holds()).as(result.text()).isTrue();
    assertThat(result.acrossBacklog()).isEqualTo(1);
    swap(of("valve-1").get(4), of("valve-1").get(5));
    assertThat(audit(STRICT.across(1)).reordered()).isEqualTo(2);
    assertThat(audit(STRICT.across(2)).holds()).isTrue();
    assertThat(audit(STRICT).reordered()).isEqualTo(2);
  }

  @Test
  void strangersAreNamedWhereTheyAreAllowed() throws Exception {
    records.add(of("valve-1").get(1).deepCopy().put("device", "nobody-1"));
    AuditResult result = audit(AuditTerms.EXACTLY_ONCE);
    assertThat(result.holds()).as(result.text()).isTrue();
    assertThat(result.strangers()).containsEntry("nobody-1", 1L);
    assertThat(result.text()).contains("not of the fleet: nobody-1 (1)");
  }

  @Test
  void manyFaultsAreAllCountedByDevice() throws Exception {
    records.clear();
    AuditResult result = audit(STRICT);
    assertThat(result.lost()).isEqualTo(42);
    assertThat(result.byDevice()).hasSize(6);
    assertThat(result.byDevice().get("fire-1")).containsEntry("lost", 12L);
  }
}
