package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.api.GatewayTime;
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
            .replace("listeners:\n", "listeners:\n  http: { host: 127.0.0.1, port: 0 }\n"));
    Path devices = directory.resolve("devices.yaml");
    Files.writeString(
        devices,
        Files.readString(devices)
            + """
            - { id: signer-1, profile: energy-meter, sector: factory, site: plant-a,
                credentials: { secret: %s } }
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
        .atMost(Duration.ofSeconds(20))
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
}
