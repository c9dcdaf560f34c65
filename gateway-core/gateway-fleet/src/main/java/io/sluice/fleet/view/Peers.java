package io.sluice.fleet.view;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Asks other instances over their admin listeners, each within a bounded time. Thread-safe. */
public final class Peers implements AutoCloseable {
  /** Of one instance's answer; more is refused. */
  private static final int ANSWER_MAX = 256 << 20;

  private final HttpClient http;
  private final String scheme;
  private final @Nullable String token;
  private final Duration timeout;

  /**
   * @param tls for instances that listen by HTTPS; null for HTTP
   * @param token shown to them, or null
   */
  public Peers(@Nullable SSLContext tls, @Nullable String token, Duration timeout) {
    HttpClient.Builder builder =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(timeout);
    if (tls != null) {
      builder.sslContext(tls);
    }
    this.http = builder.build();
    this.scheme = tls == null ? "http" : "https";
    this.token = token;
    this.timeout = timeout;
  }

  /**
   * What an instance answers.
   *
   * @param parts partition to the bytes of its answer
   * @param behind partitions that have not read what lies on their topics
   */
  record Answer(Map<Integer, byte[]> parts, Set<Integer> behind) {
    static Answer read(byte[] body) throws IOException {
      DataInputStream in = new DataInputStream(new ByteArrayInputStream(body));
      Map<Integer, byte[]> parts = new HashMap<>();
      Set<Integer> behind = new HashSet<>();
      for (int left = in.readInt(); left > 0; left--) {
        int partition = in.readInt();
        if (in.readBoolean()) {
          behind.add(partition);
        }
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
          throw new IOException("an answer of " + length + " bytes is cut short");
        }
        parts.put(partition, in.readNBytes(length));
      }
      return new Answer(parts, behind);
    }
  }

  /** Asks one; fails where it does not answer in time, or answers what cannot be read. */
  CompletableFuture<Answer> ask(String peer, String question) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
                URI.create(
                    scheme
                        + "://"
                        + peer
                        + PartsResource.PATH
                        + "?question="
                        + URLEncoder.encode(question, StandardCharsets.UTF_8)))
            .timeout(timeout);
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    return http.sendAsync(request.build(), HttpResponse.BodyHandlers.ofByteArray())
        .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
        .thenApply(Peers::read);
  }

  private static Answer read(HttpResponse<byte[]> response) {
    if (response.statusCode() != 200 || response.body().length > ANSWER_MAX) {
      throw new IllegalStateException("it answered " + response.statusCode());
    }
    try {
      return Answer.read(response.body());
    } catch (IOException e) {
      throw new IllegalStateException("its answer cannot be read: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
