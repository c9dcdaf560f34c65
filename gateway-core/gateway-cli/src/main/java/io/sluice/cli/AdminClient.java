package io.sluice.cli;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Asks a gateway's admin API. Every failure becomes one line that says what to do. */
public final class AdminClient implements AutoCloseable {
  public static final JsonMapper JSON = JsonMapper.builder().build();

  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  /** An answer: {@link #ok} or a fault with the gateway's own words. */
  public record Answer(int status, JsonNode body) {
    public boolean ok() {
      return status / 100 == 2;
    }

    public String error() {
      String error = body.path("error").asString("");
      return error.isEmpty() ? "the gateway answered " + status : error;
    }
  }

  private final URI base;
  private final @Nullable String token;
  private final HttpClient http;

  /**
   * @param tls trust and own certificate, or null: as the Java runtime has it
   */
  public AdminClient(URI base, @Nullable String token, @Nullable SSLContext tls) {
    this.base = base;
    this.token = token;
    HttpClient.Builder builder =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(TIMEOUT);
    if (tls != null) {
      builder.sslContext(tls);
    }
    this.http = builder.build();
  }

  /** What stands at a path; a failure where it is refused. */
  public JsonNode get(String path) throws CommandFailure {
    return require(send("GET", path, null));
  }

  /** What stands at a path that is no JSON, as it is; a failure where it is refused. */
  public String text(String path) throws CommandFailure {
    HttpResponse<String> response = exchange(request(path, TIMEOUT).GET().build());
    if (response.statusCode() / 100 != 2) {
      throw new CommandFailure(ExitCode.FAILED, path + " was answered " + response.statusCode());
    }
    return response.body();
  }

  public JsonNode require(Answer answer) throws CommandFailure {
    if (answer.ok()) {
      return answer.body();
    }
    // what the gateway calls a bad request was bad usage here
    throw new CommandFailure(
        answer.status() == 400 ? ExitCode.USAGE : ExitCode.FAILED, answer.error());
  }

  /**
   * @param body sent as JSON, or null for none
   * @throws CommandFailure where there is no gateway, it does not speak this API, or it wants a
   *     token
   */
  public Answer send(String method, String path, @Nullable JsonNode body) throws CommandFailure {
    HttpRequest.Builder request = request(path, TIMEOUT);
    if (!method.equals("GET")) {
      request.header("Content-Type", "application/json");
    }
    request.method(
        method,
        body == null
            ? BodyPublishers.noBody()
            : BodyPublishers.ofString(JSON.writeValueAsString(body)));
    return answer(request.build());
  }

  /** Posts a file as it is; otherwise as {@link #send}. */
  public Answer upload(String path, String contentType, byte[] content, Duration patience)
      throws CommandFailure {
    return answer(
        request(path, patience)
            .header("Content-Type", contentType)
            .POST(BodyPublishers.ofByteArray(content))
            .build());
  }

  private HttpRequest.Builder request(String path, Duration timeout) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(base.resolve(path))
            .timeout(timeout)
            .header("Accept", "application/json");
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    return request;
  }

  private Answer answer(HttpRequest request) throws CommandFailure {
    HttpResponse<String> response = exchange(request);
    if (response.statusCode() == 401) {
      throw new CommandFailure(
          ExitCode.FAILED,
          token == null
              ? "the admin API wants a token; give --token or set SLUICE_ADMIN_TOKEN"
              : "the admin API does not take this token; compare admin.token of the gateway's"
                  + " configuration");
    }
    return new Answer(response.statusCode(), parse(response));
  }

  private HttpResponse<String> exchange(HttpRequest request) throws CommandFailure {
    try {
      return http.send(request, BodyHandlers.ofString());
    } catch (ConnectException e) {
      throw new CommandFailure(
          ExitCode.FAILED,
          "no gateway answers at "
              + base
              + "; start one with an admin section in its configuration, or name another by"
              + " --admin",
          e);
    } catch (HttpTimeoutException e) {
      throw new CommandFailure(
          ExitCode.FAILED, "the gateway at " + base + " does not answer in time", e);
    } catch (SSLException e) {
      throw new CommandFailure(
          ExitCode.FAILED,
          "no secure connection to "
              + base
              + ": "
              + e.getMessage()
              + "; name its authority by --ca, and an own certificate where it wants one",
          e);
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCode.FAILED, "the exchange with " + base + " broke off: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure(ExitCode.FAILED, "interrupted", e);
    }
  }

  private JsonNode parse(HttpResponse<String> response) throws CommandFailure {
    String body = response.body();
    try {
      return body.isBlank() ? JSON.createObjectNode() : JSON.readTree(body);
    } catch (JacksonException e) {
      throw new CommandFailure(
          ExitCode.FAILED,
          "what answers at " + base + " is no Sluice admin API; name it by --admin",
          e);
    }
  }

  /** A text as a segment of a path or a value of a query. */
  public static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
