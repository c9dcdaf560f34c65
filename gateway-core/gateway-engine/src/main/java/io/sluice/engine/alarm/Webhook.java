package io.sluice.engine.alarm;

import io.sluice.api.config.Secret;
import io.sluice.api.operator.AlarmService.AlarmView;
import io.sluice.api.tls.ClientTls;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Posts escalated alarms as JSON to one URL, each call once. A post is over in {@value
 * #TIMEOUT_SECONDS} s, whatever the receiver does. Thread-safe, never blocks.
 */
public final class Webhook implements WebhookDuty.Receiver, AutoCloseable {
  static final int TIMEOUT_SECONDS = 10;
  private static final Duration TIMEOUT = Duration.ofSeconds(TIMEOUT_SECONDS);

  private final URI url;
  private final @Nullable Secret token;
  private final String gateway;
  private final Duration timeout;
  private final HttpClient http;

  /**
   * @param gateway its id, sent along
   * @param ca authorities to trust; null: those of the Java runtime
   * @throws IOException where they cannot be read; the message names the file
   */
  public Webhook(URI url, @Nullable Secret token, String gateway, @Nullable Path ca)
      throws IOException {
    this(url, token, gateway, TIMEOUT, ca == null ? null : ClientTls.context(ca, null, null));
  }

  Webhook(
      URI url, @Nullable Secret token, String gateway, Duration timeout, @Nullable SSLContext tls) {
    this.url = url;
    this.token = token;
    this.gateway = gateway;
    this.timeout = timeout;
    HttpClient.Builder client =
        HttpClient.newBuilder()
            .connectTimeout(timeout)
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER);
    if (tls != null) {
      client.sslContext(tls);
    }
    this.http = client.build();
  }

  /** Scheme, host and port: path and query of a webhook are as good as a password. */
  @Override
  public String place() {
    String host = url.getHost();
    return url.getScheme() + "://" + host + (url.getPort() < 0 ? "" : ":" + url.getPort());
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // its end is in the handler
  public void post(AlarmView alarm, Consumer<@Nullable String> fault) {
    CompletableFuture<HttpResponse<Void>> answer =
        http.sendAsync(request(alarm), BodyHandlers.discarding());
    // the request's own time-out ends with the headers: one that never ends its body hangs on
    Executor atTheEnd =
        CompletableFuture.delayedExecutor(timeout.toMillis(), TimeUnit.MILLISECONDS);
    atTheEnd.execute(() -> answer.cancel(true));
    answer.handle((response, thrown) -> {
      fault.accept(fault(response, thrown));
      return fault;
    });
  }

  private HttpRequest request(AlarmView alarm) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(url)
            .header("Content-Type", "application/json")
            .header(
                "Idempotency-Key",
                gateway + "/" + alarm.id() + "/" + Notifications.Key.of(alarm).sinceMicros())
            .POST(BodyPublishers.ofString(AlarmJson.of(alarm, gateway)));
    if (token != null) {
      request.header("Authorization", "Bearer " + token.value());
    }
    return request.build();
  }

  private @Nullable String fault(
      @Nullable HttpResponse<Void> response, @Nullable Throwable thrown) {
    if (response != null) {
      return response.statusCode() / 100 == 2 ? null : "it answered " + response.statusCode();
    }
    Throwable cause =
        thrown instanceof CompletionException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown;
    // Of the connection's time and the post's, which are as long, either may be over first.
    return cause instanceof CancellationException || cause instanceof HttpTimeoutException
        ? "it did not answer within " + timeout.toSeconds() + " s"
        : text(cause);
  }

  /** What the operator can do something about; the client wraps it. */
  private static String text(@Nullable Throwable cause) {
    String certificates = ClientTls.fault(cause);
    if (certificates != null) {
      return certificates;
    }
    String message = cause == null ? null : cause.getMessage();
    return message == null
        ? cause instanceof ConnectException ? "nobody listens there" : String.valueOf(cause)
        : message;
  }

  /** What is under way is not waited for; the book still has it as undelivered. */
  @Override
  public void close() {
    http.shutdownNow();
  }
}
