package io.sluice.adapter.coap.server;

import io.sluice.adapter.coap.command.CommandResource;
import io.sluice.adapter.coap.dtls.DtlsEndpoint;
import io.sluice.adapter.coap.fast.Adoptions;
import io.sluice.adapter.coap.message.PublicResources;
import io.sluice.adapter.coap.request.Admissions;
import io.sluice.adapter.coap.request.ListenerContext;
import io.sluice.adapter.coap.request.RequestsInHand;
import io.sluice.adapter.coap.settings.CoapOptions;
import io.sluice.adapter.coap.settings.CoapSettings;
import io.sluice.adapter.coap.settings.CoapsSettings;
import io.sluice.adapter.coap.settings.FastPath;
import io.sluice.adapter.coap.udp.AddressFollower;
import io.sluice.adapter.coap.udp.SocketDrops;
import io.sluice.adapter.coap.upload.Uploads;
import io.sluice.api.DeviceId;
import io.sluice.api.Limit;
import io.sluice.api.adapter.Adapter;
import io.sluice.api.adapter.AdapterContext;
import io.sluice.api.adapter.BindFault;
import io.sluice.api.adapter.Drain;
import io.sluice.api.adapter.Endpoint;
import io.sluice.api.adapter.Meters;
import io.sluice.api.adapter.Peer;
import io.sluice.api.health.Guarded;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.elements.util.DaemonThreadFactory;
import org.eclipse.californium.elements.util.ExecutorsUtil;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The CoAP listener: one UDP socket, its protocol threads and one for timers. */
public final class CoapAdapter implements Adapter {
  private static final Logger log = LoggerFactory.getLogger(CoapAdapter.class);
  private static final long CLOSE_MILLIS = 2_000;
  private static final long DRAIN_MILLIS = 500;

  private final String name;
  private final String host;
  private final int port;
  private final CoapOptions settings;
  private final FastPath fastPath;
  private final @Nullable CoapsSettings secured;
  private volatile @Nullable Running running;

  public CoapAdapter(CoapSettings settings) {
    this("coap", settings);
  }

  public CoapAdapter(String name, CoapSettings settings) {
    this.name = name;
    this.host = settings.host();
    this.port = settings.port();
    this.settings = settings.options();
    this.fastPath = settings.fastPath();
    this.secured = null;
  }

  public CoapAdapter(CoapsSettings settings) {
    this("coaps", settings);
  }

  public CoapAdapter(String name, CoapsSettings settings) {
    this.name = name;
    this.host = settings.host();
    this.port = settings.port();
    this.settings = settings.options();
    this.fastPath = FastPath.OFF; // over DTLS there is none
    this.secured = settings;
  }

  private record Running(
      CoapEndpoint endpoint,
      ProtocolThreads protocolThreads,
      ScheduledExecutorService timers,
      RequestsInHand inHand,
      Admissions admissions,
      Uploads uploads,
      CommandResource commands,
      @Nullable DtlsEndpoint dtls) {}

  @Override
  public synchronized void start(AdapterContext gateway) throws IOException {
    if (running != null) {
      throw new IllegalStateException("already started");
    }
    InetSocketAddress address = localAddress();
    if (settings.payloadBytes() < settings.maxPayload().value()) {
      log.warn(
          "listeners.{}.max-payload: {} bytes are taken, no larger payload can be decoded",
          name,
          settings.payloadBytes());
    }
    DtlsEndpoint dtls = secured == null ? null : new DtlsEndpoint(name, secured, gateway);
    ScheduledExecutorService timers =
        ExecutorsUtil.newSingleThreadScheduledExecutor(new DaemonThreadFactory("coap-timer-"));
    ProtocolThreads protocolThreads = new ProtocolThreads(settings.protocolThreads(), timers);
    RequestsInHand inHand =
        new RequestsInHand(
            protocolThreads::share,
            protocolThreads,
            settings.maxExchanges(),
            settings.payloadBytes());
    Admissions admissions =
        new Admissions(
            gateway, settings.admissionCache().toNanos(), dtls == null ? null : dtls::belongs);
    ListenerContext listener = ListenerContext.create(gateway, admissions, inHand, settings);
    Adoptions adoptions = new Adoptions();
    Uploads uploads = Uploads.create(settings);
    CoapEndpoint endpoint =
        new EndpointAssembly(settings, listener, adoptions, uploads)
            .endpoint(fastPath, address, dtls, timers);
    endpoint.setExecutors(protocolThreads, timers);
    CommandResource commands =
        new CommandResource(gateway, endpoint.getConfig(), settings, protocolThreads);
    endpoint.setMessageDeliverer(
        new RequestRouter(listener, adoptions, commands, new PublicResources(listener.clock())));
    endpoint.addPostProcessInterceptor(new RefusalMetrics(gateway.meters()));
    Running started =
        new Running(endpoint, protocolThreads, timers, inHand, admissions, uploads, commands, dtls);
    try {
      endpoint.start();
    } catch (IOException refused) {
      stop(started);
      throw BindFault.of(
          "udp " + address.getHostString() + ":" + address.getPort(), "listeners." + name, refused);
    }
    schedule(started, gateway.meters());
    running = started;
    gateway.access().onRevoked(this::revoked);
  }

