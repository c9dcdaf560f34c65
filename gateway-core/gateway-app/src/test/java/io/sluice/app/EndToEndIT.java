package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * The whole way, with the clients of Debian's packages: what goes in comes out, record by record.
 */
class EndToEndIT {
  @TempDir Path directory;

  private Setup setup;
  private GatewayProcess gateway;

  @BeforeEach
  void start() throws Exception {
    setup = new Setup(directory);
    gateway = GatewayProcess.start(setup.config());
  }

  @AfterEach
  void stop() throws Exception {
    gateway.close();
  }

  @Test
  void everyQosAndVersionOfMosquittoPubArrives() throws Exception {
    int n = 0;
    for (String version : List.of("mqttv311", "mqttv5")) {
      for (String qos : List.of("0", "1", "2")) {
        n++;
        mosquittoPub(version, qos, "telemetry", "{\"voltage\":230.5,\"n\":" + n + "}").succeeded();
      }
    }
    await().until(() -> setup.archive().records().size() == 6);
    assertThat(setup.archive().values("n")).containsExactlyInAnyOrder(1L, 2L, 3L, 4L, 5L, 6L);
    JsonNode record = setup.archive().records().getFirst();
    assertThat(record.get("device").stringValue()).isEqualTo("meter-1");
    assertThat(record.get("gateway").stringValue()).isEqualTo("edge-01");
    assertThat(record.get("sector").stringValue()).isEqualTo("factory");
    assertThat(record.get("site").stringValue()).isEqualTo("plant-a");
    assertThat(record.get("model").stringValue()).isEqualTo("energy-meter");
    assertThat(record.get("class").stringValue()).isEqualTo("telemetry");
    assertThat(record.get("proto").stringValue()).isEqualTo("mqtt");
    JsonNode voltage = record.get("m").get(0);
    assertThat(voltage.get("n").stringValue()).isEqualTo("voltage");
    assertThat(voltage.get("v").doubleValue()).isEqualTo(230.5);
    assertThat(voltage.get("u").stringValue()).isEqualTo("V");
    assertThat(voltage.get("q").stringValue()).isEqualTo("good");
    assertLedgerBalances(6);
  }

  @Test
  void coapClientArrivesInJsonSenmlCborAndBlocks() throws Exception {
    coapPost("telemetry", "json", "{\"volume\":12.5,\"n\":1}".getBytes(UTF_8)).succeeded();
    // [{"n":"volume","u":"m3","v":13.5},{"n":"n","v":2}] as SenML CBOR (RFC 8428 section 6)
    byte[] senml =
        HexFormat.of()
            .parseHex(
                "82"
                    + "a3"
                    + "00"
                    + "66766f6c756d65"
                    + "01"
                    + "626d33"
                    + "02"
                    + "f94ac0"
                    + "a2"
                    + "00"
                    + "616e"
                    + "02"
                    + "02");
    coapPost("telemetry", "112", senml).succeeded();
    String large = "{\"n\":3,\"note\":\"" + "x".repeat(100_000) + "\"}";
    coapPost("telemetry", "json", large.getBytes(UTF_8)).succeeded();
    await().until(() -> setup.archive().records().size() == 3);
    assertThat(setup.archive().values("n")).containsExactlyInAnyOrder(1L, 2L, 3L);
    List<JsonNode> records = setup.archive().records();
    assertThat(records.get(1).get("m").get(0).get("v").doubleValue()).isEqualTo(13.5);
    assertThat(records.get(1).get("m").get(0).get("u").stringValue()).isEqualTo("m3");
    assertThat(records.get(2).get("m").get(1).get("v").stringValue()).hasSize(100_000);
    assertLedgerBalances(3);
  }

