package io.sluice.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.sim.audit.Audit;
import io.sluice.sim.audit.AuditResult;
import io.sluice.sim.device.Kind;
import io.sluice.sim.device.Sample;
import io.sluice.sim.device.SimDevice;
import io.sluice.sim.fleet.FleetRun.Played;
import io.sluice.sim.fleet.SentLog;
import io.sluice.sim.scenario.Scenario;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditTest {
  private static final long START_MILLIS = 1_790_000_000_000L;
  @TempDir Path folder;
  private SimDevice device;
  private SentLog log;
  private final List<String> lines = new ArrayList<>();

  @BeforeEach
  void tenMessagesSentAndStored() throws Exception {
    Path file = folder.resolve("scenario.yaml");
    Files.writeString(
        file, "name: t\nseed: 3\ngroups:\n  - { profile: irrigation-valve, id: \"v-{n}\" }\n");
    device = new SimDevice(Scenario.load(file).devices().getFirst(), START_MILLIS * 1000);
    log = new SentLog(START_MILLIS);
    for (int i = 0; i < 10; i++) {
      long n = log.append(Kind.TELEMETRY, i * 1000L);
      log.acked(n);
      lines.add(record("id-" + i, i + 1, n));
    }
  }

  private String record(String id, long seq, long n) {
    Sample sample =
        device.sample(n, (START_MILLIS + log.millisAt(log.index(n))) * 1000, Kind.TELEMETRY);
    StringBuilder m = new StringBuilder("{\"n\":\"n\",\"v\":" + n + ",\"q\":\"good\"}");
    for (Sample.Field field : sample.fields()) {
      String value =
          field.value() instanceof String text ? '"' + text + '"' : field.value().toString();
      m.append(",{\"n\":\"").append(field.name()).append("\",\"v\":").append(value);
      m.append(",\"q\":\"good\",\"u\":")
          .append(field.unit() == null ? null : '"' + field.unit() + '"')
          .append('}');
    }
    return whole(id, sample.micros(), seq, false, m);
  }

  private String whole(String id, long micros, long seq, boolean isHistory, CharSequence m) {
    return ("{\"id\":\"g-%s-t%d\",\"gateway\":\"g\",\"device\":\"%s\",\"sector\":\"factory\","
            + "\"site\":\"site-1\",\"model\":\"irrigation-valve\",\"class\":\"telemetry\",\"t\":%d,"
            + "\"tsrc\":\"device\",\"rx\":%d,\"seq\":%d,\"hist\":%b,\"m\":[%s],\"proto\":\"mqtt\","
            + "\"src\":\"telemetry;json\"}")
        .formatted(id, seq, device.spec().id(), micros, micros + 1000, seq, isHistory, m);
  }

  private AuditResult audit() throws Exception {
    Path archive = Files.createDirectories(folder.resolve("archive"));
    Files.write(archive.resolve("records-1.jsonl"), lines);
    return Audit.of(List.of(new Played(device, log)), START_MILLIS, archive);
  }

  @Test
  void faithfulCopyHolds() throws Exception {
    AuditResult result = audit();
    assertThat(result.holds()).as(result.text()).isTrue();
    assertThat(result.found()).isEqualTo(10);
  }

  @Test
  void lostMessageIsNamed() throws Exception {
    lines.remove(4);
    AuditResult result = audit();
    assertThat(result.lost()).isEqualTo(1);
    assertThat(result.holds()).isFalse();
    assertThat(result.faults())
        .singleElement()
        .asString()
        .contains("v-1 #" + (START_MILLIS + 4))
        .contains("not at the far end");
  }

  @Test
  void unacknowledgedMessageThatIsAbsentIsNotLost() throws Exception {
    log.append(Kind.TELEMETRY, 11_000);
    assertThat(audit().holds()).isTrue();
  }

  @Test
  void sameRecordTwiceIsADuplicateDelivery() throws Exception {
    lines.add(lines.get(2));
    AuditResult result = audit();
    assertThat(result.duplicated()).isEqualTo(1);
    assertThat(result.doubled()).isZero();
    assertThat(result.holds()).isFalse();
  }

  @Test
  void sameMessageUnderTwoIdsWasStoredTwice() throws Exception {
    lines.add(record("id-x", 11, log.nAt(3)));
    AuditResult result = audit();
    assertThat(result.doubled()).isEqualTo(1);
    assertThat(result.duplicated()).isZero();
  }

  /** Each gateway has sequences of its own, and passes on what it has when it can. */
  @Test
  void orderIsThatOfEachGatewayAlone() throws Exception {
    String there = record("id-4", 1, log.nAt(4));
    lines.set(
        4,
        there
            .replace("\"gateway\":\"g\"", "\"gateway\":\"h\"")
            .replace("\"id\":\"g-", "\"id\":\"h-"));
    lines.add(lines.remove(4));
    assertThat(audit().holds()).isTrue();
  }

  @Test
  void messageThatWasResentMayBeStoredTwice() throws Exception {
    log.resent(log.nAt(3));
    lines.add(record("id-x", 11, log.nAt(3)));
    AuditResult result = audit();
    assertThat(result.doubledAfterResend()).isEqualTo(1);
    assertThat(result.holds()).isTrue();
  }

  @Test
  void alteredValueIsShownBesideTheTrueOne() throws Exception {
    lines.set(5, lines.get(5).replaceAll("\"pressure\",\"v\":\\d+", "\"pressure\",\"v\":7"));
    AuditResult result = audit();
    assertThat(result.altered()).isEqualTo(1);
    assertThat(result.faults()).singleElement().asString().contains("pressure is 7, sent");
  }

  @Test
  void missingValueIsAnAlteration() throws Exception {
    lines.set(5, lines.get(5).replace("\"n\":\"valve\"", "\"n\":\"valves\""));
    assertThat(audit().altered()).isEqualTo(1);
  }

  @Test
  void laterMessageStoredFirstIsReordered() throws Exception {
    lines.set(5, record("id-5", 7, log.nAt(5)));
    lines.set(6, record("id-6", 6, log.nAt(6)));
    assertThat(audit().reordered()).isEqualTo(1);
  }

  @Test
  void tornLineIsUnreadable() throws Exception {
    lines.add("{\"id\":\"id-11\",\"dev");
    assertThat(audit().unreadable()).isEqualTo(1);
  }

  @Test
  void recordsOfOtherRunsAndDevicesAreForeign() throws Exception {
    lines.add("{\"id\":\"a\",\"device\":\"other\",\"m\":[]}");
    lines.add("{\"id\":\"b\",\"device\":\"v-1\",\"m\":[{\"n\":\"n\",\"v\":5}]}");
    AuditResult result = audit();
    assertThat(result.foreign()).isEqualTo(2);
    assertThat(result.holds()).isTrue();
  }

  @Test
  void aWrongUnitAndAWrongTimeAreTold() throws Exception {
    lines.set(2, lines.get(2).replace("\"u\":\"kPa\"", "\"u\":\"Pa\""));
    lines.set(4, lines.get(4).replace("\"t\":" + START_MILLIS, "\"t\":" + (START_MILLIS + 60)));
    lines.set(5, lines.get(5).replaceFirst("\"t\":(\\d+)", "\"t\":1790000000000000"));
    AuditResult result = audit();
    assertThat(result.wrongUnits()).isEqualTo(1);
    assertThat(result.altered()).isEqualTo(1);
    assertThat(result.holds()).isFalse();
    assertThat(result.text())
        .contains("pressure is in \"Pa\", sent in kPa", "time is 1790000000000000");
  }

  @Test
  void eachSampleOfABatchIsMatchedByItsTime() throws Exception {
    lines.clear();
    StringBuilder m = new StringBuilder();
    for (int i = 0; i < 10; i++) {
      long n = log.nAt(i);
      long micros = (START_MILLIS + log.millisAt(i)) * 1000;
      m.append(m.isEmpty() ? "" : ",").append(measurement("n", n, null, micros));
      for (Sample.Field field : device.sample(n, micros, Kind.TELEMETRY).fields()) {
        m.append(',').append(measurement(field.name(), field.value(), field.unit(), micros));
      }
    }
    lines.add(whole("b", (START_MILLIS + log.millisAt(9)) * 1000, 1, false, m));
    AuditResult result = audit();
    assertThat(result.holds()).as(result.text()).isTrue();
    assertThat(result.found()).isEqualTo(10);
    lines.set(0, lines.getFirst().replaceFirst("\"v\":\"(open|closed)\"", "\"v\":\"ajar\""));
    assertThat(audit().altered()).isEqualTo(1);
  }

  private static String measurement(String name, Object value, String unit, long micros) {
    return "{\"n\":\"%s\",\"v\":%s,\"u\":%s,\"q\":\"good\",\"t\":%d}"
        .formatted(
            name,
            value instanceof String text ? '"' + text + '"' : value,
            unit == null ? null : '"' + unit + '"',
            micros);
  }

  @Test
  void historyThatIsNotMarkedAsSuchIsTold() throws Exception {
    log.history(log.nAt(3));
    AuditResult result = audit();
    assertThat(result.altered()).isEqualTo(1);
    assertThat(result.text()).contains("not marked as historical");
  }
}
