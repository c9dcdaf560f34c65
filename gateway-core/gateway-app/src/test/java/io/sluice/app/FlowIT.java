package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What the pages Devices, Flow and Dead letters show, with a real gateway and mosquitto_pub. */
class FlowIT {
  @TempDir Path directory;

  private GatewayProcess gateway;

  @BeforeEach
  void start() throws Exception {
    gateway = GatewayProcess.start(new Setup(directory).config());
  }

  @AfterEach
  void stop() throws Exception {
    gateway.close();
  }

  @Test
  void lastValuesAndSparklinesFollowWhatTheDeviceSends() throws Exception {
    assertThat(gateway.get("/api/v1/devices/meter-1/latest").get("metrics")).isEmpty();
    for (int i = 1; i <= 3; i++) {
      int volts = 229 + i;
      Tool.publish(gateway, "telemetry", "{\"voltage\":" + volts + ",\"note\":\"n" + i + "\"}")
          .succeeded();
      // looked at from the first value on: each point after it is kept
      await()
          .until(() ->
              !gateway.get("/api/v1/devices/meter-1/latest").get("metrics").isEmpty()
                  && metric("voltage").get("value").doubleValue() == volts);
    }
    Tool.publish(gateway, "telemetry", "{\"voltage\":").succeeded();
    assertThat(metric("voltage").get("spark")).hasSize(3);
    assertThat(metric("voltage").get("value").doubleValue()).isEqualTo(232);
    assertThat(metric("voltage").get("unit").stringValue()).isEqualTo("V");
    assertThat(metric("voltage").get("quality").stringValue()).isEqualTo("good");
    assertThat(metric("voltage").get("spark").get(0).get(1).doubleValue()).isEqualTo(230);
    assertThat(metric("note").get("value").stringValue()).isEqualTo("n3");
    JsonNode refusal = gateway.get("/api/v1/devices/meter-1/refusals").get("refusals").get(0);
    assertThat(refusal.get("reason").stringValue()).isEqualTo("payload-invalid");
    assertThat(refusal.get("topic").stringValue()).isEqualTo("telemetry");
  }

  @Test
  void theFlowShowsWhatWasAcceptedAndTheLedgerBalances() throws Exception {
    for (int i = 0; i < 3; i++) {
      Tool.publish(gateway, "telemetry", "{\"voltage\":230}").succeeded();
    }
    // of the last 10 s
    await().until(() -> gateway.get("/api/v1/flow").get("acceptedPerSecond").doubleValue() > 0);
    Tool.publish(gateway, "my/own/topic", "{}").succeeded();
    await()
        .untilAsserted(() -> {
          JsonNode flow = gateway.get("/api/v1/flow");
          assertThat(flow.get("accepted").intValue()).isEqualTo(3);
          assertThat(flow.get("refused").get(0).get("reason").stringValue())
              .isEqualTo("unmapped-topic");
          assertThat(flow.get("lanes")).hasSize(3);
          assertThat(flow.get("upstreams").get(0).get("forwarded").intValue()).isEqualTo(3);
          assertThat(flow.get("connections").get("mqtt").intValue()).isZero();
          assertThat(flow.get("ledger").get("balances").booleanValue()).isTrue();
        });
  }

  @Test
  void aDeadLetterIsPreviewedAndStoredOnceAlsoAcrossAKill() throws Exception {
    Tool.publish(gateway, "my/own/topic", "{\"voltage\":231.5}").succeeded();
    await().until(() -> gateway.get("/api/v1/dead-letters").get("count").intValue() == 1);
    JsonNode letter = gateway.get("/api/v1/dead-letters").get("deadLetters").get(0);
    String path = "/api/v1/dead-letters/" + letter.get("sequence").longValue();
    JsonNode preview = retry(path, "energy-meter", false);
    assertThat(preview.get("ok").booleanValue()).isTrue();
    assertThat(preview.get("records").get(0).get("m").get(0).get("u").stringValue()).isEqualTo("V");
    assertThat(new Setup(directory).archive().records()).isEmpty();
    assertThat(retry(path, "nonsense", true).get("problem").stringValue()).contains("energy-meter");
    JsonNode accepted = retry(path, "energy-meter", true);
    assertThat(accepted.get("accepted").booleanValue()).isTrue();
    assertThat(retry(path, "energy-meter", true).get("problem").stringValue()).contains("already");
    gateway.kill();
    gateway.close();
    gateway = GatewayProcess.start(new Setup(directory).config());
    assertThat(gateway.get(path).get("state").stringValue()).isEqualTo("retried");
    assertThat(retry(path, "energy-meter", true).get("accepted").booleanValue()).isFalse();
    await().until(() -> !new Setup(directory).archive().records().isEmpty());
    JsonNode record = new Setup(directory).archive().records().getFirst();
    assertThat(record).isEqualTo(accepted.get("records").get(0));
    assertThat(record.get("device").stringValue()).isEqualTo("meter-1");
    assertThat(record.get("rx")).isEqualTo(letter.get("receivedMicros"));
    JsonNode ledger = gateway.get("/api/v1/ledger");
    assertThat(ledger.get("balances").booleanValue()).isTrue();
    assertThat(accepted(ledger)).isEqualTo(1);
  }

  private static long accepted(JsonNode ledger) {
    long sum = 0;
    for (JsonNode line : ledger.get("ledger")) {
      sum += line.get("accepted").longValue();
    }
    return sum;
  }

  private JsonNode retry(String letter, String profile, boolean accept) throws Exception {
    String body = "{\"profile\":\"" + profile + "\",\"accept\":" + accept + "}";
    return GatewayProcess.JSON.readTree(gateway.post(letter + "/retry", body).body());
  }

  private JsonNode metric(String name) throws Exception {
    for (JsonNode metric : gateway.get("/api/v1/devices/meter-1/latest").get("metrics")) {
      if (metric.get("name").stringValue().equals(name)) {
        return metric;
      }
    }
    throw new AssertionError("no metric " + name);
  }
}