  @Test
  void aConcentratorPublishesForItsChildAndForNobodyElse() throws Exception {
    pub("hub-1", "mqttv5", "1", "telemetry/child-1", "{\"velocityRms\":1.5}").succeeded();
    await().until(() -> setup.archive().records().size() == 1);
    assertThat(setup.archive().records().getFirst().get("device").stringValue())
        .isEqualTo("child-1");
    Tool foreign = pub("hub-1", "mqttv5", "1", "telemetry/meter-1", "{\"voltage\":1}");
    assertThat(foreign.output()).containsIgnoringCase("not authorized");
    assertThat(setup.archive().records()).hasSize(1);
  }

  @Test
  void aChildThatNobodyRegisteredCostsTheConcentratorNothing() throws Exception {
    for (String version : List.of("mqttv311", "mqttv5")) {
      pub("hub-1", version, "1", "telemetry/newly-paired", "{\"velocityRms\":2}");
      pub("hub-1", version, "1", "telemetry/child-1", "{\"velocityRms\":1.5}").succeeded();
    }
    await().until(() -> setup.archive().records().size() == 2);
    JsonNode letters = gateway.get("/api/v1/dead-letters").get("deadLetters");
    assertThat(letters).hasSize(2);
    assertThat(letters.get(0).get("reason").stringValue()).isEqualTo("unknown-child");
  }

  @Test
  void aFieldThatCannotBeTakenCostsThatFieldAlone() throws Exception {
    mosquittoPub("mqttv311", "1", "telemetry", "\ufeff{\"voltage\":230.5,\"current\":nan}")
        .succeeded();
    await().until(() -> setup.archive().records().size() == 1);
    JsonNode measurements = setup.archive().records().getFirst().get("m");
    assertThat(measurements.get(0).get("v").doubleValue()).isEqualTo(230.5);
    assertThat(measurements.get(0).get("q").stringValue()).isEqualTo("good");
    assertThat(measurements.get(1).get("q").stringValue()).isEqualTo("bad");
    assertThat(measurements.get(1).get("qr").stringValue()).isEqualTo("SENSOR");
    assertThat(gateway.get("/api/v1/devices/meter-1/refusals").toString()).contains("current");
    assertLedgerBalances(1);
  }

  @Test
  void aPayloadThatNamesAnotherDeviceIsRefusedKeptAndAudited() throws Exception {
    for (String payload :
        List.of(
            "{\"deviceId\":\"gas-1\",\"voltage\":1}",
            "[{\"bn\":\"gas-1/\",\"n\":\"voltage\",\"v\":1}]")) {
      Tool foreign = mosquittoPub("mqttv5", "1", "telemetry", payload);
      assertThat(foreign.output()).as(payload).containsIgnoringCase("not authorized");
    }
    mosquittoPub("mqttv5", "1", "telemetry", "{\"deviceId\":\"serial 4711\",\"voltage\":1}")
        .succeeded();
    mosquittoPub("mqttv5", "1", "telemetry", "{\"deviceId\":\"meter-1\",\"voltage\":2}")
        .succeeded();
    await().until(() -> setup.archive().records().size() == 2);
    JsonNode letters = gateway.get("/api/v1/dead-letters").get("deadLetters");
    assertThat(letters.get(0).get("reason").stringValue()).isEqualTo("not-authorized");
    await().untilAsserted(() -> assertThat(audited()).contains("uplink.refused", "meter-1"));
  }

  private String audited() throws Exception {
    StringBuilder all = new StringBuilder();
    try (var files = Files.newDirectoryStream(directory.resolve("var/audit"), "*.jsonl")) {
      for (Path file : files) {
        all.append(Files.readString(file));
      }
    }
    return all.toString();
  }

  @Test
  void wrongCredentialsAreRefusedOnEveryDoor() throws Exception {
    Tool mqtt = Tool.publish(gateway, "meter-1", "wrong", "telemetry", "{}");
    assertThat(mqtt.exitCode()).isNotZero();
    assertThat(mqtt.output()).containsIgnoringCase("bad user name or password");
    Tool coap =
        Tool.run(
            "coap-client-notls",
            "-m",
            "post",
            "-t",
            "json",
            "-e",
            "{}",
            "coap://127.0.0.1:" + port("coap") + "/telemetry?d=water-1&k=wrong");
    assertThat(coap.output()).contains("4.01");
  }

