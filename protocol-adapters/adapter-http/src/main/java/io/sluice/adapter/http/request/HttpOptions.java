package io.sluice.adapter.http.request;

import io.sluice.adapter.netty.ListenerSpec;
import io.sluice.adapter.netty.ProxyOptions;
import io.sluice.adapter.netty.Transport;
import io.sluice.api.MessageBounds;
import io.sluice.api.config.Bytes;
import io.sluice.api.config.Inline;
import io.sluice.api.config.Option;
import io.sluice.api.tls.TlsSettings;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The options that every kind of HTTP listener has. */
public record HttpOptions(
    @Option(
            doc =
                "Connections at once; one more is closed at once. Never more than the process's limit"
                    + " of open files less 256, which the gateway needs itself.",
            def = "100000",
            min = 1,
            max = 10_000_000)
        int maxConnections,
    @Option(
            doc =
                "Largest message, unpacked (413 beyond it). More than 1 MB counts as 1 MB: no larger"
                    + " payload is decoded.",
            def = "1MB",
            min = 1024,
            max = 64 << 20)
        Bytes maxPayload,
    @Option(
            doc = "Largest body of several messages (NDJSON, ?batch), unpacked; 413 beyond it.",
            def = "4MB",
            min = 1024,
            max = 64 << 20)
        Bytes maxBatch,
    @Option(
            doc =
                "What the bodies in hand may hold together, over all HTTP listeners, until they are"
                    + " answered. Beyond it 503 with Retry-After.",
            def = "64MB",
            min = 1 << 20,
            max = 4L << 30)
        Bytes maxHeldBodies,
    @Option(
            doc =
                "Largest head of a request; 431 beyond it, 414 where half of it is the first line.",
            def = "16KB",
            min = 1024,
            max = 1 << 20)
        Bytes maxHeader,
    @Option(
            doc =
                "Requests of one connection that are not answered yet: those of HTTP/1.1 beyond it are"
                    + " not read, HTTP/2 is told so many streams.",
            def = "32",
            min = 1,
            max = 1024)
        int maxPipelined,
    @Option(
            doc =
                "Within this time a head must be complete, and a body with one second more for each KB"
                    + " that has come (408).",
            def = "10s",
            min = 100,
            max = 600_000)
        Duration requestTimeout,
    @Option(
            doc = "A connection without a request for so long is closed.",
            def = "75s",
            min = 100,
            max = 86_400_000)
        Duration keepAlive,
    @Option(
            doc =
                "How far the time of a signed request (X-Sluice-Timestamp) may be from the gateway's.",
            def = "5m",
            min = 1000,
            max = 86_400_000)
        Duration signatureWindow,
    @Option(
            doc = "How long an Idempotency-Key is remembered.",
            def = "24h",
            min = 1000,
            max = 604_800_000)
        Duration idempotencyKeep,
    @Option(
            doc =
                "Idempotency-Keys that are remembered at once, over all HTTP listeners, also after a"
                    + " restart; beyond it the oldest are forgotten.",
            def = "100000",
            min = 1,
            max = 10_000_000)
        int idempotencyKeys,
    @Option(
            doc =
                "Origins whose pages may send from a browser (CORS), such as https://app.example; *"
                    + " means all. Without any, CORS is not spoken.")
        List<String> corsOrigins,
    @Option(
            doc = "How sockets are served; auto takes epoll where the kernel has it, else nio.",
            def = "auto")
        Transport transport,
    @Option(doc = "Event loops; 0: one per core.", def = "0", min = 0, max = 256) int threads,
    @Option(
            doc =
                "What connections that are not admitted may hold together, over all HTTP listeners:"
                    + " 4 KB each and what they have sent. Beyond it those that have not signed in are"
                    + " closed, the oldest first.",
            def = "16MB",
            min = 1 << 20,
            max = 1 << 30)
        Bytes maxUnadmittedBytes,
    @Inline ProxyOptions proxies) {
  /** The label of the metrics, and the first word of log lines and task names. */
  public static final String PROTOCOL = "http";

  /** The defaults, with few places: for tests and tools. */
  public static final HttpOptions FOR_TESTS =
      new HttpOptions(
          1000,
          new Bytes(1 << 20),
          new Bytes(4 << 20),
          new Bytes(64 << 20),
          new Bytes(16 << 10),
          32,
          Duration.ofSeconds(30),
          Duration.ofSeconds(20),
          Duration.ofMinutes(5),
          Duration.ofHours(24),
          1000,
          List.of(),
          Transport.AUTO,
          2,
          new Bytes(16 << 20),
          ProxyOptions.NONE);

  public HttpOptions {
    corsOrigins = List.copyOf(corsOrigins);
  }

  /** The same, but a request must be complete within that time. */
  public HttpOptions requestsWithin(Duration time) {
    return new HttpOptions(
        maxConnections,
        maxPayload,
        maxBatch,
        maxHeldBodies,
        maxHeader,
        maxPipelined,
        time,
        keepAlive,
        signatureWindow,
        idempotencyKeep,
        idempotencyKeys,
        corsOrigins,
        transport,
        threads,
        maxUnadmittedBytes,
        proxies);
  }

  /** The largest message that is taken, bytes. */
  public int payloadBytes() {
    return MessageBounds.payload(maxPayload.value());
  }

  /** The largest body of several messages that is taken, bytes. */
  public int batchBytes() {
    return (int) Math.max(maxBatch.value(), payloadBytes());
  }

  /**
   * A listener with these options.
   *
   * @param name the key below {@code listeners}
   * @param tls null for plain connections
   */
  public ListenerSpec listener(
      String name, String host, int port, @Nullable TlsSettings tls, int maxHandshakes) {
    return new ListenerSpec(
        name,
        PROTOCOL,
        host,
        port,
        tls,
        maxHandshakes,
        maxConnections,
        requestTimeout,
        maxUnadmittedBytes.value(),
        transport,
        threads == 0 ? Runtime.getRuntime().availableProcessors() : threads,
        tls == null ? List.of() : List.of("h2", "http/1.1"),
        proxies.trusted());
  }
}
