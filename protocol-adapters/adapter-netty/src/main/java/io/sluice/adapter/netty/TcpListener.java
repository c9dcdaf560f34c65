package io.sluice.adapter.netty;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.sluice.api.Limit;
import io.sluice.api.RejectReason;
import io.sluice.api.adapter.AdapterContext;
import io.sluice.api.adapter.BindFault;
import io.sluice.api.adapter.Drain;
import io.sluice.api.adapter.Endpoint;
import io.sluice.api.adapter.Peer;
import io.sluice.api.health.Guarded;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One listening TCP socket with its event loops, from its start to its end: bounds of connections,
 * handshakes and of what is not admitted, TLS where it is configured, and the stop in good order.
 * The protocol's handlers come from its adapter. Thread-safe.
 *
 * @param <L> what the adapter keeps for each event loop
 */
// a write that fails closes the channel: its future says nothing more
@SuppressWarnings("FutureReturnValueIgnored")
public final class TcpListener<L extends ConnectionLoop> implements AutoCloseable {
  /** For what is in hand when the listener closes. */
  private static final int CLOSE_MILLIS = 1500;

  /** For the peers to close, behind that. */
  private static final int FAREWELL_MILLIS = 1500;

  private static final int BACKLOG = 4096;

  private final ListenerSpec spec;
  private final SocketProtocol<L> protocol;
  private final AdapterContext gateway;
  private final ListenerGroup group;
  private final ConnectionLimit places;
  private final Map<EventLoop, L> loops = new ConcurrentHashMap<>();
  private final EventLoopGroup threads;
  private final @Nullable TlsHandlers tls;
  private final Channel socket;
  private boolean isClosed;

  private TcpListener(ListenerSpec spec, SocketProtocol<L> protocol, AdapterContext gateway)
      throws IOException {
    this.spec = spec;
    this.protocol = protocol;
    this.gateway = gateway;
    this.group = ListenerGroup.of(gateway, spec.protocol());
    this.places = new ConnectionLimit(spec.key(), spec.maxConnections(), OpenFiles.limit());
    Transport transport = spec.transport().available(spec.key() + ".transport");
    this.tls =
        spec.tls() == null
            ? null
            : new TlsHandlers(spec, spec.tls(), gateway, group, loops.values());
    this.threads =
        new MultiThreadIoEventLoopGroup(spec.eventLoops(), transport.gatheringIoHandlers());
    this.socket = bind(transport);
  }

  /**
   * Opens the socket and serves it.
   *
   * @throws IOException where it cannot be opened or a TLS file cannot be used; the message names
   *     the place and the remedy
   */
  public static <L extends ConnectionLoop> TcpListener<L> start(
      ListenerSpec spec, SocketProtocol<L> protocol, AdapterContext gateway) throws IOException {
    return new TcpListener<>(spec, protocol, gateway);
  }

  private Channel bind(Transport transport) throws IOException {
    ChannelFuture bound =
        new ServerBootstrap()
            .group(threads)
            .channel(transport.serverChannel())
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(new Connections())
            .bind(spec.host(), spec.port())
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      threads.shutdownGracefully(0, 2, TimeUnit.SECONDS);
      if (tls != null) {
        tls.close();
      }
      throw BindFault.of(spec.host() + ":" + spec.port(), spec.key(), bound.cause());
    }
    bound.channel().pipeline().addLast(new AcceptFaults(group.acceptFaults()));
    return bound.channel();
  }

  /** Sets up each connection. */
  private final class Connections extends ChannelInitializer<Channel> {
    @Override
    protected void initChannel(Channel channel) {
      InetSocketAddress remote = (InetSocketAddress) channel.remoteAddress();
      if (remote == null) {
        channel.close(); // gone again already
        return;
      }
      Peer peer = peer(remote);
      if (!places.take()) {
        gateway.meters().refused(peer, RejectReason.QUOTA);
        gateway.meters().limited(peer, Limit.CONNECTIONS);
        group.refusedPlaces().warn(String.valueOf(remote), places.refusal());
        channel.close();
        return;
      }
      channel.closeFuture().addListener(_ -> places.giveBack());
      if (spec.proxies().trusts(remote)) {
        ProxyHeader.ask(
            channel,
            spec.signInTimeout(),
            device -> addHandlers(channel, peer(device)),
            why -> {
              gateway.meters().refused(peer, RejectReason.PROTOCOL_ERROR);
              group.refusedProxies().warn(String.valueOf(remote), "the proxy's header " + why);
            });
      } else {
        addHandlers(channel, peer);
      }
    }

    private Peer peer(InetSocketAddress remote) {
      return new Peer(spec.protocol(), remote, tls != null);
    }

    private void addHandlers(Channel channel, Peer peer) {
      L loop = loops.computeIfAbsent(channel.eventLoop(), TcpListener.this::begin);
      BeforeAdmission before =
          new BeforeAdmission(
              group, loop.waiting(), spec.maxUnadmittedBytes(), gateway.meters(), peer);
      channel.pipeline().addLast(before);
      if (tls != null) {
        tls.addTo(channel.pipeline(), peer);
      }
      protocol.addHandlers(channel, loop, peer, before);
    }
  }

  private L begin(EventLoop thread) {
    L loop = protocol.loop(thread);
    loop.start();
    Drain drain = gateway.drain();
    if (drain != null) {
      loop.drain(drain);
    }
    return loop;
  }

  /**
   * Runs a task on one of the event loops again and again, until the listener closes. It must not
   * block.
   *
   * @param name of the task, for the log and the metrics
   */
  public void every(Duration interval, String name, Runnable task) {
    threads
        .next()
        .scheduleWithFixedDelay(
            Guarded.task(name, task),
            interval.toMillis(),
            interval.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  /** As the operator sees it. */
  public List<Endpoint> endpoints() {
    return List.of(Endpoint.listening(address(), connections()));
  }

  /** Ends the open connections, spread over the drain's time. Goes on accepting. */
  public void drain(Drain drain) {
    loops.values().forEach(each -> each.loop().execute(() -> each.drain(drain)));
  }

  /** Ends no further connections for a drain. */
  public void resume() {
    loops.values().forEach(each -> each.loop().execute(each::resume));
  }

  /** The bound address, with the real port where 0 was configured. */
  public InetSocketAddress address() {
    return (InetSocketAddress) socket.localAddress();
  }

  /** Connections that are open. */
  public int connections() {
    return places.open();
  }

  /**
   * Accepts nothing more, answers what is in hand as far as there is time, and ends every
   * connection. Takes seconds at the most. Must not be called on an event loop.
   */
  @Override
  public synchronized void close() {
    if (isClosed) {
      return;
    }
    isClosed = true;
    if (tls != null) {
      tls.close();
    }
    socket.close().awaitUninterruptibly();
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(CLOSE_MILLIS);
    List<CompletableFuture<Void>> done = new ArrayList<>();
    for (L loop : loops.values()) {
      CompletableFuture<Void> one = new CompletableFuture<>();
      done.add(one);
      loop.loop().execute(() -> loop.shutDown(deadline, one));
    }
    CompletableFuture.allOf(done.toArray(CompletableFuture[]::new))
        .completeOnTimeout(null, CLOSE_MILLIS + FAREWELL_MILLIS, TimeUnit.MILLISECONDS)
        .join();
    threads.shutdownGracefully(50, 2000, TimeUnit.MILLISECONDS).awaitUninterruptibly(3000);
  }
}
