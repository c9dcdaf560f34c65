package io.sluice.codec.sparkplug;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.adapter.testkit.RecordingSink;
import io.sluice.api.codec.PayloadExplainer;
import io.sluice.api.dialect.Part;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * What npm's sparkplug-client 3.2.4 publishes: the bytes that its sparkplug-payload 1.0.3 made,
 * type and payload in each line.
 */
class SparkplugClientTest {
  private final SparkplugSession session = new SparkplugSession(new MemoryBudget());

  private static Map<String, byte[]> payloads() throws Exception {
    Map<String, byte[]> payloads = new TreeMap<>();
    try (InputStream in =
        Objects.requireNonNull(
            SparkplugClientTest.class.getResourceAsStream("sparkplug-client.txt"))) {
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
        String[] parts = line.split(" ", 2);
        payloads.put(parts[0], HexFormat.of().parseHex(parts[1]));
      }
    }
    return payloads;
  }

  private String said(String topic, byte[] payload) throws Exception {
    List<Part> parts = session.unpack("spBv1.0/G/" + topic, payload, 1, true);
    assertThat(parts).isNotNull();
    StringBuilder all = new StringBuilder();
    for (Part part : parts) {
      RecordingSink sink = new RecordingSink();
      Objects.requireNonNull(part.content()).read(sink);
      sink.leaves()
          .forEach(leaf -> all.append(leaf.path()).append('=').append(leaf.value()).append(';'));
      sink.times().stream()
          .filter(each -> !each.contains("179"))
          .forEach(each -> all.append(each).append(';'));
    }
    return all.toString();
  }

  @Test
  void birthsDataAndDeathAreReadWithTheirTypes() throws Exception {
    Map<String, byte[]> payloads = payloads();
    assertThat(said("NBIRTH/N", payloads.get("NBIRTH")))
        .isEqualTo(
            "online=truth true;i8=integer -5;i32=integer -70000;u32=integer 4000000000;"
                + "u64=integer 12345678901;f=number 21.3;d=number -0.5;b=truth true;s=text hello;"
                + "dt=integer 1795802400000;ds.0.a=text x;ds.0.n=integer 1;ds.1.a=text y;"
                + "ds.1.n=integer -2;t.rpm=integer 1450;q=number 4.0;0: unit degC;0: bad STALE;");
    assertThat(said("DBIRTH/N/D", payloads.get("DBIRTH")))
        .isEqualTo("online=truth true;level=integer 812;lamp=truth false;");
    assertThat(said("DDATA/N/D", payloads.get("DDATA"))).isEqualTo("level=integer -813;");
    assertThat(said("NDEATH/N", payloads.get("NDEATH")))
        .contains("online=truth false;", "level=integer -813;");
    assertThat(session.requests(1)).isEmpty();
  }

  @Test
  void itsPayloadsAreExplainedAndBreakNoRule() throws Exception {
    PayloadExplainer explainer = new SparkplugExplainer();
    for (Map.Entry<String, byte[]> each : payloads().entrySet()) {
      String topic = "spBv1.0/G/" + each.getKey() + (each.getKey().startsWith("D") ? "/N/D" : "/N");
      PayloadExplainer.Explanation said = explainer.explain(each.getValue(), topic);
      assertThat(said.fault()).isNull();
      assertThat(said.lines()).noneMatch(line -> line.startsWith("odd:"));
    }
    assertThat(explainer.explain(payloads().get("DDATA"), "").lines())
        .anyMatch(line -> line.matches("byte 0 +timestamp 1: 1795802400000 \\(2026-.*Z\\)"))
        .anyMatch(line -> line.endsWith("name 1: \"level\""))
        .anyMatch(line -> line.endsWith("datatype 4: 3 (Int32)"))
        .anyMatch(line -> line.contains("(-813 as Int32)"))
        .anyMatch(line -> line.endsWith("seq 3: 2"));
  }

  @Test
  void whatIsBrokenIsExplainedAsFarAsItGoes() throws Exception {
    PayloadExplainer explainer = new SparkplugExplainer();
    byte[] birth = payloads().get("DBIRTH");
    byte[] torn = Arrays.copyOf(birth, birth.length - 5);
    PayloadExplainer.Explanation said = explainer.explain(torn, "");
    assertThat(said.fault()).contains("byte ").doesNotContain("\n");
    assertThat(said.lines()).isNotEmpty();
    assertThat(explainer.explain(birth, "spBv1.0/G/NBIRTH/N").lines())
        .contains("odd: NBIRTH without the metric bdSeq");
  }
}
