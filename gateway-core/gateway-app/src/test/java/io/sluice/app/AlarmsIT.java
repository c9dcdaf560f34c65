package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Alarms of a real gateway: supervision, coverage, escalation, also across a kill. */
class AlarmsIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir Path directory;

  private final List<JsonNode> posted = new CopyOnWriteArrayList<>();
  private HttpServer hook;

  @BeforeEach
  void startHook() throws IOException {
    hook = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
    hook.createContext(
        "/",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          posted.add(GatewayProcess.JSON.readTree(new String(body, StandardCharsets.UTF_8)));
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    hook.start();
  }

  @AfterEach
  void stopHook() {
    hook.stop(0);
  }

  private Path config(String alarms) throws IOException {
    Path config = new Setup(directory).config();
    return Files.writeString(config, "alarms:\n" + alarms, StandardOpenOption.APPEND);
  }

  private static List<JsonNode> alarms(GatewayProcess gateway, String query) throws Exception {
    JsonNode alarms = gateway.get("/api/v1/alarms?" + query).get("alarms");
    return StreamSupport.stream(alarms.spliterator(), false).toList();
  }

  /** What went upstream of an alarm: its events in their order. */
  private List<String> events(long alarm) {
    return new Setup(directory)
        .archive().records().stream()
            .distinct()
            .filter(record -> record.get("class").stringValue().equals("alarm"))
            .map(AlarmsIT::values)
            .filter(values -> values.containsKey("alarmId"))
            .filter(values -> values.get("alarmId").longValue() == alarm)
            .map(values -> values.get("event").stringValue())
            .toList();
  }

  private static Map<String, JsonNode> values(JsonNode record) {
    return StreamSupport.stream(record.get("m").spliterator(), false)
        .collect(
            java.util.stream.Collectors.toMap(
                m -> m.get("n").stringValue(), m -> m.get("v"), (first, second) -> first));
  }

  @Test
  void silenceIsOneAlarmEscalatedOnceAndClearedOnReturnAlsoAcrossAKill() throws Exception {
    Path config =
        config(
            "  supervision: { meter-1: 20s }\n  escalate-moderate: 1s\n  webhook: http://127.0.0.1:"
                + hook.getAddress().getPort()
                + "/\n");
    long id;
    try (GatewayProcess gateway = GatewayProcess.start(config)) {
      Tool.publish(gateway, "telemetry", "{\"voltage\":230}").succeeded();
      long heard = gateway.get("/api/v1/devices/meter-1").get("lastSeenMicros").longValue();
      await().atMost(PATIENCE).until(() -> !alarms(gateway, "device=meter-1").isEmpty());
      JsonNode alarm = alarms(gateway, "device=meter-1").getFirst();
      id = alarm.get("id").longValue();
      assertThat(alarm.get("kind").stringValue()).isEqualTo("supervision");
      assertThat(alarm.get("raisedMicros").longValue() - heard).isGreaterThan(19_900_000);
      await().atMost(PATIENCE).until(() -> events(id).equals(List.of("raised", "escalated")));
      await().atMost(PATIENCE).until(() -> posted.size() == 1);
      // before that is in the book, a kill has it posted again
      await()
          .atMost(PATIENCE)
          .until(() ->
              alarms(gateway, "device=meter-1")
                  .getFirst()
                  .path("notification")
                  .asString("")
                  .equals("delivered"));
      assertThat(posted.getFirst().get("device").stringValue()).isEqualTo("meter-1");
      gateway.kill();
    }
    try (GatewayProcess gateway = GatewayProcess.start(config)) {
      assertThat(alarms(gateway, "state=active")).hasSize(1);
      Tool.publish(gateway, "telemetry", "{\"voltage\":231}").succeeded();
      await().atMost(PATIENCE).until(() -> alarms(gateway, "state=open").isEmpty());
      JsonNode cleared = alarms(gateway, "device=meter-1").getFirst();
      assertThat(cleared.get("id").longValue()).isEqualTo(id);
      assertThat(cleared.get("clearedBy").stringValue()).isEqualTo("gateway");
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> assertThat(events(id)).containsExactly("raised", "escalated", "cleared"));
      assertThat(posted).hasSize(1);
      assertThat(gateway.get("/api/v1/ledger").get("balances").booleanValue()).isTrue();
    }
  }

  @Test
  void siteBelowItsThresholdIsAnAlarmThatTheTerminalAcknowledges() throws Exception {
    Path config = config("  coverage: { below: 90, figure: reporting, window: now, hold: 0s }\n");
    try (GatewayProcess gateway = GatewayProcess.start(config)) {
      await().atMost(PATIENCE).until(() -> alarms(gateway, "site=north&state=open").size() == 1);
      String listed = CommandLines.run(gateway, "alarms", "--site", "north");
      assertThat(listed)
          .contains("coverage public-service/north", "reporting (now) is 0.0 %", " active, ");
      long id = alarms(gateway, "site=north").getFirst().get("id").longValue();
      assertThat(
              CommandLines.run(gateway, "alarms", "acknowledge", "" + id, "--note", "valve works"))
          .contains("alarm " + id + " is acknowledged");
      assertThat(alarms(gateway, "state=acknowledged").getFirst().get("note").stringValue())
          .isEqualTo("valve works");
      assertThat(CommandLines.run(gateway, "alarms", "clear", "" + id)).contains("is cleared");
    }
  }

  @Test
  void drillIsFlaggedFromTheDeviceToTheFarEnd() throws Exception {
    try (GatewayProcess gateway = GatewayProcess.start(config("  escalate-severe: 1s\n"))) {
      String drill = "{\"sos\":true,\"severity\":\"Severe\",\"status\":\"Exercise\"}";
      Tool.publish(gateway, "gas-1", "secret-1", "alarm", drill).succeeded();
      await()
          .atMost(PATIENCE)
          .untilAsserted(() ->
              assertThat(new Setup(directory).archive().records())
                  .as("the device's own, the raise and the escalation")
                  .hasSize(3)
                  .allSatisfy(record ->
                      assertThat(record.at("/cap/status").stringValue()).isEqualTo("Exercise")));
      assertThat(alarms(gateway, "state=open").getFirst().get("status").stringValue())
          .isEqualTo("Exercise");
    }
  }
}