  @Test
  void whatCannotBeDecodedIsRefusedWithItsReasonAndKept() throws Exception {
    Tool v5 = mosquittoPub("mqttv5", "1", "telemetry", "{\"voltage\":");
    assertThat(v5.output()).containsIgnoringCase("payload format invalid");
    mosquittoPub("mqttv311", "1", "telemetry", "{\"voltage\":").succeeded();
    Tool unmapped = mosquittoPub("mqttv5", "1", "my/own/topic", "{}");
    assertThat(unmapped.output()).containsIgnoringCase("topic name invalid");
    Tool coap = coapPost("telemetry", "json", "{\"volume\":".getBytes(UTF_8));
    assertThat(coap.output()).contains("4.00");
    await().until(() -> gateway.get("/api/v1/dead-letters").get("count").intValue() == 4);
    JsonNode letters = gateway.get("/api/v1/dead-letters").get("deadLetters");
    assertThat(letters.get(0).get("reason").stringValue()).isEqualTo("payload-invalid");
    assertThat(letters.get(0).get("payload").stringValue()).isEqualTo("eyJ2b2x1bWUiOg==");
    assertThat(letters.get(1).get("reason").stringValue()).isEqualTo("unmapped-topic");
    assertThat(setup.archive().records()).isEmpty();
  }

  @Test
  void anAlarmOfTheProfileTakesTheAlarmLane() throws Exception {
    pub("gas-1", "mqttv5", "1", "telemetry", "{\"gas\":2,\"sos\":true}").succeeded();
    await().until(() -> !setup.archive().records().isEmpty());
    JsonNode record = setup.archive().records().getFirst();
    assertThat(record.get("class").stringValue()).isEqualTo("alarm");
    assertThat(record.get("cap").get("status").stringValue()).isEqualTo("Actual");
    await().until(() -> gateway.get("/api/v1/alarms").get("active").intValue() == 1);
    JsonNode alarm = gateway.get("/api/v1/alarms").get("alarms").get(0);
    assertThat(alarm.get("device").stringValue()).isEqualTo("gas-1");
    assertThat(alarm.get("name").stringValue()).isEqualTo("sos");
  }

  @Test
  void aWillBecomesAnEvent() throws Exception {
    Process subscriber =
        new ProcessBuilder(
                "mosquitto_sub",
                "-p",
                port("mqtt"),
                "-u",
                "meter-1",
                "-P",
                "secret-1",
                "-t",
                "command/#",
                "--will-topic",
                "event",
                "--will-payload",
                "{\"state\":\"lost\"}",
                "--will-qos",
                "1")
            .start();
    await().until(() -> isConnected("meter-1"));
    subscriber.destroyForcibly().waitFor();
    await().until(() -> setup.archive().records().size() == 1);
    assertThat(setup.archive().records().getFirst().get("class").stringValue()).isEqualTo("event");
  }

