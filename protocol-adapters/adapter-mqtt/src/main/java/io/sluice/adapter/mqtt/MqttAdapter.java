package io.sluice.adapter.mqtt;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.handler.codec.mqtt.MqttEncoder;
import io.sluice.adapter.netty.OpenFiles;
import io.sluice.adapter.netty.SparseLog;
import io.sluice.adapter.netty.Transport;
import io.sluice.adapter.netty.Unadmitted;
import io.sluice.api.BindFault;
import io.sluice.api.Limit;
import io.sluice.api.RejectReason;
import io.sluice.api.adapter.Adapter;
import io.sluice.api.adapter.AdapterContext;
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
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One MQTT listener. The pipeline is put together here and nowhere else. */
// a write that fails closes the channel: its future says nothing more
@SuppressWarnings("FutureReturnValueIgnored")
public final class MqttAdapter implements Adapter {
  static final String PROTOCOL = "mqtt";

  /** For what is in hand when the listener closes. */
  private static final int CLOSE_MILLIS = 1500;

  private static final Logger LOG = LoggerFactory.getLogger(MqttAdapter.class);
  private static final SparseLog REFUSALS = new SparseLog(LOG, MqttAdapter.PROTOCOL);

  /** Netty tries again each second; once a minute is enough to read. */
  private static final SparseLog ACCEPT_FAULTS =
      new SparseLog(LOG, PROTOCOL, Duration.ofMinutes(1));

  private final Door door;
  private final MqttOptions settings;
  private final int mostConnections;
  private final AtomicInteger connections = new AtomicInteger();
  private final Map<EventLoop, LoopSink> sinks = new ConcurrentHashMap<>();
  private @Nullable EventLoopGroup loops;
  private @Nullable Channel listener;
  private @Nullable TlsDoor tls;

  MqttAdapter(Door door) {
    this.door = door;
    this.settings = door.options();
    this.mostConnections = OpenFiles.connections(settings.maxConnections(), OpenFiles.limit());
  }

  MqttAdapter(MqttSettings settings) {
    this(Door.of("mqtt", settings));
  }

