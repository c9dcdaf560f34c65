package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import io.sluice.api.GatewayTime;
import io.sluice.api.operator.CommandService;
import io.sluice.cli.config.GatewayFiles;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Devices that send by HTTP, in a whole gateway: what they are told, and what stands upstream. */
class HttpGatewayTest {
  private static final String SECRET = "s3cret-of-signer";

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private Setup setup;
  private Wiring gateway;

  @BeforeEach
  void start(@TempDir Path directory) throws Exception {
    setup = new Setup(directory);
    Path config = setup.config();
    Files.writeString(
        config,
        Files.readString(config)
            .replace(
                "listeners:\n",
                "listeners:\n  http: { host: 127.0.0.1, port: 0, dialects: [ sluice, thingsboard,"
                    + " hono, chirpstack, the-things-stack ] }\n"));
    Path devices = directory.resolve("devices.yaml");
    Files.writeString(
        devices,
        Files.readString(devices)
            + """
            - { id: signer-1, profile: energy-meter, sector: factory, site: plant-a,
                credentials: { secret: %s } }
            - { id: pump7, profile: energy-meter, sector: factory, site: plant-a,
                credentials: { password: s3cret } }
            - { id: lns-1, profile: cnc, sector: factory, site: plant-a,
                credentials: { token: token-of-lns-1-0123456789 } }
            - { id: "0101010101010101", profile: energy-meter, sector: factory, site: plant-a, parent: lns-1 }
            - { id: 70b3d57ed0001234, profile: energy-meter, sector: factory, site: plant-a, parent: lns-1 }
            """
                .formatted(SECRET));
    StringWriter said = new StringWriter();
    GatewayFiles files = GatewayFiles.load(config, new PrintWriter(said, true));
    assertThat(files).as(said.toString()).isNotNull();
    gateway = Wiring.start(files, GatewayTime.system());
  }

  @AfterEach
  void stop() {
    client.close();
    gateway.close();
  }

