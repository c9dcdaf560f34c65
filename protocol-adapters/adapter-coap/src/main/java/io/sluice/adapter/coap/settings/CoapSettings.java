package io.sluice.adapter.coap.settings;

import io.sluice.api.config.Inline;
import io.sluice.api.config.Option;

/** The options below {@code listeners.coap}. */
public record CoapSettings(
    @Option(doc = "Local address to bind.", def = "0.0.0.0") String host,
    @Option(doc = "UDP port; 0 takes a free one.", def = "5683", min = 0, max = 65535) int port,
    @Option(
            doc =
                "Whether uplinks that are whole in one datagram and have common options only are read"
                    + " on the event loop, which is much cheaper; off: every request goes through"
                    + " Californium. The answers are the same.",
            def = "on")
        FastPath fastPath,
    @Inline CoapOptions options) {

  /** The defaults, on any free port of the loopback address: for tests and tools. */
  public static CoapSettings onLoopback() {
    return onLoopback(0, FastPath.ON);
  }

  /** The defaults on the loopback address: for tests and tools. */
  public static CoapSettings onLoopback(int port, FastPath fastPath) {
    return new CoapSettings("127.0.0.1", port, fastPath, CoapOptions.DEFAULTS);
  }
}
