package io.sluice.adapter.coap.settings;

import io.sluice.api.config.Checked;
import io.sluice.api.config.Inline;
import io.sluice.api.config.Option;
import io.sluice.api.tls.TlsSettings;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The options below {@code listeners.coaps}: CoAP over DTLS 1.2. */
public record CoapsSettings(
    @Option(doc = "Local address to bind.", def = "0.0.0.0") String host,
    @Option(doc = "UDP port; 0 takes a free one.", def = "5684", min = 0, max = 65535) int port,
    @Option(
            doc = "Pre-shared keys: registry takes those of the devices, off takes none.",
            def = "registry")
        Psk psk,
    @Option(
            doc =
                "Own certificate and the authorities of the devices'. An EC key (P-256) is what"
                    + " constrained devices understand. provider, min-version and ocsp-response"
                    + " mean nothing here.")
        @Nullable TlsSettings tls,
    @Option(
            doc =
                "Whether devices may show a raw public key (RFC 7250) that the registry knows, and"
                    + " are shown that of tls.key.",
            def = "false")
        boolean rawPublicKey,
    @Option(
            doc =
                "DTLS sessions kept, about 3 KB each. When all are taken, one that has been idle"
                    + " for session-idle makes room, else a new device has to wait.",
            def = "100000",
            min = 1,
            max = 10_000_000)
        int maxSessions,
    @Option(
            doc = "After so long without a message a session may make room for another.",
            def = "30m",
            min = 1000,
            max = 86_400_000)
        Duration sessionIdle,
    @Option(
            doc =
                "Bytes of the connection id (RFC 9146) by which a device is known again when its"
                    + " address has changed; 0: none.",
            def = "6",
            min = 0,
            max = 16)
        int connectionIdLength,
    @Option(
            doc =
                "Handshakes under way at once. Beyond it a ClientHello is dropped;"
                    + " the device sends it again.",
            def = "1000",
            min = 1,
            max = 1_000_000)
        int maxHandshakes,
    @Inline CoapOptions options)
    implements Checked {

  /** Where pre-shared keys come from. */
  public enum Psk {
    REGISTRY,
    OFF
  }

  /** The defaults, on any free port of the loopback address: for tests and tools. */
  public static CoapsSettings onLoopback(@Nullable TlsSettings tls, boolean rawPublicKey) {
    return new CoapsSettings(
        "127.0.0.1",
        0,
        Psk.REGISTRY,
        tls,
        rawPublicKey,
        100_000,
        Duration.ofMinutes(30),
        6,
        1000,
        CoapOptions.DEFAULTS);
  }

  @Override
  public List<Problem> problems() {
    if (psk == Psk.OFF && tls == null) {
      return List.of(
          new Problem("psk", "is off and tls is missing: nobody could connect; give one of them"));
    }
    if (rawPublicKey && tls == null) {
      return List.of(
          new Problem("raw-public-key", "wants a key of the gateway's own; give tls with its key"));
    }
    if (tls != null && tls.clientCa() == null && !rawPublicKey) {
      return List.of(
          new Problem(
              "tls",
              "has no client-ca, and raw-public-key is off: no device could sign in by it; give one of"
                  + " them, or leave tls out"));
    }
    return List.of();
  }
}
