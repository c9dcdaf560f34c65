package io.sluice.adapter.mqtt;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttEncoder;
import io.sluice.api.Adapter;
import io.sluice.api.Gateway;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** One MQTT listener. The pipeline is put together here and nowhere else. */
// a write that fails closes the channel: its future says nothing more
@SuppressWarnings("FutureReturnValueIgnored")
public final class MqttAdapter implements Adapter {
  static final String PROTOCOL = "mqtt";

  private final MqttSettings settings;
  private final Sessions sessions;
  private final AtomicInteger connections = new AtomicInteger();
  private final Map<EventLoop, LoopSink> sinks = new ConcurrentHashMap<>();
  private @Nullable EventLoopGroup loops;
  private @Nullable Channel listener;

  public MqttAdapter(MqttSettings settings) {
    this.settings = settings;
    this.sessions = new Sessions(settings.maxSessions());
  }

  @Override
  public void start(Gateway gateway) throws IOException {
    Transport transport = settings.transport().available();
    EventLoopGroup group =
        new MultiThreadIoEventLoopGroup(settings.eventLoops(), transport.ioHandlers());
    ChannelFuture bound =
        new ServerBootstrap()
            .group(group)
            .channel(transport.serverChannel())
            .option(ChannelOption.SO_BACKLOG, 4096)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(pipeline(gateway))
            .bind(settings.host(), settings.port())
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      group.shutdownGracefully(0, 2, TimeUnit.SECONDS);
      throw new IOException(
          "cannot listen on %s:%d: %s; free the port or set listeners.mqtt.port to another"
              .formatted(settings.host(), settings.port(), bound.cause().getMessage()),
          bound.cause());
    }
    loops = group;
    listener = bound.channel();
    var _ = group.next().scheduleWithFixedDelay(sessions::dropExpired, 10, 10, TimeUnit.SECONDS);
  }

  private ChannelInitializer<Channel> pipeline(Gateway gateway) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        if (connections.get() >= settings.maxConnections()) {
          channel.close();
          return;
        }
        LoopSink sink = sinks.computeIfAbsent(channel.eventLoop(), MqttAdapter::sink);
        Connection connection =
            new Connection(channel, sink, gateway, settings, sessions, connections);
        int limit = (int) settings.maxPacketSize().value();
        channel
            .pipeline()
            .addLast(new PacketGuard(limit, connection))
            .addLast(new MqttDecoder(limit, limit))
            .addLast(MqttEncoder.INSTANCE)
            .addLast(connection);
      }
    };
  }

  private static LoopSink sink(EventLoop loop) {
    LoopSink sink = new LoopSink(loop);
    var _ = loop.scheduleWithFixedDelay(sink::sweep, 500, 500, TimeUnit.MILLISECONDS);
    return sink;
  }

  @Override
  public InetSocketAddress address() {
    Channel open = listener;
    if (open == null) {
      throw new IllegalStateException("not started");
    }
    return (InetSocketAddress) open.localAddress();
  }

  @Override
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
    open.close().awaitUninterruptibly();
    for (LoopSink sink : sinks.values()) {
      sink.loop().execute(sink::closeAll);
    }
    group.shutdownGracefully(50, 2000, TimeUnit.MILLISECONDS).awaitUninterruptibly(3000);
  }
}
