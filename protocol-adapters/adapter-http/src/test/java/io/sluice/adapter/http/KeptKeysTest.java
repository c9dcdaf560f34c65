package io.sluice.adapter.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.adapter.http.request.HttpOptions;
import io.sluice.adapter.testkit.AdapterContract;
import io.sluice.adapter.testkit.RecordingGateway;
import io.sluice.api.RejectReason;
import io.sluice.api.adapter.Adapter;
import io.sluice.api.adapter.Receipt;
import io.sluice.api.config.Bytes;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Idempotency keys over a restart: nothing of a gateway is closed here before the next begins. */
class KeptKeysTest {
  private static final int KEYS = 8;

  @TempDir private Path directory;

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final HttpOptions usual = HttpOptions.FOR_TESTS;

  /** One life of a gateway. */
  private record Life(RecordingGateway gateway, Adapter adapter) {}

  private final List<Life> lives = new ArrayList<>();

  private Life start() throws Exception {
    HttpOptions options =
        new HttpOptions(
            1000,
            new Bytes(1 << 20),
            new Bytes(2 << 20),
            new Bytes(1 << 20),
            usual.maxHeader(),
            32,
            Duration.ofSeconds(10),
            Duration.ofSeconds(20),
            Duration.ofMinutes(5),
            Duration.ofHours(24),
            KEYS,
            List.of(),
            usual.transport(),
            1,
            usual.maxUnadmittedBytes(),
            usual.proxies());
    Adapter adapter =
        new HttpAdapterFactory().create("http", new HttpSettings("127.0.0.1", 0, options));
    RecordingGateway gateway = new RecordingGateway().device("d1", "pw").keeping(directory);
    adapter.start(gateway);
    Life life = new Life(gateway, adapter);
    lives.add(life);
    return life;
  }

  @AfterEach
  void stop() {
    client.shutdownNow();
    lives.forEach(life -> {
      life.adapter.close();
      life.gateway.close();
    });
  }

  private HttpResponse<String> post(Life life, String key, String path, String body)
      throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + AdapterContract.port(life.adapter) + path))
            .header("Authorization", HttpContractTest.basic("d1", "pw"))
            .header("Idempotency-Key", key)
            .POST(BodyPublishers.ofString(body))
            .build();
    return client.send(request, BodyHandlers.ofString());
  }

  private static List<String> stored(Life life) {
    return life.gateway.stored().stream().map(each -> new String(each.payload(), UTF_8)).toList();
  }

  private List<Path> files() throws Exception {
    try (Stream<Path> all = Files.list(directory.resolve("idempotency"))) {
      return all.sorted().toList();
    }
  }

  @Test
  void whatWasAnsweredIsStoredOnceThoughItIsSentAgainToTheNextProcess() throws Exception {
    Life first = start();
    assertThat(post(first, "k1", "/telemetry", "1").statusCode()).isEqualTo(200);
    first.gateway.answer(_ -> new Receipt.Rejected(RejectReason.PAYLOAD_INVALID, "bad", true));
    assertThat(post(first, "k2", "/telemetry", "2").statusCode()).isEqualTo(400);
    Life second = start();
    HttpResponse<String> again = post(second, "k1", "/telemetry", "1");
    assertThat(again.statusCode()).isEqualTo(200);
    assertThat(again.headers().firstValue("idempotency-replayed")).contains("true");
    assertThat(post(second, "k1", "/telemetry", "x").statusCode()).isEqualTo(422);
    assertThat(post(second, "k2", "/telemetry", "2").statusCode()).isEqualTo(200);
    assertThat(stored(second)).containsExactly("2");
  }

  @Test
  void linesThatWereStoredAreNotStoredAgain() throws Exception {
    Life first = start();
    first.gateway.answer(uplink ->
        new String(uplink.payload(), UTF_8).equals("2")
            ? new Receipt.Busy(10_000)
            : first.gateway.storedReceipt(uplink));
    HttpResponse<String> part = post(first, "k1", "/telemetry?batch", "[1,2,3]");
    assertThat(part.body()).contains("\"again\":[2]");
    Life second = start();
    String whole = post(second, "k1", "/telemetry?batch", "[1,2,3]").body();
    assertThat(stored(second)).containsExactly("2");
    Life third = start();
    assertThat(post(third, "k1", "/telemetry?batch", "[1,2,3]").body()).isEqualTo(whole);
    assertThat(stored(third)).isEmpty();
  }

  @Test
  void endThatWasNotWrittenWholeCostsThatKeyAlone() throws Exception {
    Life first = start();
    assertThat(Files.exists(directory.resolve("idempotency"))).isFalse();
    for (String key : List.of("a", "b")) {
      post(first, key, "/telemetry", key);
    }
    Path file = files().getFirst();
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length - 1));
    Life second = start();
    for (String key : List.of("a", "b", "c")) {
      assertThat(post(second, key, "/telemetry", key).statusCode()).isEqualTo(200);
    }
    assertThat(stored(second)).containsExactly("b", "c");
    Files.write(files().getLast(), new byte[] {0, 0}, StandardOpenOption.APPEND);
    Life third = start();
    for (String key : List.of("a", "b", "c")) {
      post(third, key, "/telemetry", key);
    }
    assertThat(stored(third)).isEmpty();
  }

  @Test
  void filesAreNoMoreThanWhatIsRemembered() throws Exception {
    Life first = start();
    for (int i = 0; i < 10 * KEYS; i++) {
      post(first, "k" + i, "/telemetry", String.valueOf(i));
    }
    assertThat(files()).hasSizeBetween(4, 6);
    Life second = start();
    for (int i = 10 * KEYS - KEYS + 1; i < 10 * KEYS; i++) {
      post(second, "k" + i, "/telemetry", String.valueOf(i));
    }
    assertThat(stored(second)).isEmpty();
    post(second, "k0", "/telemetry", "0");
    assertThat(stored(second)).containsExactly("0");
  }
}
