package io.sluice.adapter.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.adapter.testkit.AdapterContract;
import io.sluice.adapter.testkit.Answer;
import io.sluice.adapter.testkit.Sender;
import io.sluice.api.adapter.Adapter;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;

/** The adapter contract, by the JDK's HTTP client. */
class HttpContractTest implements AdapterContract {
  @Override
  public Adapter adapter(int port) {
    return new HttpAdapterFactory().create("http", HttpSettings.onLoopback(port));
  }

  @Override
  public Sender sender(Adapter adapter, String device, String password) {
    return new JdkSender(
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build(),
        "http://127.0.0.1:" + AdapterContract.port(adapter) + "/",
        basic(device, password));
  }

  static String basic(String device, String password) {
    return "Basic "
        + Base64.getEncoder()
            .encodeToString((device + ":" + password).getBytes(StandardCharsets.UTF_8));
  }

  /** By the same Idempotency-Key, also while the first is in hand. */
  @Override
  public void sendTwice(Adapter adapter, String device, String password) throws IOException {
    String request =
        "POST /telemetry HTTP/1.1\r\nHost: gw\r\nAuthorization: %s\r\nIdempotency-Key: 4711\r\nContent-Length: %d\r\n\r\n%s"
            .formatted(
                basic(device, password),
                PAYLOAD.length,
                new String(PAYLOAD, StandardCharsets.UTF_8));
    try (RawHttp client = new RawHttp(AdapterContract.port(adapter));
        RawHttp other = new RawHttp(AdapterContract.port(adapter))) {
      client.send(request + request);
      other.send(request);
      assertThat(client.next().status()).isEqualTo(200);
      assertThat(client.next().status()).isEqualTo(200);
      assertThat(other.next().status()).isEqualTo(200);
      client.send(request);
      RawHttp.Response again = client.next();
      assertThat(again.status()).isEqualTo(200);
      assertThat(again.field("idempotency-replayed")).isEqualTo("true");
    }
  }

  /**
   * One device.
   *
   * @param base URI with a slash at its end
   */
  record JdkSender(HttpClient client, String base, String authorization) implements Sender {
    @Override
    public CompletableFuture<Answer> send(String topic, byte[] payload) {
      return client
          .sendAsync(
              HttpRequest.newBuilder(URI.create(base + topic))
                  .header("Authorization", authorization)
                  .POST(HttpRequest.BodyPublishers.ofByteArray(payload))
                  .build(),
              HttpResponse.BodyHandlers.ofString())
          .thenApply(response -> new Answer(response.statusCode() == 200, response.body()));
    }

    @Override
    public void vanish() {
      client.shutdownNow();
    }

    @Override
    public void close() {
      client.shutdownNow();
    }
  }
}