  @Override
  public void start(AdapterContext gateway) throws IOException {
    if (settings.packetBytes() < settings.maxPacketSize().value()) {
      LOG.warn(
          "listeners.{}.max-packet-size: {} bytes are taken, no larger payload can be decoded",
          door.name(),
          settings.packetBytes());
    }
    Transport transport = settings.transport().available("listeners." + door.name() + ".transport");
    TlsDoor secured =
        door.tls() == null ? null : new TlsDoor(door, door.tls(), gateway, sinks.values());
    tls = secured;
    Sessions sessions = gateway.shared(Sessions.class, Sessions::new);
    EventLoopGroup group =
        new MultiThreadIoEventLoopGroup(settings.eventLoops(), transport.ioHandlers());
    ChannelFuture bound =
        new ServerBootstrap()
            .group(group)
            .channel(transport.serverChannel())
            .option(ChannelOption.SO_BACKLOG, 4096)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(pipeline(gateway, sessions, secured))
            .bind(door.host(), door.port())
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      group.shutdownGracefully(0, 2, TimeUnit.SECONDS);
      if (secured != null) {
        secured.close();
      }
      throw BindFault.of(
          door.host() + ":" + door.port(), "listeners." + door.name(), bound.cause());
    }
    bound.channel().pipeline().addLast(new AcceptFaults());
    loops = group;
    listener = bound.channel();
    var _ =
        group
            .next()
            .scheduleWithFixedDelay(
                Guarded.task("mqtt-sessions", sessions::dropExpired), 10, 10, TimeUnit.SECONDS);
  }

  private ChannelInitializer<Channel> pipeline(
      AdapterContext gateway, Sessions sessions, @Nullable TlsDoor secured) {
    Unadmitted unadmitted = gateway.shared(Unadmitted.class, Unadmitted::new);
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        InetSocketAddress remote = (InetSocketAddress) channel.remoteAddress();
        if (remote == null) {
          channel.close(); // gone again already
          return;
        }
        Peer peer = new Peer(PROTOCOL, remote, secured != null);
        if (!isPlaceTaken()) {
          gateway.meters().refused(peer, RejectReason.QUOTA);
          gateway.meters().limited(peer, Limit.CONNECTIONS);
          REFUSALS.warn(
              String.valueOf(channel.remoteAddress()),
              "refused: %d connections are open; %s".formatted(mostConnections, remedy()));
          channel.close();
          return;
        }
        channel.closeFuture().addListener(closed -> connections.decrementAndGet());
        LoopSink sink = sinks.computeIfAbsent(channel.eventLoop(), MqttAdapter::sink);
        BeforeAdmission before =
            new BeforeAdmission(
                unadmitted,
                sink.waiting(),
                settings.maxUnadmittedBytes().value(),
                gateway.meters(),
                peer);
        Connection connection =
            new Connection(
                channel,
                sink,
                gateway,
                settings,
                sessions,
                peer,
                before,
                gateway.access().enter(peer));
        channel.pipeline().addLast(before);
        if (secured != null) {
          secured.addTo(channel.pipeline(), peer);
        }
        if (door.path() != null) {
          WebSocketDoor.addTo(channel.pipeline(), door.path(), settings);
        }
        int limit = settings.packetBytes();
        channel
            .pipeline()
            .addLast(new ConnectGuard(limit, connection, before))
            .addLast(new PacketDecoder(limit, settings.mqtt31() == Mqtt31.ACCEPT, connection))
            .addLast(MqttEncoder.INSTANCE)
            .addLast(connection);
      }
    };
  }

  /** In one step: loops set up connections side by side, and the last place is one's only. */
  private boolean isPlaceTaken() {
    return connections.getAndUpdate(open -> Math.min(open + 1, mostConnections)) < mostConnections;
  }

  /** Netty stops accepting for a second after a fault; this tells the operator why. */
  private static final class AcceptFaults extends ChannelInboundHandlerAdapter {
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      ACCEPT_FAULTS.warn(
          String.valueOf(context.channel().localAddress()),
          "cannot accept connections: "
              + cause.getMessage()
              + "; raise the limit of open files (ulimit -n, LimitNOFILE=)");
    }
  }

  private String remedy() {
    return mostConnections < settings.maxConnections()
        ? "raise the limit of open files, which is %d (ulimit -n, LimitNOFILE=)"
            .formatted(OpenFiles.limit())
        : "raise listeners.%s.max-connections".formatted(door.name());
  }

  private static LoopSink sink(EventLoop loop) {
    LoopSink sink = new LoopSink(loop);
    var _ =
        loop.scheduleWithFixedDelay(
            Guarded.task("mqtt-sweep", sink::sweep), 500, 500, TimeUnit.MILLISECONDS);
    return sink;
  }

  @Override
  public List<Endpoint> endpoints() {
    return List.of(Endpoint.listening(address(), connections()));
  }

  /** The bound address, with the real port where 0 was configured. Only after start. */
  public InetSocketAddress address() {
    Channel open = listener;
    if (open == null) {
      throw new IllegalStateException("not started");
    }
    return (InetSocketAddress) open.localAddress();
  }

  /** Connections that are open. */
  public int connections() {
    return connections.get();
  }

  @Override
  public void close() {
    EventLoopGroup group = loops;
    Channel open = listener;
    if (group == null || open == null) {
      return;
    }
    loops = null;
    if (tls != null) {
      tls.close();
    }
    open.close().awaitUninterruptibly();
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(CLOSE_MILLIS);
    List<CompletableFuture<Void>> done = new ArrayList<>();
    for (LoopSink sink : sinks.values()) {
      CompletableFuture<Void> one = new CompletableFuture<>();
      done.add(one);
      sink.loop().execute(() -> sink.shutDown(deadline, one));
    }
    CompletableFuture.allOf(done.toArray(CompletableFuture[]::new))
        .completeOnTimeout(null, CLOSE_MILLIS + 1500, TimeUnit.MILLISECONDS)
        .join();
    group.shutdownGracefully(50, 2000, TimeUnit.MILLISECONDS).awaitUninterruptibly(3000);
  }
}
