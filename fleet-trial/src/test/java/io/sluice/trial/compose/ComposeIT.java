package io.sluice.trial.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.testkit.Program;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The Compose example as it is shipped, with the addresses of a test's network: a device comes
 * through HAProxy, its gateway is killed, and it is counted on through another one.
 */
@Tag("containers")
@Timeout(900)
class ComposeIT {
  private static final Path HOME = Path.of("..").toAbsolutePath().normalize();
  private static final String PASSWORD = "password-of-meter-1";
  private static final String DEVICE =
      """
      {"profile": "energy-meter", "sector": "factory", "site": "plant-a", "commissioned": true,
       "credentials": {"password": "%s"}}
      """
          .formatted(PASSWORD);

  /** In a slot that is over: the window ends with the last of those. */
  private static final Duration AGO = Duration.ofMinutes(2);

  @TempDir private Path directory;

  private final HttpClient http = HttpClient.newHttpClient();

  /** In CI, where {@code SLUICE_REQUIRE_TOOLS} is set, what is missing is a failure. */
  private static void assumeItCanRun() throws IOException, InterruptedException {
    if (System.getenv("SLUICE_REQUIRE_TOOLS") != null) {
      return;
    }
    Duration soon = Duration.ofSeconds(20);
    assumeTrue(
        Program.run(soon, Map.of(), "docker", "version").exitCode() == 0,
        "no Docker engine answers: build/images starts Debian's (docs/containers.md)");
    assumeTrue(Program.run(soon, Map.of(), "docker-compose", "version").exitCode() == 0);
    assumeTrue(
        Program.run(soon, Map.of(), "id", "-u").output().strip().equals("0"),
        "its secrets belong to the containers' users, which only root can say");
    for (String module : List.of("gateway-app", "gateway-fleet")) {
      assumeTrue(
          Files.exists(HOME.resolve("gateway-core/" + module + "/target/sluice/sluice-sbom.json")),
          "packaged without its bill of materials, as mvn -o does");
    }
  }

  @Test
  void aDeviceIsCountedOnWhereItsGatewayIsKilled() throws Exception {
    assumeItCanRun();
    try (ComposeExample example = new ComposeExample(HOME, directory.resolve("deploy"))) {
      example.start();
      try {
        run(example);
      } catch (Exception | AssertionError e) {
        e.addSuppressed(new IOException(example.logs()));
        throw e;
      }
    }
  }

  private void run(ComposeExample example) throws Exception {
    await("a gateway that is ready")
        .atMost(Duration.ofMinutes(3))
        .ignoreExceptionsInstanceOf(IOException.class)
        .until(() -> add(example) == 201);
    eventually("a device through the balancer").until(() -> publish(example, 230) == 0);
    eventually("the figure of the fleet")
        .untilAsserted(() -> {
          JsonNode coverage = coverage(example, "");
          assertThat(coverage.at("/fleet/provisional").asBoolean(true))
              .as("%s", coverage)
              .isFalse();
          assertThat(coverage.at("/groups/0/received").asInt()).as("%s", coverage).isOne();
        });
    AtomicInteger found = new AtomicInteger();
    // perhaps of another instance than the figure, which may still be getting whole
    eventually("the gateway of the device").untilAsserted(() -> found.set(place(example)));
    int its = found.get();

    example.compose("kill", "-s", "SIGKILL", "gateway-" + its);
    eventually("the device through another gateway").until(() -> publish(example, 231) == 0);
    eventually("the figure, with what came through another gateway")
        .untilAsserted(() -> {
          JsonNode coverage = coverage(example, "");
          assertThat(coverage.at("/groups/0/received").asInt()).as("%s", coverage).isGreaterThan(1);
          assertThat(place(example)).isNotEqualTo(its);
        });
  }

  private static ConditionFactory eventually(String what) {
    return await(what)
        .atMost(Duration.ofMinutes(2))
        .pollInterval(Duration.ofMillis(500))
        .ignoreExceptionsInstanceOf(IOException.class);
  }

  /** The gateway at which the view has the device. */
  private int place(ComposeExample example) throws IOException, InterruptedException {
    List<Integer> found = new ArrayList<>();
    for (int number = 1; number <= 3; number++) {
      if (!coverage(example, "&by=site&gateway=gw-" + number).get("groups").isEmpty()) {
        found.add(number);
      }
    }
    assertThat(found).as("gateways that have the device").hasSize(1);
    return found.getFirst();
  }

  private int add(ComposeExample example) throws IOException, InterruptedException {
    return send(
            example,
            example.gateway(1) + "/api/v1/devices/meter-1",
            "PUT",
            BodyPublishers.ofString(DEVICE))
        .statusCode();
  }

  /** The balancer's port of MQTT. */
  private static int publish(ComposeExample example, int volts)
      throws IOException, InterruptedException {
    return Program.run(
            Duration.ofSeconds(20),
            Map.of(),
            "mosquitto_pub",
            "-p",
            String.valueOf(example.mqttPort),
            "-i",
            "meter-1",
            "-u",
            "meter-1",
            "-P",
            PASSWORD,
            "-q",
            "1",
            "-t",
            "telemetry",
            "-m",
            "{\"voltage\":%d,\"ts\":\"%s\"}".formatted(volts, Instant.now().minus(AGO)))
        .exitCode();
  }

  private JsonNode coverage(ComposeExample example, String more)
      throws IOException, InterruptedException {
    String address = "http://127.0.0.1:" + example.viewPort + "/api/v1/coverage?window=1h";
    HttpResponse<String> answer = send(example, address + more, "GET", BodyPublishers.noBody());
    if (answer.statusCode() != 200) {
      throw new IOException(answer.statusCode() + " " + answer.body());
    }
    return JsonMapper.shared().readTree(answer.body());
  }

  private HttpResponse<String> send(
      ComposeExample example, String address, String method, HttpRequest.BodyPublisher body)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(address))
            .timeout(Duration.ofSeconds(30))
            .header("Authorization", "Bearer " + example.token())
            .header("Content-Type", "application/json")
            .method(method, body)
            .build();
    return http.send(request, BodyHandlers.ofString());
  }
}
