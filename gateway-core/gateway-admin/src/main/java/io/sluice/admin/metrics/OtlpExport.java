package io.sluice.admin.metrics;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsPartialSuccess;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse;
import io.sluice.api.config.Secret;
import io.sluice.api.health.Guarded;
import io.sluice.api.operator.MetricsSettings.Otlp;
import io.sluice.api.operator.Operations;
import io.sluice.api.tls.ClientTls;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the figures of {@code /metrics} to an OpenTelemetry receiver (OTLP/HTTP, binary, gzip) each
 * interval, on a thread of its own. Nothing waits for the receiver and nothing is kept for it: what
 * it does not take is left out, and the next request has the newer figures. Its failing and its
 * coming back are logged once each.
 */
public final class OtlpExport implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OtlpExport.class);
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final Otlp settings;
  private final MetricsResource metrics;
  private final OtlpEncoder encoder;
  private final Clock clock;
  private final HttpClient http;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("otlp").factory());
  private boolean isFailing;

  private OtlpExport(Otlp settings, Operations operations, String gateway, Clock clock)
      throws IOException {
    this.settings = settings;
    HttpClient.Builder client =
        HttpClient.newBuilder()
            .connectTimeout(TIMEOUT)
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER);
    if (settings.ca() != null) {
      client.sslContext(ClientTls.context(settings.ca(), null, null));
    }
    this.http = client.build();
    this.metrics = new MetricsResource(operations);
    this.encoder = new OtlpEncoder(gateway, nanos(clock));
    this.clock = clock;
  }

  /**
   * @param gateway its id, sent as {@code service.instance.id}
   * @throws IOException where the file of authorities cannot be read; the message names it
   */
  @SuppressWarnings("FutureReturnValueIgnored") // it ends with its executor
  public static OtlpExport start(Otlp settings, Operations operations, String gateway, Clock clock)
      throws IOException {
    OtlpExport export = new OtlpExport(settings, operations, gateway, clock);
    long millis = settings.interval().toMillis();
    export.thread.scheduleAtFixedRate(
        Guarded.task("otlp", export::run), millis, millis, TimeUnit.MILLISECONDS);
    return export;
  }

  // The thread's top: a fault of one moment must not end the sending for good.
  private void run() {
    try {
      String fault = send();
      if (fault != null && !isFailing) {
        LOG.warn("metrics: {} does not take them: {}; tried again", settings.url(), fault);
      } else if (fault == null && isFailing) {
        LOG.info("metrics: {} takes them again", settings.url());
      }
      isFailing = fault != null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.error("metrics are not sent: {}", e.getMessage(), e);
    }
  }

  /** Answers what was wrong, or null. */
  private @Nullable String send() throws InterruptedException {
    byte[] request = encoder.encode(metrics.snapshots(), nanos(clock)).toByteArray();
    HttpRequest.Builder post =
        HttpRequest.newBuilder(settings.url())
            .timeout(TIMEOUT)
            .header("Content-Type", "application/x-protobuf")
            .header("Content-Encoding", "gzip");
    settings.headers().forEach((name, value) -> post.setHeader(name, value.value()));
    Secret token = settings.token();
    if (token != null) {
      post.setHeader("Authorization", "Bearer " + token.value());
    }
    try {
      HttpResponse<byte[]> answer =
          http.send(
              post.POST(BodyPublishers.ofByteArray(compressed(request))).build(),
              BodyHandlers.ofByteArray());
      return answer.statusCode() / 100 == 2
          ? refused(answer.body())
          : "it answers " + answer.statusCode();
    } catch (IOException e) {
      String certificates = ClientTls.fault(e);
      String message = certificates == null ? e.getMessage() : certificates;
      return message == null ? e.getClass().getSimpleName() : message;
    }
  }

  /** A receiver may take a part only, and says so in a good answer. */
  private static @Nullable String refused(byte[] body) {
    try {
      ExportMetricsPartialSuccess partly =
          ExportMetricsServiceResponse.parseFrom(body).getPartialSuccess();
      return partly.getRejectedDataPoints() == 0
          ? null
          : partly.getRejectedDataPoints() + " values refused: " + partly.getErrorMessage();
    } catch (InvalidProtocolBufferException e) {
      return null; // it took the request; what else it says is not of this protocol
    }
  }

  private static byte[] compressed(byte[] plain) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream(plain.length / 4);
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(plain);
    }
    return out.toByteArray();
  }

  private static long nanos(Clock clock) {
    return TimeUnit.MILLISECONDS.toNanos(clock.millis());
  }

  @Override
  public void close() {
    thread.shutdownNow();
    http.shutdownNow();
  }
}
