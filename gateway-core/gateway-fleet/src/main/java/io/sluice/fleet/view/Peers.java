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
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Asks other instances over their admin listeners, each within a bounded time. Thread-safe. */
public final class Peers implements AutoCloseable {
  /** Of one instance's answer; more is refused. */
  private static final long ANSWER_MAX = 256L << 20;

  private static final int REASON_MAX = 200;

  private final PeerAccess access;
  private final Duration timeout;
  private @Nullable SSLContext tls;
  private @Nullable HttpClient open;

  /**
   * @param timeout of one answer
   */
  public Peers(PeerAccess access, Duration timeout) {
    this.access = access;
    this.timeout = timeout;
  }

  Duration timeout() {
    return timeout;
  }

  /** Another one once the certificates are others; what is under way goes on by the former. */
  private synchronized HttpClient http() {
    SSLContext now = access.tls();
    HttpClient known = open;
    if (known == null || !Objects.equals(now, tls)) {
      HttpClient.Builder builder =
          HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(timeout);
      if (now != null) {
        builder.sslContext(now);
      }
      tls = now;
      known = builder.build();
      open = known;
    }
    return known;
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
                    access.scheme()
                        + "://"
                        + peer
                        + PartsResource.PATH
                        + "?question="
                        + URLEncoder.encode(question, StandardCharsets.UTF_8)))
            .timeout(timeout);
    String token = access.token();
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    HttpResponse.BodyHandler<byte[]> body =
        HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.ofByteArray(), ANSWER_MAX);
    return http()
        .sendAsync(request.build(), body)
        .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
        .thenApply(Peers::read);
  }

  private static Answer read(HttpResponse<byte[]> response) {
    if (response.statusCode() != 200) {
      String why = new String(response.body(), StandardCharsets.UTF_8);
      String begin = why.substring(0, Math.min(why.length(), REASON_MAX));
      throw new IllegalStateException("it answered " + response.statusCode() + ": " + begin);
    }
    try {
      return Answer.read(response.body());
    } catch (IOException e) {
      throw new IllegalStateException("its answer cannot be read: " + e.getMessage(), e);
    }
  }

  @Override
  public synchronized void close() {
    if (open != null) {
      open.shutdownNow();
    }
  }
}
