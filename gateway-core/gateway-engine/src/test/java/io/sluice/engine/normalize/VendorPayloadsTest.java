package io.sluice.engine.normalize;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.CanonicalRecord;
import io.sluice.api.Measurement;
import io.sluice.api.MessageClass;
import io.sluice.api.QualityReason;
import io.sluice.engine.normalize.profile.Profile;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The shipped profiles against what vendors publish of their devices' payloads. */
class VendorPayloadsTest {
  @TestFactory
  Stream<DynamicTest> publishedPayloadBecomesWhatItsSourceSays() throws IOException {
    return cases()
        .map(each ->
            DynamicTest.dynamicTest(
                each.get("profile").asString() + ": " + each.get("source").asString(),
                () -> check(each)));
  }

  @Test
  void gasThatIsMerelySaidToBeThereIsAnAlarm() throws Exception {
    Bench detector = Bench.shipped("gas-detector");
    assertThat(detector.decode("{\"gas\":true}").messageClass()).isEqualTo(MessageClass.ALARM);
    assertThat(detector.decode("{\"gas\":false}").messageClass()).isEqualTo(MessageClass.TELEMETRY);
  }

  private static Stream<JsonNode> cases() throws IOException {
    try (InputStream in = VendorPayloadsTest.class.getResourceAsStream("/vendors/payloads.yaml")) {
      return YAMLMapper.builder().build().readTree(in).valueStream().toList().stream();
    }
  }

  private static void check(JsonNode each) throws Exception {
    String id = each.get("profile").asString();
    Profile profile = Bench.shipped().find(id);
    CanonicalRecord record = Bench.shipped(id).decode(each.get("payload").asString());
    Set<String> metrics = new HashSet<>();
    profile.metrics().forEach(metric -> metrics.add(metric.name()));
    List<String> known = new ArrayList<>();
    Set<String> kept = new HashSet<>();
    for (Measurement m : record.measurements()) {
      String name = m.name().replaceAll("#\\d+$", "");
      if (metrics.contains(name)) {
        known.add(shown(m));
      } else {
        assertThat(m.unit()).as(m.name()).isNull();
        kept.add(m.name());
      }
    }
    assertThat(known).containsExactlyInAnyOrderElementsOf(texts(each.get("expect")));
    if (each.has("kept")) {
      assertThat(kept).containsAll(texts(each.get("kept")));
    }
    if (each.has("time")) {
      assertThat(Instant.ofEpochMilli(record.timeMicros() / 1_000))
          .isEqualTo(Instant.parse(each.get("time").asString()));
    }
  }

  private static String shown(Measurement m) {
    String value =
        m.value() instanceof Double number
            ? new BigDecimal(number, new MathContext(12)).stripTrailingZeros().toPlainString()
            : m.value().toString();
    String unit = m.unit() == null ? "" : ' ' + m.unit();
    boolean bad = m.reason() != null && m.reason() != QualityReason.CLOCK;
    return m.name() + ' ' + value + unit + (bad ? " " + m.reason() : "");
  }

  private static List<String> texts(JsonNode list) {
    return list.valueStream().map(JsonNode::asString).toList();
  }
}
