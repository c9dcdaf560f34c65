package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.adapter.testkit.Authority;
import io.sluice.adapter.testkit.Authority.Signed;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gateway with a recognizable secret in every place: none of them may show anywhere. */
class SecretsIT {
  private static final String ADMIN_TOKEN = "sEcReT-admin-token-0123456789";
  private static final String PASSWORD = "sEcReT-device-password";
  private static final String TOKEN = "sEcReT-device-token-0123456789";
  private static final String PSK = "5ec2e75ec2e75ec2e75ec2e75ec2e701";
  private static final String UPSTREAM = "sEcReT-upstream-password";
  private static final String SPOOL_KEY = "5ec2e75ec2e75ec2e75ec2e75ec2e702".repeat(2);
  private static final String AUDIT_KEY = "sEcReT-audit-key-0123456789";
  private static final String WRONG = "sEcReT-wrong-password";
  private static final String STRAY_TOKEN = "sEcReT-stray-token-0123456789";

  private static final List<String> SECRETS =
      List.of("sEcReT", PSK, base64(PSK), SPOOL_KEY, base64(SPOOL_KEY), "PRIVATE KEY");

  private static final List<String> PATHS =
      List.of(
          "/",
          "/metrics",
          "/health/live",
          "/health/ready",
          "/api/v1/status",
          "/api/v1/coverage",
          "/api/v1/devices",
          "/api/v1/devices/meter-1",
          "/api/v1/devices/water-1",
          "/api/v1/devices/psk-1",
          "/api/v1/devices/meter-1/commands",
          "/api/v1/claims",
          "/api/v1/upstreams",
          "/api/v1/ledger",
          "/api/v1/dead-letters",
          "/api/v1/alarms",
          "/api/v1/openapi.yaml");

  @TempDir Path directory;

  private final HttpClient http = HttpClient.newHttpClient();
  private GatewayProcess gateway;

  private static String base64(String hex) {
    return Base64.getEncoder().withoutPadding().encodeToString(HexFormat.of().parseHex(hex));
  }

  @BeforeEach
  void start() throws Exception {
    Signed server = Authority.create(directory.resolve("ca")).server();
    Path config =
        new Setup(directory)
            .config(
                server,
                "",
                """
                audit: { key-file: audit.key }
                spool: { encryption: { key-file: spool.key } }
                """,
                "{ name: cloud, type: mqtt, uri: tcp://127.0.0.1:9, username: u, password: "
                    + UPSTREAM
                    + ", topic: x }");
    Files.writeString(directory.resolve("audit.key"), AUDIT_KEY);
    Files.writeString(directory.resolve("spool.key"), SPOOL_KEY);
    Files.writeString(
        config,
        Files.readString(config)
            .replace("admin: { port: 0 }", "admin: { port: 0, token: " + ADMIN_TOKEN + " }"));
    Files.writeString(
        directory.resolve("devices.yaml"),
        """
        - { id: meter-1, profile: energy-meter, sector: factory, site: plant-a,
            credentials: { password: %s } }
        - { id: water-1, profile: water-meter, sector: public-service, site: north,
            credentials: { token: %s } }
        - { id: psk-1, profile: water-meter, sector: public-service, site: north,
            credentials: { psk: { identity: psk-1, key: %s } } }
        """
            .formatted(PASSWORD, TOKEN, PSK));
    gateway = GatewayProcess.start(config);
  }

  @AfterEach
  void stop() {
    http.close();
    gateway.close();
  }

