package io.sluice.sim.audit;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a gateway says of itself over its admin API. Blocks; of one thread. */
public final class GatewayApi implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private final URI base;
  private final @Nullable String token;
  private final JsonMapper json = new JsonMapper();
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();

  /**
   * @param token null where the gateway wants none
   */
  public GatewayApi(URI base, @Nullable String token) {
    this.base = base;
    this.token = token;
  }

  /** Whether accepted = delivered + queued + dropped, of every upstream and lane. */
  public boolean ledgerBalances() throws IOException, InterruptedException {
    return get("/api/v1/ledger").path("balances").asBoolean(false);
  }

  public long deadLetters() throws IOException, InterruptedException {
    return get("/api/v1/dead-letters?limit=1").path("count").asLong(0);
  }

  /**
   * What the API answers at a path.
   *
   * @throws IOException if it cannot be asked, or answers anything but JSON with status 200
   */
  public JsonNode get(String path) throws IOException, InterruptedException {
    String body = text(path);
    try {
      return json.readTree(body);
    } catch (JacksonException e) {
      throw new IOException(base + " is no admin API of a gateway", e);
    }
  }

  /** The same as text. */
  public String text(String path) throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path)).timeout(TIMEOUT);
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    HttpResponse<String> answer;
    try {
      answer = http.send(request.build(), BodyHandlers.ofString());
    } catch (ConnectException e) {
      throw new IOException(base + " does not answer; is the gateway up?", e);
    }
    if (answer.statusCode() == 401) {
      throw new IOException(
          base + " wants another token; give it by --admin-token-file or SLUICE_ADMIN_TOKEN");
    }
    if (answer.statusCode() != 200) {
      throw new IOException(base.resolve(path) + " answered " + answer.statusCode());
    }
    return answer.body();
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
