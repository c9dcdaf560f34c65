package io.sluice.api.operator;

import io.sluice.api.config.Checked;
import io.sluice.api.config.Option;
import io.sluice.api.config.Secret;
import io.sluice.api.tls.ClientTls;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where figures are sent: the section {@code metrics}. The scrape at /metrics needs none of it. */
public record MetricsSettings(
    @Option(doc = "Sends the figures of /metrics by OTLP over HTTP; without it nothing is sent.")
        @Nullable Otlp otlp) {
  public static final MetricsSettings DEFAULTS = new MetricsSettings(null);

  /** An OpenTelemetry receiver. */
  public record Otlp(
      @Option(
              doc =
                  "The receiver's URL for metrics, such as https://HOST:4318/v1/metrics; http://"
                      + " is for this machine only.",
              required = true)
          URI url,
      @Option(doc = "How often.", def = "60s", min = 1_000, max = 3_600_000) Duration interval,
      @Option(doc = "Sent as Authorization: Bearer.") @Nullable Secret token,
      @Option(doc = "Further headers that the receiver wants, such as an API key.")
          Map<String, Secret> headers,
      @Option(
              doc =
                  "Authorities to trust instead of the Java runtime's, PEM: for a receiver with a"
                      + " certificate of the plant's own authority. Read at the start.")
          @Nullable Path ca)
      implements Checked {
    @Override
    public List<Problem> problems() {
      List<Problem> problems = new ArrayList<>(0);
      if (!AdminSettings.isSafe(url)) {
        problems.add(
            new Problem(
                "url",
                "must be https://HOST...; http:// is for this machine only (127.0.0.1,"
                    + " localhost)"));
      }
      ClientTls.check("ca", ca, problems);
      return problems;
    }
  }
}
