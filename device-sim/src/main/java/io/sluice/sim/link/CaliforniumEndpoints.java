package io.sluice.sim.link;

import io.sluice.sim.figures.FleetCounters;
import io.sluice.sim.net.SourceAddresses;
import io.sluice.sim.scenario.DeviceSpec;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.elements.Connector;
import org.eclipse.californium.elements.RawData;
import org.eclipse.californium.elements.UDPConnector;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.UdpConfig;
import org.eclipse.californium.scandium.DTLSConnector;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.eclipse.californium.scandium.config.DtlsConfig.DtlsRole;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.Handshaker;
import org.eclipse.californium.scandium.dtls.SessionAdapter;
import org.eclipse.californium.scandium.dtls.SessionListener;
import org.eclipse.californium.scandium.dtls.SingleNodeConnectionIdGenerator;
import org.eclipse.californium.scandium.dtls.pskstore.AdvancedSinglePskStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens Californium's endpoints towards one server: plain, or over DTLS with a pre-shared key and a
 * connection id (RFC 9146). Safe for use by any thread.
 */
final class CaliforniumEndpoints implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CaliforniumEndpoints.class);
  private static final int THREADS = 2;
  private static final int BLOCK_BYTES = 1024;
  private static final int PEERS = 4;
  private static final long END_SECONDS = 5;

  private final InetSocketAddress server;
  private final SourceAddresses sources;
  private final boolean isSecure;
  private final FleetCounters counters;
  private final Configuration configuration;
  private final ScheduledExecutorService executor =
      Executors.newScheduledThreadPool(
          THREADS, Thread.ofPlatform().name("sim-californium-", 0).daemon().factory());

  /** One device's way to the server. */
  interface Way {
    CoapEndpoint endpoint();

    /** Goes on from there; blocks for a moment. */
    void move(InetSocketAddress local) throws IOException;

    /** The server may have forgotten the session: the next message begins another. */
    void doubtSession();
  }

  CaliforniumEndpoints(
      InetSocketAddress server, SourceAddresses sources, boolean isSecure, FleetCounters counters) {
    this.counters = counters;
    CoapConfig.register();
    UdpConfig.register();
    DtlsConfig.register();
    this.server = server;
    this.sources = sources;
    this.isSecure = isSecure;
    configuration = Configuration.createStandardWithoutFile();
    configuration.set(CoapConfig.DEDUPLICATOR, CoapConfig.DEDUPLICATOR_PEERS_MARK_AND_SWEEP);
    configuration.set(CoapConfig.MAX_ACTIVE_PEERS, PEERS);
    configuration.set(CoapConfig.PREFERRED_BLOCK_SIZE, BLOCK_BYTES);
    configuration.set(CoapConfig.MAX_MESSAGE_SIZE, BLOCK_BYTES);
    configuration.set(UdpConfig.UDP_RECEIVER_THREAD_COUNT, 1);
    configuration.set(UdpConfig.UDP_SENDER_THREAD_COUNT, 1);
    configuration.set(DtlsConfig.DTLS_ROLE, DtlsRole.CLIENT_ONLY);
    configuration.set(DtlsConfig.DTLS_RECEIVER_THREAD_COUNT, 1);
    configuration.set(DtlsConfig.DTLS_CONNECTOR_THREAD_COUNT, 1);
    configuration.set(DtlsConfig.DTLS_MAX_CONNECTIONS, PEERS);
  }

  InetSocketAddress server() {
    return server;
  }

  boolean isSecure() {
    return isSecure;
  }

  /**
   * Opens a way for a device.
   *
   * @param moves how often the device has moved
   */
  Way open(DeviceSpec spec, boolean isLying, int moves, Loss loss) throws IOException {
    InetSocketAddress local = local(spec, moves);
    Way way = isSecure ? new Dtls(spec, isLying, local, loss) : new Plain(local, loss);
    way.endpoint().start();
    return way;
  }

  private InetSocketAddress local(DeviceSpec spec, int moves) {
    InetSocketAddress local = sources.of((int) (spec.seed() & 0xFFFF), moves);
    return local == null ? new InetSocketAddress(0) : local;
  }

  /** Gives a way up, in the background. */
  void discard(Way way) {
    inBackground(way.endpoint()::destroy);
  }

  /** Moves a device in the background, then runs the task on a thread of this door. */
  void move(Way way, DeviceSpec spec, int moves, Runnable done) {
    inBackground(() -> {
      try {
        way.move(local(spec, moves));
      } catch (IOException e) {
        LOG.warn("{} cannot move: {}", spec.id(), e.getMessage());
      }
      done.run();
    });
  }

  private void inBackground(Runnable task) {
    try {
      executor.execute(task);
    } catch (RejectedExecutionException e) {
      task.run(); // the run is over: whoever still ends does so on its own thread
    }
  }

  private SessionListener handshakes() {
    return new SessionAdapter() {
      @Override
      public void handshakeStarted(Handshaker handshaker) {
        counters.handshakes.increment();
      }
    };
  }

  private CoapEndpoint endpointOf(Connector connector) {
    CoapEndpoint endpoint =
        CoapEndpoint.builder().setConfiguration(configuration).setConnector(connector).build();
    endpoint.setExecutors(executor, executor);
    return endpoint;
  }

  /** Ends what is being given up; then its threads. */
  @Override
  public void close() {
    executor.shutdown();
    try {
      if (!executor.awaitTermination(END_SECONDS, TimeUnit.SECONDS)) {
        executor.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Over UDP; the device that moves has a new socket. */
  private final class Plain implements Way {
    private final Loss loss;
    private volatile CoapEndpoint endpoint;

    Plain(InetSocketAddress local, Loss loss) {
      this.loss = loss;
      this.endpoint = endpointOf(new LossyUdp(local, configuration, loss));
    }

    @Override
    public CoapEndpoint endpoint() {
      return endpoint;
    }

    @Override
    public void move(InetSocketAddress local) throws IOException {
      endpoint.destroy();
      endpoint = endpointOf(new LossyUdp(local, configuration, loss));
      endpoint.start();
    }

    @Override
    public void doubtSession() {
      // there is none
    }
  }

  /** Over DTLS; the device that moves keeps its session, whose connection id tells who it is. */
  private final class Dtls implements Way {
    private final LossyDtls connector;
    private final CoapEndpoint endpoint;

    Dtls(DeviceSpec spec, boolean isLying, InetSocketAddress local, Loss loss) {
      byte[] key = spec.psk();
      if (key == null) {
        throw new IllegalArgumentException(spec.id() + " has no pre-shared key");
      }
      if (isLying) {
        key[0] ^= 1;
      }
      connector =
          new LossyDtls(
              DtlsConnectorConfig.builder(configuration)
                  .setAddress(local)
                  .setAdvancedPskStore(new AdvancedSinglePskStore(spec.id(), key))
                  .setSessionListener(handshakes())
                  .setConnectionIdGenerator(new SingleNodeConnectionIdGenerator(0))
                  .build(),
              loss);
      connector.setExecutor(executor);
      endpoint = endpointOf(connector);
    }

    @Override
    public CoapEndpoint endpoint() {
      return endpoint;
    }

    @Override
    public void move(InetSocketAddress local) throws IOException {
      connector.move(local);
    }

    @Override
    public void doubtSession() {
      connector.forceResumeAllSessions();
    }
  }

  /** Loses datagrams below Californium, so that it has to send again. */
  private static final class LossyUdp extends UDPConnector {
    private final Loss loss;

    LossyUdp(InetSocketAddress local, Configuration configuration, Loss loss) {
      super(local, configuration);
      this.loss = loss;
    }

    @Override
    public void send(RawData message) {
      if (loss.strikes()) {
        message.onContextEstablished(message.getEndpointContext());
        message.onSent();
      } else {
        super.send(message);
      }
    }

    @Override
    public void processDatagram(DatagramPacket datagram) {
      if (!loss.strikes()) {
        super.processDatagram(datagram);
      }
    }
  }

  /** Loses datagrams below Scandium, handshakes included, and can change its port. */
  private static final class LossyDtls extends DTLSConnector {
    private static final int MOST_BYTES = 1 << 14;
    private final Loss loss;
    private volatile @Nullable DatagramSocket moved;

    LossyDtls(DtlsConnectorConfig config, Loss loss) {
      super(config);
      this.loss = loss;
    }

    /** Another socket below the session; a restart of the connector would end that. */
    void move(InetSocketAddress local) throws IOException {
      DatagramSocket before = moved;
      DatagramSocket now = new DatagramSocket(local);
      moved = now;
      Thread.ofVirtual().name("sim-moved").start(() -> receive(now));
      if (before != null) {
        before.close();
      }
    }

    private void receive(DatagramSocket from) {
      while (!from.isClosed()) {
        DatagramPacket datagram = new DatagramPacket(new byte[MOST_BYTES], MOST_BYTES);
        try {
          from.receive(datagram);
          processDatagram(datagram);
        } catch (IOException e) {
          LOG.debug("no more datagrams at {}: {}", from, e.getMessage());
        }
      }
    }

    @Override
    public void destroy() {
      super.destroy();
      if (moved != null) {
        moved.close();
      }
    }

    @Override
    protected void sendNextDatagramOverNetwork(DatagramPacket datagram) throws IOException {
      DatagramSocket from = moved;
      if (loss.strikes()) {
        return;
      }
      if (from == null) {
        super.sendNextDatagramOverNetwork(datagram);
      } else {
        from.send(datagram);
      }
    }

    @Override
    public void processDatagram(DatagramPacket datagram) {
      if (!loss.strikes()) {
        super.processDatagram(datagram);
      }
    }
  }
}
