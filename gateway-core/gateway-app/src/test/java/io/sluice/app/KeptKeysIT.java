package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The process is killed between what a device is answered and what it sends again. */
class KeptKeysIT {
  private static final int MESSAGES = 50;

  @TempDir Path directory;

  private final HttpClient client = HttpClient.newHttpClient();

  private HttpResponse<String> send(GatewayProcess gateway, int number) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + gateway.port("http") + "/telemetry"))
            .header("Authorization", "Bearer " + Setup.TOKEN)
            .header("Idempotency-Key", "key-" + number)
            .POST(BodyPublishers.ofString("{\"volume\":" + number + "}"))
            .build();
    return client.send(request, BodyHandlers.ofString());
  }

  @Test
  void whatIsSentAgainAfterKillNineIsAnsweredAsBeforeAndStoredOnce() throws Exception {
    Setup setup = new Setup(directory);
    Path config = setup.config();
    Files.writeString(
        config,
        Files.readString(config)
            .replace("listeners:\n", "listeners:\n  http: { host: 127.0.0.1, port: 0 }\n"));
    List<Long> sent = new ArrayList<>();
    try (GatewayProcess gateway = GatewayProcess.start(config)) {
      for (int i = 0; i < MESSAGES; i++) {
        assertThat(send(gateway, i).statusCode()).isEqualTo(200);
        sent.add((long) i);
      }
      gateway.kill();
    }
    try (GatewayProcess gateway = GatewayProcess.start(config)) {
      for (int i = 0; i <= MESSAGES; i++) {
        HttpResponse<String> answer = send(gateway, i);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("idempotency-replayed").isPresent())
            .isEqualTo(i < MESSAGES);
      }
      sent.add((long) MESSAGES);
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() ->
              assertThat(setup.archive().values("volume"))
                  .containsExactlyInAnyOrder(sent.toArray(Long[]::new)));
    }
  }
}
