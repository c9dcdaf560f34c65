package io.sluice.adapter.http;

import io.sluice.adapter.http.request.HttpOptions;
import io.sluice.adapter.netty.TlsContexts;
import io.sluice.api.config.Checked;
import io.sluice.api.config.Inline;
import io.sluice.api.config.Option;
import io.sluice.api.tls.TlsSettings;
import java.util.List;

/** The options below {@code listeners.https}. */
public record HttpsSettings(
    @Option(doc = "Local address to bind.", def = "0.0.0.0") String host,
    @Option(doc = "TCP port; 0 takes a free one.", def = "8443", min = 0, max = 65535) int port,
    @Option(doc = "What it shows and whom it trusts.", required = true) TlsSettings tls,
    @Option(
            doc =
                "TLS handshakes under way at once; one more is closed at once. Each may hold some"
                    + " 60 KB until it is done or request-timeout has passed.",
            def = "1000",
            min = 1,
            max = 1_000_000)
        int maxHandshakes,
    @Inline HttpOptions options)
    implements Checked {
  @Override
  public List<Problem> problems() {
    return TlsContexts.problems(tls);
  }
}
