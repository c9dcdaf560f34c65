package io.sluice.engine.alarm;

import io.sluice.api.admin.AlarmDesk.AlarmView;
import io.sluice.api.config.Secret;
import io.sluice.api.tls.ClientTls;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Posts escalated alarms as JSON to one URL: {@value #ATTEMPTS} attempts each, at first a second
 * apart, then twice as long each time; {@value #UNDER_WAY_MAX} under way at once, further ones are
 * left out and logged. What is under way when the gateway ends is lost: the record upstream is the
 * one that is durable. Thread-safe, never blocks.
 */
public final class Webhook implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Webhook.class);
  static final int ATTEMPTS = 5;
  static final int UNDER_WAY_MAX = 100;
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final URI url;
  private final @Nullable Secret token;
  private final String gateway;
  private final long firstDelayMillis;
  private final HttpClient http;
  private final AtomicInteger underWay = new AtomicInteger();

  /** Its failing and its coming back are logged once each. */
  private final AtomicBoolean failing = new AtomicBoolean();

  private volatile boolean closed;

  /**
   * @param gateway its id, sent along
   * @param ca authorities to trust; null: those of the Java runtime
   * @throws IOException where they cannot be read; the message names the file
   */
  public Webhook(URI url, @Nullable Secret token, String gateway, @Nullable Path ca)
      throws IOException {
    this(url, token, gateway, 1_000, ca == null ? null : ClientTls.context(ca, null, null));
  }

  Webhook(URI url, @Nullable Secret token, String gateway, long firstDelayMillis) {
    this(url, token, gateway, firstDelayMillis, null);
  }

  Webhook(
      URI url,
      @Nullable Secret token,
      String gateway,
      long firstDelayMillis,
      @Nullable SSLContext tls) {
    this.url = url;
    this.token = token;
    this.gateway = gateway;
    this.firstDelayMillis = firstDelayMillis;
    HttpClient.Builder client =
        HttpClient.newBuilder()
            .connectTimeout(TIMEOUT)
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER);
    if (tls != null) {
      client.sslContext(tls);
    }
    this.http = client.build();
  }

  public void post(AlarmView alarm) {
    if (underWay.incrementAndGet() > UNDER_WAY_MAX) {
      underWay.decrementAndGet();
      LOG.warn("alarm {}: {} posts are under way, it is left out", alarm.id(), UNDER_WAY_MAX);
      return;
    }
    attempt(alarm.id(), request(alarm), 1);
  }

  private HttpRequest request(AlarmView alarm) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(url)
            .timeout(TIMEOUT)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(AlarmJson.of(alarm, gateway)));
    if (token != null) {
      request.header("Authorization", "Bearer " + token.value());
    }
    return request.build();
  }

  @SuppressWarnings("FutureReturnValueIgnored") // its end is in the handler
  private void attempt(long alarm, HttpRequest request, int number) {
    http.sendAsync(request, BodyHandlers.discarding())
        .handle((answer, fault) -> {
          settle(alarm, request, number, answer, fault);
          return alarm;
        });
  }

  private void settle(
      long alarm,
      HttpRequest request,
      int number,
      @Nullable HttpResponse<Void> answer,
      @Nullable Throwable fault) {
    if (answer != null && answer.statusCode() / 100 == 2) {
      underWay.decrementAndGet();
      if (failing.compareAndSet(true, false)) {
        LOG.info("alarms: the webhook takes them again");
      }
      return;
    }
    String why = answer == null ? text(fault) : "it answered " + answer.statusCode();
    if (failing.compareAndSet(false, true)) {
      LOG.warn("alarm {}: {} does not take it: {}; tried again", alarm, url, why);
    }
    if (closed) {
      LOG.debug("alarm {}: given up, as the gateway ends", alarm);
    } else if (number < ATTEMPTS) {
      Executor later =
          CompletableFuture.delayedExecutor(
              firstDelayMillis << (number - 1), TimeUnit.MILLISECONDS);
      later.execute(() -> attempt(alarm, request, number + 1));
    } else {
      underWay.decrementAndGet();
      LOG.warn("alarm {}: the webhook did not take it in {} attempts: {}", alarm, ATTEMPTS, why);
    }
  }

  /** What the operator can do something about; the client wraps it. */
  private static String text(@Nullable Throwable fault) {
    String certificates = ClientTls.fault(fault);
    if (certificates != null) {
      return certificates;
    }
    Throwable cause =
        fault instanceof CompletionException && fault.getCause() != null ? fault.getCause() : fault;
    String message = cause == null ? null : cause.getMessage();
    return message == null
        ? cause instanceof ConnectException ? "nobody listens there" : String.valueOf(cause)
        : message;
  }

  @Override
  public void close() {
    closed = true;
    int left = underWay.get();
    if (left > 0) {
      LOG.warn("{} posts of alarms are given up, as the gateway ends", left);
    }
    http.shutdownNow();
  }
}
