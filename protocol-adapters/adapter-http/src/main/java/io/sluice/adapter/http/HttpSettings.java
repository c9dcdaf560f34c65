package io.sluice.adapter.http;

import io.sluice.adapter.http.request.HttpOptions;
import io.sluice.api.config.Inline;
import io.sluice.api.config.Option;

/** The options below {@code listeners.http}. */
public record HttpSettings(
    @Option(doc = "Local address to bind.", def = "0.0.0.0") String host,
    @Option(doc = "TCP port; 0 takes a free one.", def = "8081", min = 0, max = 65535) int port,
    @Inline HttpOptions options) {

  /** On the loopback address: for tests and tools. */
  public static HttpSettings onLoopback(int port) {
    return new HttpSettings("127.0.0.1", port, HttpOptions.FOR_TESTS);
  }
}
