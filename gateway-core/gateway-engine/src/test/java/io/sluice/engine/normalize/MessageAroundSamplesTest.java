package io.sluice.engine.normalize;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.CanonicalRecord;
import io.sluice.api.ContentType;
import io.sluice.api.Measurement;
import io.sluice.api.MessageClass;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * In an alarm each row is a reading of its own. What a network server says around the rows is none:
 * a message of one row is one sample.
 */
class MessageAroundSamplesTest {
  private final Bench bench =
      Bench.of(
          "id: w", "time: [up.at, t]", "samples: [up.rows]", "metrics:", "  depth: { unit: m }");

  private Map<Long, Set<String>> byTime(String payload) throws Exception {
    CanonicalRecord record =
        bench.decode(
            MessageClass.ALARM, ContentType.JSON, payload.getBytes(StandardCharsets.UTF_8));
    Map<Long, Set<String>> times = new TreeMap<>();
    for (Measurement each : record.measurements()) {
      Long own = each.timeMicros();
      times
          .computeIfAbsent(own == null ? record.timeMicros() : own, at -> new TreeSet<>())
          .add(each.name());
    }
    return times;
  }

  @Test
  void aNetworkServersFieldsAreOfTheFirstRow() throws Exception {
    assertThat(
            byTime(
                    "{\"ids\":{\"app\":\"a\"},\"up\":{\"port\":1,\"confirmed\":true,\"rows\":[{\"alarmName\":\"flood\",\"depth\":2}],"
                        + "\"at\":\"2026-01-01T00:00:00Z\"}}")
                .values())
        .containsExactly(
            new TreeSet<>(List.of("alarmName", "depth", "ids.app", "up.confirmed", "up.port")));
  }

  @Test
  void rowsStayReadingsOfTheirOwn() throws Exception {
    assertThat(
            byTime(
                    "{\"up\":{\"port\":1,\"rows\":[{\"point\":\"1\",\"t\":1767225600},{\"point\":\"2\",\"t\":1767225600}],"
                        + "\"at\":\"2026-01-01T00:00:00Z\"}}")
                .values())
        .containsExactly(
            new TreeSet<>(List.of("point", "up.port")), new TreeSet<>(List.of("point")));
  }

  @Test
  void whatTheMessageSaysItselfStaysAReadingOfItsOwn() throws Exception {
    assertThat(
            byTime("{\"alarm\":\"door\",\"t\":1767225600,\"up\":{\"rows\":[{\"value\":false}]}}")
                .values())
        .containsExactly(new TreeSet<>(List.of("alarm")), new TreeSet<>(List.of("value")));
    assertThat(byTime("{\"depth\":3,\"t\":1767225600,\"up\":{\"rows\":[{\"value\":false}]}}"))
        .hasSize(2);
  }
}