  @Test
  void aCommandReachesConnectedSleepingAndPollingDevices() throws Exception {
    String first = submit("meter-1", "{\"name\":\"relay\",\"payload\":{\"on\":true}}");
    assertThat(state("meter-1", first)).isEqualTo("queued");
    try (MqttClient device =
        new MqttClient("tcp://127.0.0.1:" + port("mqtt"), "meter-1", new MemoryPersistence())) {
      java.util.concurrent.BlockingQueue<String> taken =
          new java.util.concurrent.LinkedBlockingQueue<>();
      MqttConnectOptions options = new MqttConnectOptions();
      options.setUserName("meter-1");
      options.setPassword("secret-1".toCharArray());
      options.setCleanSession(false);
      device.connect(options);
      device.subscribe(
          "command/#", 1, (topic, message) -> taken.add(topic + " " + message.toString()));
      assertThat(taken.poll(60, java.util.concurrent.TimeUnit.SECONDS))
          .isEqualTo("command/relay {\"on\":true}");
      await().until(() -> state("meter-1", first).equals("acknowledged"));
      device.disconnect();
      await().until(() -> !isConnected("meter-1"));
      String asleep = submit("meter-1", "{\"name\":\"wake\"}");
      assertThat(state("meter-1", asleep)).isEqualTo("queued");
      device.connect(options);
      assertThat(taken.poll(60, java.util.concurrent.TimeUnit.SECONDS)).startsWith("command/wake");
      await().until(() -> state("meter-1", asleep).equals("acknowledged"));
      device.disconnect();
    }
    String polled = submit("water-1", "{\"name\":\"valve\",\"payload\":{\"open\":1}}");
    Tool poll =
        Tool.run(
            "coap-client-notls",
            "-m",
            "get",
            "coap://127.0.0.1:" + port("coap") + "/command?d=water-1&k=" + Setup.TOKEN);
    assertThat(poll.output()).contains("{\"open\":1}");
    assertThat(state("water-1", polled)).isEqualTo("sent");
  }

  @Test
  void aStopByTheSystemKeepsEverythingAndExitsCleanly() throws Exception {
    mosquittoPub("mqttv5", "1", "telemetry", "{\"n\":1}").succeeded();
    await().until(() -> !setup.archive().records().isEmpty()); // else it is sent when it is back
    assertThat(gateway.terminate()).isZero();
    assertThat(setup.archive().records()).hasSize(1);
    gateway = GatewayProcess.start(setup.config());
    mosquittoPub("mqttv5", "1", "telemetry", "{\"n\":2}").succeeded();
    await().until(() -> setup.archive().byId().size() == 2);
    assertThat(setup.archive().records()).hasSize(2);
    assertLedgerBalances(2);
  }

  private static final java.nio.charset.Charset UTF_8 = java.nio.charset.StandardCharsets.UTF_8;

  private String submit(String device, String command) throws Exception {
    HttpResponse<String> answer = gateway.post("/api/v1/devices/" + device + "/commands", command);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    return GatewayProcess.JSON.readTree(answer.body()).get("id").stringValue();
  }

  private String state(String device, String command) throws Exception {
    return gateway
        .get("/api/v1/devices/" + device + "/commands/" + command)
        .get("state")
        .stringValue();
  }

  private boolean isConnected(String device) throws Exception {
    return gateway.get("/api/v1/devices/" + device).get("connected").booleanValue();
  }

  private String port(String listener) {
    return Integer.toString(gateway.port(listener));
  }

  private Tool mosquittoPub(String version, String qos, String topic, String payload)
      throws Exception {
    return pub("meter-1", version, qos, topic, payload);
  }

  private Tool pub(String device, String version, String qos, String topic, String payload)
      throws Exception {
    return Tool.publish(gateway, device, "secret-1", topic, payload, "-V", version, "-q", qos);
  }

  private Tool coapPost(String path, String format, byte[] payload) throws Exception {
    Path file = Files.write(directory.resolve("payload"), payload);
    return Tool.run(
        "coap-client-notls",
        "-m",
        "post",
        "-t",
        format,
        "-b",
        "1024",
        "-B",
        "20",
        "-f",
        file.toString(),
        "coap://127.0.0.1:" + port("coap") + "/" + path + "?d=water-1&k=" + Setup.TOKEN);
  }

  private void assertLedgerBalances(long delivered) {
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> {
          JsonNode ledger = gateway.get("/api/v1/ledger");
          assertThat(ledger.get("balances").booleanValue()).isTrue();
          long sum = 0;
          for (JsonNode line : ledger.get("ledger")) {
            sum += line.get("delivered").longValue();
          }
          assertThat(sum).isEqualTo(delivered);
        });
  }
}