  @Test
  void noSecretShowsInLogsMetricsAnswersAuditOrProcessList() throws Exception {
    Map<String, String> shown = new LinkedHashMap<>();
    traffic(shown);
    for (String path : PATHS) {
      shown.put("GET " + path, get(path, ADMIN_TOKEN).body());
      shown.put("GET " + path + " without the token", get(path, WRONG).body());
    }
    assertThat(shown.get("GET /api/v1/devices/meter-1")).contains("energy-meter");
    assertThat(shown.get("GET /metrics")).contains("sluice_messages_rejected_total");
    shown.put("process list", commandLine());
    shown.put("support bundle", supportBundle());
    assertThat(shown.get("support bundle")).contains("cloud", "sluice_spool_records");
    await().untilAsserted(() -> assertThat(audit()).contains("session.refused", "uplink.refused"));
    gateway.terminate();
    shown.put("log", gateway.log());
    shown.put("audit", audit());
    for (Map.Entry<String, String> each : shown.entrySet()) {
      assertThat(each.getValue()).as(each.getKey()).doesNotContain(SECRETS);
    }
    assertThat(shown.get("audit")).contains("meter-1", "gateway.started", "gateway.stopped");
    sluiceAudit();
  }

  /** The right and the wrong credentials, in every place where they can stand. */
  private void traffic(Map<String, String> shown) throws Exception {
    publish("-u", "meter-1", "-P", PASSWORD, "-t", "telemetry").succeeded();
    publish("-u", TOKEN, "-t", "telemetry").succeeded();
    shown.put(
        "foreign topic",
        publish("-u", "meter-1", "-P", PASSWORD, "-t", "telemetry/water-1").output());
    shown.put("wrong password", publish("-u", "meter-1", "-P", WRONG, "-t", "telemetry").output());
    shown.put("unknown name", publish("-u", "meter-9", "-P", WRONG, "-t", "telemetry").output());
    shown.put("stray token", publish("-u", STRAY_TOKEN, "-t", "telemetry").output());
    shown.put(
        "stray token with an empty password",
        publish("-u", STRAY_TOKEN, "-P", "", "-t", "telemetry").output());
    shown.put("unmapped", publish("-u", "meter-1", "-P", PASSWORD, "-t", "my/topic").output());
    shown.put("coap", coap("water-1", TOKEN).output());
    shown.put("coap, wrong", coap("water-1", WRONG).output());
    shown.put("coap, nobody", coap("nobody", STRAY_TOKEN).output());
  }

  private Tool publish(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("mosquitto_pub", "-V", "5", "-q", "1"));
    command.addAll(List.of("-p", String.valueOf(gateway.port("mqtt")), "-m", "{\"n\":1}"));
    command.addAll(List.of(arguments));
    return Tool.run(command.toArray(String[]::new));
  }

  private Tool coap(String device, String token) throws Exception {
    return Tool.run(
        "coap-client-notls",
        "-m",
        "post",
        "-t",
        "json",
        "-e",
        "{",
        "coap://127.0.0.1:%d/telemetry?d=%s&k=%s".formatted(gateway.port("coap"), device, token));
  }

  private HttpResponse<String> get(String path, String token)
      throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + gateway.port("admin") + path);
    HttpRequest request =
        HttpRequest.newBuilder(uri).header("Authorization", "Bearer " + token).GET().build();
    return http.send(request, HttpResponse.BodyHandlers.ofString());
  }

  private String commandLine() throws IOException {
    Path process = Path.of("/proc", String.valueOf(gateway.pid()));
    return Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1);
  }

  private String supportBundle() throws Exception {
    Path archive = directory.resolve("support.tar.gz");
    CommandLines.run(
        gateway,
        "support-bundle",
        "--config",
        directory.resolve("sluice.yaml").toString(),
        "--output",
        archive.toString(),
        "--token",
        ADMIN_TOKEN);
    return Tool.run("tar", "-xzOf", archive.toString()).succeeded().output();
  }

  private String audit() throws IOException {
    StringBuilder all = new StringBuilder();
    try (Stream<Path> files = Files.list(directory.resolve("var/audit"))) {
      for (Path file : files.toList()) {
        all.append(Files.readString(file));
      }
    }
    return all.toString();
  }

  private void sluiceAudit() {
    String data = directory.resolve("var").toString();
    String key = directory.resolve("audit.key").toString();
    String[] verify = {"audit", "verify", "--data", data, "--key-file", key};
    assertThat(Main.commandLine(verify).execute(verify)).isZero();
  }
}
