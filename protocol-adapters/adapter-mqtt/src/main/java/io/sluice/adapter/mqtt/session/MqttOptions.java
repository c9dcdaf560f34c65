package io.sluice.adapter.mqtt.session;

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

/** The options that every kind of MQTT listener has. */
public record MqttOptions(
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
                "Largest packet, in and announced to clients (MQTT 5: 0x95 beyond it). More than"
                    + " 1152 KB counts as 1152 KB: no payload above 1 MB is decoded.",
            def = "1MB",
            min = 1024,
            max = 64 << 20)
        Bytes maxPacketSize,
    @Option(
            doc = "Longest keep-alive; a client that asks for more or none gets this one (MQTT 5).",
            def = "1h",
            min = 1000,
            max = 65_535_000)
        Duration maxKeepAlive,
    @Option(
            doc = "Within this time CONNECT must be complete, and later any packet once begun.",
            def = "10s",
            min = 100,
            max = 600_000)
        Duration connectTimeout,
    @Option(
            doc = "How long a session outlives its connection at the most.",
            def = "1d",
            min = 0,
            max = 2_592_000_000L)
        Duration sessionExpiryMax,
    @Option(
            doc = "Sessions kept for disconnected devices; beyond it none is kept.",
            def = "100000",
            min = 0,
            max = 10_000_000)
        int maxSessions,
    @Option(
            doc = "Messages of one client not yet acknowledged; beyond it 0x93.",
            def = "256",
            min = 1,
            max = 65535)
        int receiveMaximum,
    @Option(doc = "Subscriptions of one session.", def = "16", min = 1, max = 1024)
        int maxSubscriptions,
    @Option(
            doc = "How sockets are served; auto takes epoll where the kernel has it, else nio.",
            def = "auto")
        Transport transport,
    @Option(doc = "Event loops; 0: one per core.", def = "0", min = 0, max = 256) int threads,
    @Option(
            doc =
                "What connections that are not admitted may hold together, over all MQTT listeners:"
                    + " 4 KB each and what they have sent. Beyond it those that have not sent their"
                    + " CONNECT are closed, the oldest first.",
            def = "16MB",
            min = 1 << 20,
            max = 1 << 30)
        Bytes maxUnadmittedBytes,
    @Option(
            key = "mqtt-3-1",
            doc =
                "What becomes of clients that speak MQTT 3.1 (MQIsdp), as old modems do: accept"
                    + " serves them as those of 3.1.1, refuse answers CONNACK 1.",
            def = "accept")
        Mqtt31 mqtt31,
    @Inline ProxyOptions proxies) {

  /** The defaults, with few places: for tests and tools. */
  public static final MqttOptions FOR_TESTS =
      new MqttOptions(
          1000,
          new Bytes(1 << 20),
          Duration.ofHours(1),
          Duration.ofSeconds(30),
          Duration.ofDays(1),
          1000,
          256,
          16,
          Transport.AUTO,
          2,
          new Bytes(16 << 20),
          Mqtt31.ACCEPT,
          ProxyOptions.NONE);

  /** The same, but a connection must be signed in within that time. */
  public MqttOptions connectedWithin(Duration time) {
    return new MqttOptions(
        maxConnections,
        maxPacketSize,
        maxKeepAlive,
        time,
        sessionExpiryMax,
        maxSessions,
        receiveMaximum,
        maxSubscriptions,
        transport,
        threads,
        maxUnadmittedBytes,
        mqtt31,
        proxies);
  }

  /** The largest packet that is taken, bytes. */
  public int packetBytes() {
    return MessageBounds.packet(maxPacketSize.value());
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
        Connection.PROTOCOL,
        host,
        port,
        tls,
        maxHandshakes,
        maxConnections,
        connectTimeout,
        maxUnadmittedBytes.value(),
        transport,
        threads == 0 ? Runtime.getRuntime().availableProcessors() : threads,
        List.of(),
        proxies.trusted());
  }
}
