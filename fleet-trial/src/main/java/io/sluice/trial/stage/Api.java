package io.sluice.trial.stage;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The admin API of one gateway or instance of the view. Thread-safe; blocks, 30 s at most. */
public final class Api {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final HttpClient HTTP =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

  private final URI base;

  Api(int port) {
    this.base = URI.create("http://127.0.0.1:" + port);
  }

  public URI address() {
    return base;
  }

  /**
   * An answer.
   *
   * @param status of HTTP
   */
  public record Answer(int status, JsonNode body) {}

  /** What it answers with status 200. */
  public JsonNode get(String path) throws IOException, InterruptedException {
    Answer answer = send(request(path).GET());
    if (answer.status != 200) {
      throw new IOException(base + path + " answered " + answer.status);
    }
    return answer.body;
  }

  /** Posts JSON. */
  public Answer post(String path, String json) throws IOException, InterruptedException {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(json)));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(base.resolve(path)).timeout(TIMEOUT);
  }

  private Answer send(HttpRequest.Builder request) throws IOException, InterruptedException {
    HttpResponse<String> answer = HTTP.send(request.build(), BodyHandlers.ofString());
    try {
      return new Answer(answer.statusCode(), JsonMapper.shared().readTree(answer.body()));
    } catch (JacksonException e) {
      throw new IOException(base + " answered no JSON", e);
    }
  }
}
