package io.sluice.engine.config;

import io.sluice.api.config.Checked;
import io.sluice.api.config.Option;
import io.sluice.api.config.Secret;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The admin listener: HTTP API, metrics, dashboard. */
public record AdminSettings(
    @Option(
            doc = "Address to bind. Without a token only a loopback address is allowed.",
            def = "127.0.0.1")
        String host,
    @Option(
            doc = "TCP port; 0 takes a free one, which the ready line names.",
            def = "8080",
            min = 0,
            max = 65_535)
        int port,
    @Option(doc = "Bearer token that every request but /health has to carry.", pattern = "\\S+")
        @Nullable Secret token)
    implements Checked {
  @Override
  public List<Problem> problems() {
    if (token != null || isLoopback(host)) {
      return List.of();
    }
    return List.of(
        new Problem(
            "host",
            "\""
                + host
                + "\" can be reached from other machines and no token is set; set admin.token (or"
                + " token-file), or bind 127.0.0.1"));
  }

  /** By its spelling, so that no name server decides about who gets in. */
  private static boolean isLoopback(String host) {
    return host.equals("localhost")
        || host.equals("::1")
        || host.equals("[::1]")
        || host.matches("127(\\.\\d{1,3}){3}");
  }
}
