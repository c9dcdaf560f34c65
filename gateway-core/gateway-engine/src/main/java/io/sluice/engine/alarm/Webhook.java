package io.sluice.engine.alarm;

import io.sluice.api.admin.AlarmDesk.AlarmView;
import io.sluice.api.config.Secret;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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
  private final HttpClient http =
      HttpClient.newBuilder()
          .connectTimeout(TIMEOUT)
          .version(HttpClient.Version.HTTP_1_1)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();
  private final AtomicInteger underWay = new AtomicInteger();
  private volatile boolean closed;

  /**
   * @param gateway its id, sent along
   */
  public Webhook(URI url, @Nullable Secret token, String gateway) {
    this(url, token, gateway, 1_000);
  }

  Webhook(URI url, @Nullable Secret token, String gateway, long firstDelayMillis) {
    this.url = url;
    this.token = token;
    this.gateway = gateway;
    this.firstDelayMillis = firstDelayMillis;
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
    } else if (closed) {
      LOG.debug("alarm {}: given up, as the gateway ends", alarm);
    } else if (number < ATTEMPTS) {
      Executor later =
          CompletableFuture.delayedExecutor(
              firstDelayMillis << (number - 1), TimeUnit.MILLISECONDS);
      later.execute(() -> attempt(alarm, request, number + 1));
    } else {
      underWay.decrementAndGet();
      LOG.warn(
          "alarm {}: the webhook did not take it in {} attempts: {}",
          alarm,
          ATTEMPTS,
          answer == null ? String.valueOf(fault) : "it answered " + answer.statusCode());
    }
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