  /** Also told after it was closed: the gateway may go on without this listener. */
  private void revoked(DeviceId device) {
    Running current = running;
    if (current != null) {
      current.admissions().forget(device);
      DtlsEndpoint dtls = current.dtls();
      if (dtls != null) {
        dtls.close(device);
      }
    }
  }

  /** What is done again and again, on the timer thread. */
  private static void schedule(Running started, Meters meters) {
    ScheduledExecutorService timers = started.timers();
    CoapEndpoint endpoint = started.endpoint();
    AddressFollower follower = (AddressFollower) endpoint.getConnector();
    SocketDrops drops = new SocketDrops(endpoint.getAddress().getPort(), follower::changes);
    afterEach(timers, 5_000, "coap-addresses", follower::follow);
    every(timers, 5_000, "coap-drops", () -> countDrops(meters, endpoint.getAddress(), drops));
    every(timers, 100, "coap-slow", () -> started.inHand().acknowledgeSlow(System.nanoTime()));
    every(timers, 10_000, "coap-admissions", started.admissions()::sweep);
    every(timers, 10_000, "coap-uploads", started.uploads()::dropIdle);
    every(timers, 5_000, "coap-commands", () -> started.commands().sweep(System.nanoTime()));
    DtlsEndpoint dtls = started.dtls();
    CommandResource commands = started.commands();
    if (dtls != null) {
      every(timers, 10_000, "coap-dtls", dtls::sweep);
      every(timers, DRAIN_MILLIS, "coap-drain", () -> dtls.drainOn(commands::isAnswered));
      Long reloadMillis = dtls.reloadMillis();
      if (reloadMillis != null) {
        afterEach(timers, reloadMillis, "coaps-reload", dtls::reload);
      }
    } else {
      every(timers, DRAIN_MILLIS, "coap-drain", () -> commands.drainOn(System.nanoTime()));
    }
  }

  private static void every(
      ScheduledExecutorService timers, long millis, String name, Runnable task) {
    var _ =
        timers.scheduleAtFixedRate(Guarded.task(name, task), millis, millis, TimeUnit.MILLISECONDS);
  }

  /** As {@link #every}, for tasks that may take longer than their interval. */
  private static void afterEach(
      ScheduledExecutorService timers, long millis, String name, Runnable task) {
    var _ =
        timers.scheduleWithFixedDelay(
            Guarded.task(name, task), millis, millis, TimeUnit.MILLISECONDS);
  }

  private static void countDrops(Meters meters, InetSocketAddress own, SocketDrops drops) {
    Peer unknown =
        new Peer(CoapOptions.PROTOCOL, own, false); // who sent it is lost with the datagram
    for (long more = drops.more(); more > 0; more--) {
      meters.limited(unknown, Limit.RECEIVE_BUFFER);
    }
  }

  private InetSocketAddress localAddress() throws IOException {
    try {
      return new InetSocketAddress(InetAddress.getByName(host), port);
    } catch (UnknownHostException unknown) {
      throw BindFault.of("udp " + host + ":" + port, "listeners." + name, unknown);
    }
  }

  @Override
  public List<Endpoint> endpoints() {
    return List.of(Endpoint.listening(address(), connections()));
  }

  /** The bound address, with the real port where 0 was configured. Only after start. */
  InetSocketAddress address() {
    return running().endpoint().getAddress();
  }

  /**
   * Devices with a DTLS session; without DTLS the endpoints with credentials checked within the
   * admission cache's time, or the observers, whichever are more.
   */
  int connections() {
    Running current = running();
    if (current.dtls() != null) {
      return current.dtls().sessions();
    }
    return Math.max(current.admissions().size(), current.commands().observers());
  }

  /** Those of DTLS; without it the observers: else each request is answered for itself. */
  @Override
  public int sessions() {
    Running current = running();
    DtlsEndpoint dtls = current.dtls();
    return dtls == null ? current.commands().observers() : dtls.sessions();
  }

  @Override
  public void drain(Drain drain) {
    Running current = running();
    DtlsEndpoint dtls = current.dtls();
    if (dtls == null) {
      current.commands().drain(drain);
    } else {
      dtls.drain(drain);
    }
  }

  @Override
  public void resume() {
    Running current = running();
    DtlsEndpoint dtls = current.dtls();
    if (dtls != null) {
      dtls.resume();
    }
    current.commands().resume();
  }

  CommandResource commands() {
    return running().commands();
  }

  /** Null where there is none. */
  @Nullable DtlsEndpoint dtls() {
    return running().dtls();
  }

  private synchronized Running running() {
    return Objects.requireNonNull(running, "not started");
  }

  @Override
  public synchronized void close() {
    Running current = running;
    running = null;
    if (current == null) {
      return;
    }
    try {
      if (!current.inHand().drain(CLOSE_MILLIS)) {
        log.warn("coap: some requests stay unanswered; their devices will send them again");
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    stop(current);
  }

  private static void stop(Running current) {
    current.endpoint().destroy();
    ExecutorsUtil.shutdownExecutorGracefully(500, current.protocolThreads(), current.timers());
  }
}
