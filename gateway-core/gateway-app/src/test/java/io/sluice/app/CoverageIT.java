package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.YearMonth;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Coverage through a gateway that is killed. */
class CoverageIT {
  @TempDir Path directory;

  private static void publish(GatewayProcess gateway, int times) throws Exception {
    for (int i = 0; i < times; i++) {
      Tool.publish(gateway, "telemetry", "{\"voltage\":230,\"power\":12}").succeeded();
    }
  }

  private static long received(GatewayProcess gateway) throws Exception {
    JsonNode month = gateway.get("/api/v1/coverage/month?month=" + YearMonth.now(ZoneOffset.UTC));
    long received = 0;
    for (JsonNode site : month.get("sites")) {
      received += site.get("received").longValue();
    }
    return received;
  }

  @Test
  void aKilledGatewayCountsEachRecordOnceAndOwnsItsOutage() throws Exception {
    Path config = new Setup(directory).config();
    try (GatewayProcess gateway = GatewayProcess.start(config)) {
      publish(gateway, 3);
      await().until(() -> received(gateway) == 3);
      gateway.kill();
    }
    try (GatewayProcess gateway = GatewayProcess.start(config)) {
      await().until(() -> received(gateway) == 3);
      publish(gateway, 2);
      await().until(() -> received(gateway) == 5);
      assertThat(gateway.get("/api/v1/coverage/outages").get("outages").isEmpty()).isFalse();
      // figures are worked out anew each few seconds: the latest may be from before the records
      await().until(() -> all(gateway).get("reporting").longValue() == 1);
      assertThat(all(gateway).get("expected").longValue()).isGreaterThan(1);
      HttpResponse<String> stop =
          gateway.post(
              "/api/v1/coverage/stops",
              "{\"scope\":\"device\",\"key\":\"meter-1\",\"reason\":\"meter exchanged\"}");
      assertThat(stop.statusCode()).as(stop.body()).isEqualTo(201);
      assertThat(gateway.terminate()).isZero();
    }
    try (GatewayProcess gateway = GatewayProcess.start(config)) {
      await().until(() -> received(gateway) == 5);
      assertThat(gateway.get("/api/v1/coverage/stops").get("stops").get(0).get("key").stringValue())
          .isEqualTo("meter-1");
      await()
          .until(() ->
              gateway.get("/api/v1/coverage").get("groups").get(0).get("stopped").longValue() == 1);
      assertThat(gateway.get("/api/v1/devices/meter-1/coverage").get("windows").size())
          .isEqualTo(3);
      reportOfTheMonthHasTheSameFigures(gateway);
    }
  }

  private static JsonNode all(GatewayProcess gateway) throws Exception {
    return gateway.get("/api/v1/coverage?window=1h&by=all").get("groups").get(0);
  }

  private void reportOfTheMonthHasTheSameFigures(GatewayProcess gateway) throws Exception {
    YearMonth month = YearMonth.now(ZoneOffset.UTC);
    CommandLines.run(gateway, "coverage", "report", "--month", "" + month, "--out", "" + directory);
    String csv = Files.readString(directory.resolve("coverage-" + month + ".csv"));
    String html = Files.readString(directory.resolve("coverage-" + month + ".html"));
    assertThat(html).contains("edge-01", "meter exchanged", "plant-a", "north", "depot");
    for (JsonNode site : gateway.get("/api/v1/coverage/month?month=" + month).get("sites")) {
      assertThat(csv)
          .contains(
              String.join(
                  ",",
                  "" + month,
                  site.get("sector").stringValue(),
                  site.get("site").stringValue(),
                  "",
                  site.get("planned").asString(),
                  site.get("commissioned").asString(),
                  site.get("devices").asString()));
    }
    assertThat(csv).containsPattern("plant-a,,\\d+,\\d+,\\d+,\\d+,\\d+,\\d+,5,");
  }
}