  private HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create("http://" + gateway.address("http") + path));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private static String basic(String user, String password) {
    return "Basic "
        + Base64.getEncoder()
            .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
  }

  private void awaitValues(String metric, Long... values) {
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () -> assertThat(setup.archive().values(metric)).containsExactlyInAnyOrder(values));
  }

  @Test
  void deviceIsKnownByPasswordOrTokenAndItsRecordIsUpstream() throws Exception {
    HttpResponse<String> meter =
        send(
            to("/telemetry")
                .header("Authorization", basic("meter-1", "secret-1"))
                .header("Content-Type", "application/json; charset=utf-8")
                .POST(BodyPublishers.ofString("{\"voltage\":230}")));
    assertThat(meter.statusCode()).as(meter.body()).isEqualTo(200);
    HttpResponse<String> water =
        send(
            to("/telemetry")
                .header("Authorization", "Bearer " + Setup.TOKEN)
                .PUT(BodyPublishers.ofString("{\"volume\":12}")));
    assertThat(water.statusCode()).as(water.body()).isEqualTo(200);
    awaitValues("voltage", 230L);
    awaitValues("volume", 12L);
    assertThat(setup.archive().records())
        .allSatisfy(record -> assertThat(record.get("proto").stringValue()).isEqualTo("http"));
  }

  @Test
  void faultNamesTheFieldAndWhatIsWrong() throws Exception {
    HttpResponse<String> refused =
        send(
            to("/telemetry")
                .header("Authorization", basic("meter-1", "secret-1"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"voltage\":")));
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.headers().firstValue("content-type")).contains("application/problem+json");
    assertThat(GatewayProcess.JSON.readTree(refused.body()).get("detail").stringValue())
        .contains("byte ");
    assertThat(send(to("/telemetry").POST(BodyPublishers.ofString("{}"))).statusCode())
        .isEqualTo(401);
    assertThat(send(to("/nowhere").POST(BodyPublishers.ofString("{}"))).statusCode())
        .isEqualTo(404);
  }

  @Test
  void badLineCostsThatLine() throws Exception {
    HttpResponse<String> answer =
        send(
            to("/telemetry")
                .header("Authorization", basic("meter-1", "secret-1"))
                .header("Content-Type", "application/x-ndjson")
                .POST(
                    BodyPublishers.ofString(
                        "{\"voltage\":1}\n{\"voltage\":\n\n{\"voltage\":3}\n")));
    assertThat(answer.statusCode()).isEqualTo(200);
    var body = GatewayProcess.JSON.readTree(answer.body());
    assertThat(body.get("stored").intValue()).isEqualTo(2);
    assertThat(body.get("refused")).hasSize(1);
    assertThat(body.get("refused").get(0).get("line").intValue()).isEqualTo(2);
    awaitValues("voltage", 1L, 3L);
  }

  @Test
  void signedRequestIsTakenOnceAndWithinItsWindow() throws Exception {
    long now = System.currentTimeMillis();
    assertThat(signed(now, SECRET, 5).statusCode()).isEqualTo(200);
    HttpResponse<String> replayed = signed(now, SECRET, 5);
    assertThat(replayed.statusCode()).isEqualTo(200);
    assertThat(replayed.headers().firstValue("idempotency-replayed")).contains("true");
    assertThat(signed(now, "wrong", 6).statusCode()).isEqualTo(401);
    HttpResponse<String> late = signed(now - 3_600_000, SECRET, 7);
    assertThat(late.statusCode()).isEqualTo(401);
    assertThat(late.body()).contains("clock");
    awaitValues("voltage", 5L);
  }

  private HttpResponse<String> signed(long millis, String secret, int voltage) throws Exception {
    String body = "{\"voltage\":" + voltage + "}";
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    String text = "POST\n/telemetry\n" + millis + "\n\n" + body;
    String signature = HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
    return send(
        to("/telemetry")
            .header("X-Sluice-Device", "signer-1")
            .header("X-Sluice-Timestamp", Long.toString(millis))
            .header("X-Sluice-Signature", signature)
            .POST(BodyPublishers.ofString(body)));
  }

  /** thingsboard.io, "HTTP Device API Reference": 200 and nothing in it; 401 for a wrong token. */
  @Test
  void deviceOfThingsBoardSendsByTheTokenInItsPath() throws Exception {
    String path = "/api/v1/" + Setup.TOKEN;
    HttpResponse<String> answer =
        send(
            to(path + "/telemetry")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"ts\":1795802400000,\"values\":{\"volume\":7}}")));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.body()).isEmpty();
    HttpResponse<String> limits =
        send(
            to(path + "/rpc")
                .POST(BodyPublishers.ofString("{\"method\":\"getSessionLimits\",\"params\":{}}")));
    assertThat(limits.statusCode()).isEqualTo(200);
    assertThat(limits.body()).contains("\"maxPayloadSize\":65536");
    assertThat(send(to("/api/v1/no/telemetry").POST(BodyPublishers.ofString("{}"))).statusCode())
        .isEqualTo(401);
    awaitValues("volume", 7L);
    assertThat(setup.archive().records())
        .as("the token stands nowhere")
        .noneMatch(record -> record.toString().contains(Setup.TOKEN));
  }

  /** eclipse.dev/hono, "HTTP Adapter", "Publish Telemetry Data (authenticated Device)". */
  @Test
  void deviceOfHonoSignsInWithItsTenant() throws Exception {
    HttpResponse<String> answer =
        send(
            to("/telemetry")
                .header("Authorization", "Basic cHVtcDdAUExBTlQxOnMzY3JldA==")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"voltage\":229}")));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    awaitValues("voltage", 229L);
  }

  private String submit(String device, String name, String json) {
    CommandService.Submission submitted =
        gateway
            .operations()
            .commands()
            .submit(
                new DeviceId(device),
                name,
                ContentType.JSON,
                json.getBytes(StandardCharsets.UTF_8),
                Duration.ofHours(1));
    assertThat(submitted).isInstanceOf(CommandService.Submission.Taken.class);
    return ((CommandService.Submission.Taken) submitted).command().id();
  }

  private CommandService.State stateOf(String device, String command) {
    return gateway.operations().commands().get(new DeviceId(device), command).state();
  }

  /**
   * thingsboard.io, "HTTP Device API Reference", "Server-side RPC" and "Attributes API"; 408 and
   * the number as id: DeviceApiController of thingsboard/thingsboard.
   */
  @Test
  void deviceOfThingsBoardTakesCommandsByALongPollAndAnswersThem() throws Exception {
    String path = "/api/v1/" + Setup.TOKEN;
    assertThat(send(to(path + "/rpc?timeout=50").GET()).statusCode()).isEqualTo(408);
    CompletableFuture<HttpResponse<String>> waiting =
        client.sendAsync(to(path + "/rpc?timeout=20000").GET().build(), BodyHandlers.ofString());
    String id = submit("water-1", "setGpio", "{\"pin\":\"23\",\"value\":1}");
    HttpResponse<String> first = waiting.get(60, TimeUnit.SECONDS);
    Matcher request =
        Pattern.compile(
                "\\{\"id\":(\\d+),\"method\":\"setGpio\",\"params\":\\{\"pin\":\"23\",\"value\":1}}")
            .matcher(first.body());
    assertThat(first.statusCode()).isEqualTo(200);
    assertThat(request.matches()).as(first.body()).isTrue();
    HttpResponse<String> answered =
        send(to(path + "/rpc/" + request.group(1)).POST(BodyPublishers.ofString("{\"ok\":true}")));
    assertThat(answered.statusCode()).as(answered.body()).isEqualTo(200);
    assertThat(stateOf("water-1", id)).isEqualTo(CommandService.State.ACKNOWLEDGED);
    HttpResponse<String> attributes =
        send(to(path + "/attributes?clientKeys=a&sharedKeys=b").GET());
    assertThat(attributes.body()).isEqualTo("{}");
    assertThat(send(to("/api/v1/no/attributes").GET()).statusCode()).isEqualTo(401);
    assertThat(send(to(path + "/rpc?timeout=soon").GET()).statusCode()).isEqualTo(400);
  }

  /**
   * eclipse.dev/hono, "HTTP Adapter": time till disconnect, and "Sending a Response to a Command".
   */
  @Test
  void deviceOfHonoTakesACommandInTheAnswerToWhatItSends() throws Exception {
    String own = basic("pump7@PLANT1", "s3cret");
    HttpRequest.Builder none =
        to("/telemetry?hono-ttd=0")
            .header("Authorization", own)
            .POST(BodyPublishers.ofString("{\"voltage\":228}"));
    assertThat(send(none).headers().map()).doesNotContainKey("hono-command");
    CompletableFuture<HttpResponse<String>> waiting =
        client.sendAsync(
            to("/event")
                .header("Authorization", own)
                .header("hono-ttd", "20")
                .header("Content-Type", "application/vnd.eclipse-hono-empty-notification")
                .POST(BodyPublishers.noBody())
                .build(),
            BodyHandlers.ofString());
    String id = submit("pump7", "setBrightness", "{\"brightness\":87}");
    HttpResponse<String> command = waiting.get(60, TimeUnit.SECONDS);
    assertThat(command.statusCode()).isEqualTo(200);
    assertThat(command.headers().firstValue("hono-command")).contains("setBrightness");
    assertThat(command.body()).isEqualTo("{\"brightness\":87}");
    String request = command.headers().firstValue("hono-cmd-req-id").orElseThrow();
    HttpRequest.Builder without =
        to("/command/res/" + request)
            .header("Authorization", own)
            .POST(BodyPublishers.ofString("{}"));
    assertThat(send(without).statusCode()).isEqualTo(400);
    HttpRequest.Builder refused =
        to("/command/res/PLANT1/pump7/" + request + "?hono-cmd-status=503")
            .header("Authorization", own)
            .PUT(BodyPublishers.ofString("{}"));
    assertThat(send(refused).statusCode()).isEqualTo(200);
    assertThat(stateOf("pump7", id)).isEqualTo(CommandService.State.REFUSED);
    awaitValues("voltage", 228L);
    assertThat(gateway.operations().deadLetters().count()).isZero();
  }

  /**
   * chirpstack.io, "Event types", "up", by its HTTP integration; thethingsindustries.com, "Data
   * formats", "Uplink message", by a webhook.
   */
  @Test
  void networkServersPostWhatTheirDevicesSend() throws Exception {
    String chirpStack =
        """
        {"deduplicationId":"3ac7e3c4-4401-4b8d-9386-a5c902f9202d","time":"2022-07-18T09:34:15.775023242+00:00",
         "deviceInfo":{"tenantId":"52f14cd4-c6f1-4fbd-8f87-4025e1d49242","tenantName":"ChirpStack",
          "applicationId":"17c82e96-be03-4f38-aef3-f83d48582d97","applicationName":"Test application",
          "deviceProfileId":"14855bf7-d10d-4aee-b618-ebfcb64dc7ad","deviceProfileName":"Test device-profile",
          "deviceName":"Test device","devEui":"0101010101010101","tags":{"key":"value"}},
         "devAddr":"00189440","dr":1,"fPort":1,"data":"qg==","object":{"voltage":231},
         "rxInfo":[{"gatewayId":"0016c001f153a14c","uplinkId":4217106255,"rssi":-36,"snr":10.5}],
         "txInfo":{"frequency":867100000}}
        """;
    String things =
        """
        {"end_device_ids":{"device_id":"dev1","application_ids":{"application_id":"app1"},
          "dev_eui":"70B3D57ED0001234","join_eui":"800000000000000C","dev_addr":"00BCB929"},
         "correlation_ids":["as:up:01E0WZGT6Y7657CPFPE5WEYDSQ"],"received_at":"2020-02-12T15:15:45.787Z",
         "uplink_message":{"session_key_id":"AXBSH1Pk6Z0G166w==","f_port":15,"f_cnt":3,"frm_payload":"4i4=",
          "decoded_payload":{"voltage":232},
          "rx_metadata":[{"gateway_ids":{"gateway_id":"gtw1"},"rssi":-35,"snr":5.2}],
          "received_at":"2020-02-12T15:15:45.585Z"}}
        """;
    assertThat(webhook("/chirpstack?event=up", chirpStack).statusCode()).isEqualTo(200);
    HttpResponse<String> ofThings = webhook("/ttn/up", things);
    assertThat(ofThings.statusCode()).as(ofThings.body()).isEqualTo(200);
    awaitValues("voltage", 231L, 232L);
  }

  private HttpResponse<String> webhook(String path, String body) throws Exception {
    return send(
        to(path)
            .header("Authorization", "Bearer token-of-lns-1-0123456789")
            .header("Content-Type", "application/json")
            .header("X-Downlink-Push", "https://lns.example/push")
            .POST(BodyPublishers.ofString(body)));
  }
}
