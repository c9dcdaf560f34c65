package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The figures as an OpenTelemetry receiver gets them. */
class OtlpIT {
  @TempDir Path directory;

  private HttpServer receiver;
  private volatile ExportMetricsServiceRequest last =
      ExportMetricsServiceRequest.getDefaultInstance();
  private volatile String headers = "";
  private volatile int answer = 200;

  @BeforeEach
  void start() throws IOException {
    receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
    receiver.createContext("/v1/metrics", this::take);
    receiver.start();
  }

  @AfterEach
  void stop() {
    receiver.stop(0);
  }

  private void take(HttpExchange exchange) throws IOException {
    headers =
        exchange.getRequestHeaders().getFirst("Authorization")
            + " "
            + exchange.getRequestHeaders().getFirst("X-Api-Key")
            + " "
            + exchange.getRequestHeaders().getFirst("Content-Type");
    // after its headers: what is awaited is seen here
    last = ExportMetricsServiceRequest.parseFrom(new GZIPInputStream(exchange.getRequestBody()));
    exchange.sendResponseHeaders(answer, -1);
    exchange.close();
  }

  /** Counters and gauges, written as a scrape has them. */
  private Map<String, Double> received() {
    Map<String, Double> series = new TreeMap<>();
    last.getResourceMetricsList().stream()
        .flatMap(resource -> resource.getScopeMetricsList().stream())
        .flatMap(scope -> scope.getMetricsList().stream())
        .forEach(metric ->
            points(metric)
                .forEach(point ->
                    series.put(
                        metric.getName() + labels(point.getAttributesList()),
                        point.getAsDouble())));
    return series;
  }

  private static List<NumberDataPoint> points(Metric metric) {
    return metric.hasSum()
        ? metric.getSum().getDataPointsList()
        : metric.getGauge().getDataPointsList();
  }

  private static String labels(List<KeyValue> attributes) {
    return attributes.isEmpty()
        ? ""
        : attributes.stream()
            .sorted(Comparator.comparing(KeyValue::getKey))
            .map(each -> each.getKey() + "=\"" + each.getValue().getStringValue() + '"')
            .collect(Collectors.joining(",", "{", "}"));
  }

  private static Map<String, Double> scraped(GatewayProcess gateway) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + gateway.port("admin") + "/metrics");
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
          .body()
          .lines()
          .filter(line -> line.startsWith("sluice_") && !line.startsWith("sluice_accept_seconds"))
          .collect(
              Collectors.toMap(
                  line -> line.substring(0, line.lastIndexOf(' ')),
                  line ->
                      Double.valueOf(
                          line.substring(line.lastIndexOf(' ') + 1).replace("+Inf", "Infinity"))));
    }
  }

  @Test
  void theReceiverGetsWhatAScrapeShowsAndMayGoAway() throws Exception {
    Path config = new Setup(directory).config();
    Files.writeString(
        config,
        "metrics: { otlp: { url: \"http://127.0.0.1:"
            + receiver.getAddress().getPort()
            + "/v1/metrics\", interval: 1s, token: t0ken, headers: { X-Api-Key: k3y } } }\n",
        StandardOpenOption.APPEND);
    try (GatewayProcess gateway = GatewayProcess.start(config)) {
      for (int i = 0; i < 3; i++) {
        Tool.publish(gateway, "telemetry", "{\"voltage\":230}").succeeded();
      }
      String accepted = "sluice_messages_accepted_total{class=\"telemetry\",protocol=\"mqtt\"}";
      await().until(() -> received().getOrDefault(accepted, 0.0) == 3);
      assertThat(headers).isEqualTo("Bearer t0ken k3y application/x-protobuf");
      assertThat(last.getResourceMetrics(0).getResource().getAttributesList().toString())
          .contains("service.instance.id", "edge-01");
      await().untilAsserted(() -> assertThat(received()).containsAllEntriesOf(scraped(gateway)));
      assertThat(last.toString()).contains("sluice_accept_seconds", "explicit_bounds");
      answer = 503;
      await().until(() -> gateway.log().contains("does not take them: it answers 503"));
      answer = 200;
      await().until(() -> gateway.log().contains("takes them again"));
      assertThat(gateway.log().split("does not take them", -1)).hasSize(2);
      assertThat(gateway.log()).doesNotContain("t0ken", "k3y");
      assertThat(gateway.terminate()).isZero();
    }
  }
}
