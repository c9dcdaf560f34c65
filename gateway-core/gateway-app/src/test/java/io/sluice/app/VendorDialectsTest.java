package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.api.GatewayTime;
import io.sluice.cli.config.GatewayFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whole exchanges as vendors' firmware has them, over MQTT: sign-in, message, reply, command and
 * answer. Texts that the gateway must send are written by hand from the vendors' pages, which the
 * dialects' files name.
 */
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class VendorDialectsTest {
  private static final String DEVICES =
      """

      - { id: pump-07, profile: energy-meter, sector: factory, site: plant-a,
          credentials: { secret: 3f0c9a52d17be846a1f2c4d6e8b09371 } }
      - { id: 5f1e2d3c4b5a_meter01, profile: energy-meter, sector: factory, site: plant-a,
          credentials: { secret: S3cretOfMeter01 } }
      - { id: onenet01, profile: energy-meter, sector: factory, site: plant-a,
          credentials: { secret: c2x1aWNlLWRlbW8tYWNjZXNzLWtleS0wMDAwMDAwMDE= } }
      - { id: meter01, profile: energy-meter, sector: factory, site: plant-a,
          credentials: { secret: c2x1aWNlLWRlbW8tcHNrIQ== } }
      - { id: azure01, profile: energy-meter, sector: factory, site: plant-a,
          credentials: { secret: c2x1aWNlLWRlbW8tYXp1cmUtZGV2aWNlLWtleS0wMDE=, password: pw-of-azure01 } }
      - { id: pump7, profile: energy-meter, sector: factory, site: plant-a,
          credentials: { password: s3cret-of-pump7 } }
      - { id: probe-1, profile: energy-meter, sector: factory, site: plant-a, parent: board-1 }
      - { id: sub-1, profile: energy-meter, sector: factory, site: plant-a, parent: pump-07 }
      - { id: meter-3, profile: energy-meter, sector: factory, site: plant-a, parent: pump-07,
          credentials: { secret: c0ffee00112233445566778899aabbcc } }
      - { id: board-1, profile: energy-meter, sector: factory, site: plant-a,
          credentials: { token: t0ken-of-board-1-0123 } }
      """;

  private static final String PUMP = "pump-07&a1SluiceDemo";
  private static final String PUMP_ID =
      "a1SluiceDemo.pump-07|securemode=3,signmethod=hmacsha256,timestamp=1795802400000|";
  private static final String PUMP_PASSWORD =
      "5af6d451fdca3e3257bb25a6d802afe0549b3f85bb736c31343f0dbf49a8ae0b";
  private static final String THING = "/sys/a1SluiceDemo/pump-07/thing/";

  private final HttpClient http = HttpClient.newHttpClient();
  private Path directory;
  private Wiring gateway;

  @BeforeAll
  void start(@TempDir Path temporary) throws Exception {
    directory = temporary;
    Path config = new Setup(directory).config();
    Path devices = directory.resolve("devices.yaml");
    Files.writeString(devices, Files.readString(devices) + DEVICES);
    String admin = "admin: { port: 0, token: %s }".formatted(Setup.TOKEN);
    Files.writeString(config, Files.readString(config).replace("admin: { port: 0 }", admin));
    StringWriter said = new StringWriter();
    GatewayFiles files = GatewayFiles.load(config, new PrintWriter(said, true));
    assertThat(files).as(said.toString()).isNotNull();
    gateway = Wiring.start(files, GatewayTime.system());
  }

  @AfterAll
  void stop() {
    http.close();
    gateway.close();
  }

  /** A device with a client that keeps what comes, {@code topic payload}. */
  private final class Firmware implements MqttCallback, AutoCloseable {
    private final MqttClient client;
    private final BlockingQueue<String> came = new LinkedBlockingQueue<>();

    Firmware(String clientId, String user, String password) throws MqttException {
      client =
          new MqttClient("tcp://" + gateway.address("mqtt"), clientId, new MemoryPersistence());
      client.setCallback(this);
      client.setTimeToWait(60_000);
      MqttConnectOptions options = new MqttConnectOptions();
      options.setUserName(user);
      if (password != null) {
        options.setPassword(password.toCharArray());
      }
      options.setMqttVersion(MqttConnectOptions.MQTT_VERSION_3_1_1);
      client.connect(options);
    }

    Firmware says(String topic, String payload) throws MqttException {
      client.publish(topic, payload.getBytes(StandardCharsets.UTF_8), 1, false);
      return this;
    }

    Firmware listens(String filter) throws MqttException {
      client.subscribe(filter, 1);
      return this;
    }

    String hears() throws InterruptedException {
      String next = came.poll(60, TimeUnit.SECONDS);
      return next == null ? "nothing" : next;
    }

    @Override
    public void messageArrived(String topic, MqttMessage message) {
      came.add(topic + ' ' + new String(message.getPayload(), StandardCharsets.UTF_8));
    }

    @Override
    public void connectionLost(Throwable cause) {
      came.add("lost: " + cause);
    }

    @Override
    public void deliveryComplete(IMqttDeliveryToken token) {
      // publish has waited for it
    }

    @Override
    public void close() throws MqttException {
      if (client.isConnected()) {
        client.disconnect();
      }
      client.close();
    }
  }

  private static String hmac(String algorithm, byte[] key, String message) throws Exception {
    Mac mac = Mac.getInstance(algorithm);
    mac.init(new SecretKeySpec(key, algorithm));
    return HexFormat.of().formatHex(mac.doFinal(message.getBytes(StandardCharsets.UTF_8)));
  }

  private String admin(String method, String path, String body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + gateway.address("admin") + path))
            .header("Authorization", "Bearer " + Setup.TOKEN)
            .header("Content-Type", "application/json")
            .timeout(Duration.ofSeconds(60))
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build();
    return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
  }

  private void command(String device, String name, String payload) throws Exception {
    String answer =
        admin(
            "POST",
            "/api/v1/devices/" + device + "/commands",
            "{\"name\":\"%s\",\"payload\":%s}".formatted(name, payload));
    assertThat(answer).containsAnyOf("\"queued\"", "\"sent\"", "\"acknowledged\"");
  }

  private void awaitCommand(String device, String state) {
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() ->
            assertThat(admin("GET", "/api/v1/devices/" + device + "/commands", ""))
                .contains("\"state\":\"" + state + "\""));
  }

  private String audit() throws IOException {
    StringBuilder all = new StringBuilder();
    try (Stream<Path> files = Files.list(directory.resolve("var").resolve("audit"))) {
      for (Path file : files.toList()) {
        all.append(Files.readString(file));
      }
    }
    return all.toString();
  }

  @Test
  void alinkPostIsRepliedOnceItIsStored() throws Exception {
    try (Firmware pump = new Firmware(PUMP_ID, PUMP, PUMP_PASSWORD)) {
      // without a subscription, as the C SDK 4 does it; the id is a number here
      pump.says(
          THING + "event/property/post",
          "{\"id\":77,\"version\":\"1.0\",\"sys\":{\"ack\":1},\"params\":{\"power\":{\"value\":1107}},"
              + "\"method\":\"thing.event.property.post\"}");
      assertThat(pump.hears())
          .isEqualTo(
              THING
                  + "event/property/post_reply "
                  + "{\"code\":200,\"data\":{},\"id\":77,\"message\":\"success\","
                  + "\"method\":\"thing.event.property.post\",\"version\":\"1.0\"}");
      await().until(() -> new Setup(directory).archive().values("power").contains(1107L));
      // and text there; no reply is wanted of the first
      pump.says(
          THING + "event/property/post",
          "{\"id\":\"78\",\"sys\":{\"ack\":0},\"params\":{\"power\":12},\"method\":\"m\"}");
      pump.says(
          THING + "event/property/post",
          "{\"id\":\"79\",\"params\":{\"power\":13},\"method\":\"m\"}");
      assertThat(pump.hears()).contains("\"id\":\"79\"");
      // what cannot be read is answered, too
      pump.says(THING + "event/property/post", "{\"id\":\"80\",\"params\":{\"power\":");
      assertThat(pump.hears()).contains("\"code\":460", "\"id\":\"80\"");
      pump.says("/ext/ntp/a1SluiceDemo/pump-07/request", "{\"deviceSendTime\":1795802400000}");
      assertThat(pump.hears())
          .matches(
              "/ext/ntp/a1SluiceDemo/pump-07/response \\{\"deviceSendTime\":\"1795802400000\","
                  + "\"serverRecvTime\":\"\\d{13}\",\"serverSendTime\":\"\\d{13}\"}");
    }
  }

  @Test
  void alinkCommandIsWrittenAsPropertySetAndItsAnswerAcknowledgesIt() throws Exception {
    try (Firmware pump = new Firmware(PUMP_ID, PUMP, PUMP_PASSWORD)) {
      command("pump-07", "set", "{\"T\":30}");
      String set = pump.hears();
      assertThat(set)
          .matches(
              THING
                  + "service/property/set \\{\"method\":\"thing.service.property.set\","
                  + "\"id\":\"\\d+\",\"params\":\\{\"T\":30},\"version\":\"1.0\"}");
      String id = set.replaceAll(".*\"id\":(\"\\d+\").*", "$1");
      pump.says(
          THING + "service/property/set_reply", "{\"id\":" + id + ",\"code\":200,\"data\":{}}");
      pump.listens(THING + "service/reboot");
      command("pump-07", "reboot", "{}");
      assertThat(pump.hears())
          .startsWith(THING + "service/reboot {\"method\":\"thing.service.reboot\",\"id\":");
      awaitCommand("pump-07", "acknowledged");
    }
  }

  @Test
  void wrongSignatureAndAnothersAreRefusedAndTheAuditTellsWhich() throws Exception {
    assertThatThrownBy(() -> new Firmware(PUMP_ID, PUMP, PUMP_PASSWORD.replace('5', '6')))
        .isInstanceOf(MqttException.class);
    assertThatThrownBy(() -> new Firmware(PUMP_ID, "pump-08&a1SluiceDemo", PUMP_PASSWORD))
        .isInstanceOf(MqttException.class);
    String id = "5f1e2d3c4b5a_meter01";
    String old =
        hmac("HmacSHA256", "2020010100".getBytes(StandardCharsets.UTF_8), "S3cretOfMeter01");
    assertThatThrownBy(() -> new Firmware(id + "_0_1_2020010100", id, old))
        .isInstanceOf(MqttException.class);
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() ->
            assertThat(audit())
                .contains(
                    "the signature of device pump-07 by alink is not that of its secret",
                    "no device pump-08 is registered, which tried to sign in by alink",
                    "signed rightly by huawei-iotda, but its time ended at 2020-01-01T02:00:00Z"));
  }

  @Test
  void iotdaReportsSyncsItsTimeAndAnswersACommand() throws Exception {
    String id = "5f1e2d3c4b5a_meter01";
    String hour =
        ZonedDateTime.now(ZoneOffset.UTC)
            .format(DateTimeFormatter.ofPattern("yyyyMMddHH", Locale.ROOT));
    String password = hmac("HmacSHA256", hour.getBytes(StandardCharsets.UTF_8), "S3cretOfMeter01");
    String sys = "$oc/devices/" + id + "/sys/";
    try (Firmware meter = new Firmware(id + "_0_1_" + hour, id, password)) {
      meter.says(
          sys + "properties/report",
          "{\"services\":[{\"service_id\":\"Pump1\",\"properties\":{\"power\":5707}}]}");
      await().until(() -> new Setup(directory).archive().values("power").contains(5707L));
      meter.says(
          sys + "events/up",
          "{\"services\":[{\"service_id\":\"$time_sync\",\"event_type\":\"time_sync_request\","
              + "\"event_time\":\"20261127T180000Z\",\"paras\":{\"device_send_time\":1795802400000}}]}");
      assertThat(meter.hears())
          .startsWith(
              sys
                  + "events/down {\"object_device_id\":\""
                  + id
                  + "\",\"services\":[{\"service_id\":\"$time_sync\","
                  + "\"event_type\":\"time_sync_response\",\"event_time\":\"20")
          .contains("\"paras\":{\"device_send_time\":1795802400000,\"server_recv_time\":1");
      command(id, "Pump1.start", "{\"speed\":3}");
      String sent = meter.hears();
      assertThat(sent)
          .matches(
              "\\$oc/devices/5f1e2d3c4b5a_meter01/sys/commands/request_id=\\d+ "
                  + "\\{\"object_device_id\":\"5f1e2d3c4b5a_meter01\",\"service_id\":\"Pump1\","
                  + "\"command_name\":\"start\",\"paras\":\\{\"speed\":3}}");
      String request = sent.replaceAll(".*request_id=(\\d+) .*", "$1");
      meter.says(
          sys + "commands/response/request_id=" + request, "{\"result_code\":0,\"paras\":{}}");
    }
  }

  @Test
  void onenetPostIsRepliedByTheWordMsg() throws Exception {
    String token =
        "version=2018-10-31&res=products%2FXy12AbCdEf%2Fdevices%2Fonenet01&et=1827338400"
            + "&method=sha256&sign=";
    byte[] key = "sluice-demo-access-key-000000001".getBytes(StandardCharsets.UTF_8);
    byte[] sign =
        HexFormat.of()
            .parseHex(
                hmac(
                    "HmacSHA256",
                    key,
                    "1827338400\nsha256\nproducts/Xy12AbCdEf/devices/onenet01\n2018-10-31"));
    String encoded =
        URLEncoder.encode(Base64.getEncoder().encodeToString(sign), StandardCharsets.UTF_8);
    String thing = "$sys/Xy12AbCdEf/onenet01/thing/";
    try (Firmware meter = new Firmware("onenet01", "Xy12AbCdEf", token + encoded)) {
      meter.listens(thing + "#");
      meter.says(
          thing + "property/post",
          "{\"id\":\"1\",\"version\":\"1.0\",\"params\":{\"power\":{\"value\":2107}}}");
      assertThat(meter.hears())
          .isEqualTo(thing + "property/post/reply {\"id\":\"1\",\"code\":200,\"msg\":\"success\"}");
      command("onenet01", "set", "{\"T\":30}");
      assertThat(meter.hears())
          .matches(
              "\\$sys/Xy12AbCdEf/onenet01/thing/property/set "
                  + "\\{\"id\":\"\\d+\",\"version\":\"1.0\",\"params\":\\{\"T\":30}}");
      awaitCommand("onenet01", "acknowledged");
    }
  }

  @Test
  void tencentReportsAsksTheTimeAndTakesControl() throws Exception {
    try (Firmware meter =
        new Firmware(
            "AB12CD34EFmeter01",
            "AB12CD34EFmeter01;12010126;X7k2p;1827338400",
            "5aebfafbdf60276a60ac3a7f06c5a224496cc7d99e07c98d72c2acb166c1237a;hmacsha256")) {
      meter.listens("$thing/down/property/AB12CD34EF/meter01");
      meter.listens("$sys/operation/result/AB12CD34EF/meter01");
      meter.says(
          "$thing/up/property/AB12CD34EF/meter01",
          "{\"method\":\"report\",\"clientToken\":\"7\",\"params\":{\"power\":3107}}");
      assertThat(meter.hears())
          .isEqualTo(
              "$thing/down/property/AB12CD34EF/meter01 {\"method\":\"report_reply\","
                  + "\"clientToken\":\"7\",\"code\":0,\"status\":\"\"}");
      await().until(() -> new Setup(directory).archive().values("power").contains(3107L));
      meter.says("$sys/operation/AB12CD34EF/meter01", "{\"type\":\"get\",\"resource\":[\"time\"]}");
      assertThat(meter.hears())
          .matches(
              "\\$sys/operation/result/AB12CD34EF/meter01 \\{\"type\":\"get\",\"time\":\\d{10},"
                  + "\"ntptime1\":\\d{13},\"ntptime2\":\\d{13}}");
      command("meter01", "set", "{\"T\":30}");
      assertThat(meter.hears())
          .matches(
              "\\$thing/down/property/AB12CD34EF/meter01 \\{\"method\":\"control\","
                  + "\"clientToken\":\"\\d+\",\"params\":\\{\"T\":30}}");
    }
  }

  @Test
  void azureSendsWithAPropertyBagAndIsCalledByAMethod() throws Exception {
    byte[] key = "sluice-demo-azure-device-key-001".getBytes(StandardCharsets.UTF_8);
    String sr = "demo-hub.azure-devices.net%2Fdevices%2Fazure01";
    byte[] sig = HexFormat.of().parseHex(hmac("HmacSHA256", key, sr + "\n1827338400"));
    String password =
        "SharedAccessSignature sr="
            + sr
            + "&sig="
            + URLEncoder.encode(Base64.getEncoder().encodeToString(sig), StandardCharsets.UTF_8)
            + "&se=1827338400";
    try (Firmware device =
        new Firmware(
            "azure01", "demo-hub.azure-devices.net/azure01/?api-version=2021-04-12", password)) {
      device.says(
          "devices/azure01/messages/events/$.ct=application%2Fjson&$.ce=utf-8&room=3",
          "{\"power\":4107}");
      await().until(() -> new Setup(directory).archive().values("power").contains(4107L));
      device.listens("$iothub/methods/POST/#");
      command("azure01", "reboot", "{\"in\":5}");
      String call = device.hears();
      assertThat(call).matches("\\$iothub/methods/POST/reboot/\\?\\$rid=\\d+ \\{\"in\":5}");
      device.says("$iothub/methods/res/200/" + call.replaceAll(".*/(\\?\\S+) .*", "$1"), "{}");
      device.listens("$iothub/twin/res/#");
      device.says("$iothub/twin/GET/?$rid=9", "");
      assertThat(device.hears())
          .isEqualTo(
              "$iothub/twin/res/200/?$rid=9 "
                  + "{\"desired\":{\"$version\":1},\"reported\":{\"$version\":1}}");
    }
    // its own plain sign-in goes on beside the secret
    new Firmware("any", "azure01", "pw-of-azure01").close();
  }

  @Test
  void awsShadowUpdateIsAcceptedAndADeltaGoesDown() throws Exception {
    String shadow = "$aws/things/meter-1/shadow/";
    try (Firmware thing = new Firmware("meter-1", "meter-1", "secret-1")) {
      thing.listens(shadow + "update/accepted");
      thing.listens(shadow + "update/delta");
      thing.says(
          shadow + "update", "{\"state\":{\"reported\":{\"power\":5107}},\"clientToken\":\"c-1\"}");
      assertThat(thing.hears())
          .matches(
              "\\$aws/things/meter-1/shadow/update/accepted "
                  + "\\{\"state\":\\{\"reported\":\\{\"power\":5107}},\"version\":\\d+,"
                  + "\"timestamp\":\\d{10},\"clientToken\":\"c-1\"}");
      command("meter-1", "any", "{\"T\":30}");
      assertThat(thing.hears())
          .matches(
              "\\$aws/things/meter-1/shadow/update/delta \\{\"version\":\\d+,"
                  + "\"timestamp\":\\d{10},\"state\":\\{\"T\":30},\"metadata\":\\{}}");
    }
  }

  @Test
  void honoTakesTenantPropertyBagAndCommand() throws Exception {
    try (Firmware pump = new Firmware("hono", "pump7@PLANT1", "s3cret-of-pump7")) {
      pump.says("t/?content-type=application%2Fjson&hono-ttl=30", "{\"power\":6107}");
      await().until(() -> new Setup(directory).archive().values("power").contains(6107L));
      pump.says("t/PLANT1/pump7", "{\"power\":6207}");
      await().until(() -> new Setup(directory).archive().values("power").contains(6207L));
      pump.listens("c///q/#");
      command("pump7", "relay", "{\"on\":1}");
      String sent = pump.hears();
      assertThat(sent).matches("c///q/\\d+/relay \\{\"on\":1}");
      pump.says("c///s/" + sent.replaceAll("c///q/(\\d+)/.*", "$1") + "/200", "{}");
    }
  }

  @Test
  void thingsBoardIsAnsweredItsAttributesAndLimitsAndTakesRpc() throws Exception {
    String me = "v1/devices/me/";
    try (Firmware board = new Firmware("any", "t0ken-of-board-1-0123", null)) {
      board.listens(me + "attributes/response/+").listens(me + "rpc/request/+");
      board.listens(me + "rpc/response/+");
      board.says(me + "attributes/request/4", "{\"clientKeys\":\"a\"}");
      assertThat(board.hears()).isEqualTo(me + "attributes/response/4 {}");
      board.says(me + "rpc/request/5", "{\"method\":\"getSessionLimits\",\"params\":{}}");
      assertThat(board.hears())
          .startsWith(me + "rpc/response/5 {\"maxPayloadSize\":65536,\"maxInflightMessages\":100");
      board.says(me + "claim", "{\"secretKey\":\"s\",\"durationMs\":60000}");
      command("board-1", "setGpio", "{\"pin\":7}");
      String sent = board.hears();
      assertThat(sent)
          .matches(me + "rpc/request/\\d+ \\{\"method\":\"setGpio\",\"params\":\\{\"pin\":7}}");
      board.says(sent.substring(0, sent.indexOf(' ')).replace("request", "response"), "{}");
      awaitCommand("board-1", "acknowledged");
    }
  }

  @Test
  void gatewaysReportForTheirChildren() throws Exception {
    try (Firmware board = new Firmware("any", "t0ken-of-board-1-0123", null)) {
      board.says("v1/gateway/connect", "{\"device\":\"probe-1\",\"type\":\"T\"}");
      board.says("v1/gateway/telemetry", "{\"probe-1\":[{\"power\":7107},{\"power\":7108}]}");
      await().until(() -> new Setup(directory).archive().values("power").contains(7108L));
    }
    try (Firmware pump = new Firmware(PUMP_ID, PUMP, PUMP_PASSWORD)) {
      pump.says(
          "/ext/session/a1SluiceDemo/pump-07/combine/login",
          "{\"id\":\"9\",\"params\":{\"productKey\":\"p\",\"deviceName\":\"sub-1\"}}");
      assertThat(pump.hears()).contains("login_reply {\"id\":\"9\",\"code\":200");
      pump.says(
          THING + "event/property/pack/post",
          "{\"id\":\"10\",\"params\":{\"properties\":{\"power\":8107},\"subDevices\":[{\"identity\":"
              + "{\"productKey\":\"p\",\"deviceName\":\"sub-1\"},\"properties\":{\"power\":8108}}]},"
              + "\"method\":\"thing.event.property.pack.post\"}");
      assertThat(pump.hears()).startsWith(THING + "event/property/pack/post_reply {\"code\":200");
      await()
          .untilAsserted(() ->
              assertThat(new Setup(directory).archive().values("power")).contains(8107L, 8108L));
    }
  }

  /** The signature is the worked example over the content that help.aliyun.com 89299 prescribes. */
  @Test
  void subDeviceWithASecretIsSignedForByItsGateway() throws Exception {
    String login = "/ext/session/a1SluiceDemo/pump-07/combine/login";
    String params =
        "{\"id\":\"%s\",\"params\":{\"productKey\":\"a1SluiceSub1\",\"deviceName\":\"meter-3\","
            + "\"clientId\":\"a1SluiceSub1&meter-3\",\"timestamp\":\"1795802400000\","
            + "\"signMethod\":\"hmacSha1\",\"sign\":\"%s\",\"cleanSession\":\"true\"}}";
    try (Firmware pump = new Firmware(PUMP_ID, PUMP, PUMP_PASSWORD)) {
      long letters = gateway.operations().deadLetters().count();
      pump.says(login, params.formatted("1", "48ec1667d00044de56b709de57e128bf4d53c0e4"));
      assertThat(pump.hears())
          .startsWith(login + "_reply {\"id\":\"1\",\"code\":460,\"message\":\"the signature of");
      assertThat(gateway.operations().deadLetters().count()).isEqualTo(letters + 1);
      pump.says(login, params.formatted("2", "48ec1667d00044de56b709de57e128bf4d53c0e3"));
      assertThat(pump.hears())
          .isEqualTo(
              login
                  + "_reply {\"id\":\"2\",\"code\":200,\"message\":\"success\",\"data\":{\"productKey\":"
                  + "\"a1SluiceSub1\",\"deviceName\":\"meter-3\"}}");
      pump.says(
          "/sys/a1SluiceSub1/meter-3/thing/event/property/post",
          "{\"id\":\"3\",\"params\":{\"power\":9107},\"method\":\"thing.event.property.post\"}");
      assertThat(pump.hears()).contains("\"code\":200", "\"id\":\"3\"");
      await().until(() -> new Setup(directory).archive().values("power").contains(9107L));
    }
  }

  @Test
  void aDeviceMayNotListenToAnothers() throws Exception {
    try (Firmware meter = new Firmware("x", "meter-1", "secret-1")) {
      for (String filter :
          new String[] {
            "#", "$oc/devices/pump-07/sys/#", "/sys/a1SluiceDemo/pump-07/#", "devices/#", "+/+"
          }) {
        assertThatThrownBy(() -> meter.listens(filter))
            .as(filter)
            .isInstanceOf(MqttException.class);
      }
    }
  }

  @Test
  void theSecretIsNeverShown() throws Exception {
    String shown = admin("GET", "/api/v1/devices/pump-07", "");
    assertThat(shown).contains("\"secret\"").doesNotContain("3f0c9a52d17be846");
  }
}
