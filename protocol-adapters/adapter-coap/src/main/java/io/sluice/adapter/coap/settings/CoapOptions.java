package io.sluice.adapter.coap.settings;

import io.sluice.api.MessageBounds;
import io.sluice.api.config.Bytes;
import io.sluice.api.config.Checked;
import io.sluice.api.config.Option;
import java.time.Duration;
import java.util.List;

/** The options that every kind of CoAP listener has. */
public record CoapOptions(
    @Option(
            doc =
                "Largest payload, block-wise or not; a larger one is answered 4.13. More than 1 MB"
                    + " counts as 1 MB, the most that is decoded.",
            def = "1MB",
            min = 1024,
            max = 64 << 20)
        Bytes maxPayload,
    @Option(
            doc = "Preferred block size of block-wise transfers: a power of two.",
            def = "1024",
            min = 16,
            max = 1024)
        int blockSize,
    @Option(
            doc =
                "Block-wise transfers under way at once, four of a device at the most. They hold what"
                    + " has come, an eighth of the heap together; beyond it the sender gets 5.03 and"
                    + " Max-Age.",
            def = "64",
            min = 1,
            max = 65536)
        int maxTransfers,
    @Option(
            doc =
                "UDP receive buffer (SO_RCVBUF). The system may grant less (net.core.rmem_max);"
                    + " datagrams that do not fit are lost and sent again by the devices.",
            def = "4MB",
            min = 65536,
            max = 1 << 30)
        Bytes receiveBuffer,
    @Option(doc = "Threads that process messages; 0: one per core.", def = "0", min = 0, max = 256)
        int threads,
    @Option(
            doc = "Requests in hand at once, not yet answered; beyond it 5.03.",
            def = "16384",
            min = 1,
            max = 1_000_000)
        int maxExchanges,
    @Option(
            doc =
                "Messages remembered to recognize duplicates, over all peers: 20 to 230 bytes each,"
                    + " those in blocks or over DTLS about 1 KB. When full, the peers silent longest"
                    + " are forgotten, or (blocks, DTLS) further messages not remembered. Those in blocks or over DTLS"
                    + " take an eighth of the heap at the most.",
            def = "100000",
            min = 1,
            max = 10_000_000)
        int maxRemembered,
    @Option(
            doc = "Messages remembered to recognize duplicates, per peer: the latest.",
            def = "32",
            min = 1,
            max = 65536)
        int maxRememberedPerPeer,
    @Option(
            doc = "How long a message id is remembered (EXCHANGE_LIFETIME, RFC 7252 4.8.2).",
            def = "247s",
            min = 1000,
            max = 3_600_000)
        Duration exchangeLifetime,
    @Option(
            doc = "Devices that observe /command at once; beyond it they are answered unobserved.",
            def = "10000",
            min = 1,
            max = 1_000_000)
        int maxObservers,
    @Option(
            doc =
                "How long admitted credentials of an endpoint are not checked again; 0: always"
                    + " check. A revocation ends it at once.",
            def = "30s",
            min = 0,
            max = 60_000)
        Duration admissionCache)
    implements Checked {

  /** The label {@code protocol} of the metrics, over UDP and over DTLS. */
  public static final String PROTOCOL = "coap";

  private static final Duration NON_LIFETIME = Duration.ofSeconds(145);

  /** The defaults: for tests and tools. */
  public static final CoapOptions DEFAULTS =
      new CoapOptions(
          new Bytes(1 << 20),
          1024,
          64,
          new Bytes(4 << 20),
          0,
          16384,
          100_000,
          32,
          Duration.ofSeconds(247),
          10_000,
          Duration.ofSeconds(30));

  @Override
  public List<Problem> problems() {
    if (Integer.bitCount(blockSize) != 1) {
      return List.of(
          new Problem(
              "block-size",
              "must be a power of two, not " + blockSize + "; write 16, 32, ... or 1024"));
    }
    return List.of();
  }

  /** NON_LIFETIME, RFC 7252 section 4.8.2. */
  public Duration nonLifetime() {
    return exchangeLifetime.compareTo(NON_LIFETIME) < 0 ? exchangeLifetime : NON_LIFETIME;
  }

  /** The largest payload that is taken, bytes. */
  public int payloadBytes() {
    return MessageBounds.payload(maxPayload.value());
  }

  public int protocolThreads() {
    return threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
  }
}
