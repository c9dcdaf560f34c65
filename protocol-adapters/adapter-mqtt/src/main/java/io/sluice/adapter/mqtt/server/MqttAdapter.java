package io.sluice.adapter.mqtt.server;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.mqtt.MqttEncoder;
import io.sluice.adapter.mqtt.packet.ConnectGuard;
import io.sluice.adapter.mqtt.packet.PacketDecoder;
import io.sluice.adapter.mqtt.session.Connection;
import io.sluice.adapter.mqtt.session.LoopSink;
import io.sluice.adapter.mqtt.session.Mqtt31;
import io.sluice.adapter.mqtt.session.MqttOptions;
import io.sluice.adapter.mqtt.session.SleepingSessions;
import io.sluice.adapter.netty.BeforeAdmission;
import io.sluice.adapter.netty.ListenerSpec;
import io.sluice.adapter.netty.SocketProtocol;
import io.sluice.adapter.netty.TcpListener;
import io.sluice.api.adapter.Adapter;
import io.sluice.api.adapter.AdapterContext;
import io.sluice.api.adapter.Drain;
import io.sluice.api.adapter.Endpoint;
import io.sluice.api.adapter.Peer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One MQTT listener. The pipeline is put together here and nowhere else. */
public final class MqttAdapter implements Adapter {
  private static final Logger LOG = LoggerFactory.getLogger(MqttAdapter.class);
  private static final Duration SESSIONS_INTERVAL = Duration.ofSeconds(10);

  private final ListenerSpec spec;
  private final @Nullable String path;
  private final MqttOptions settings;
  private @Nullable TcpListener<LoopSink> listener;

  /**
   * @param path of the WebSocket; null for plain MQTT
   */
  public MqttAdapter(ListenerSpec spec, @Nullable String path, MqttOptions settings) {
    this.spec = spec;
    this.path = path;
    this.settings = settings;
  }

  @Override
  public void start(AdapterContext gateway) throws IOException {
    if (settings.packetBytes() < settings.maxPacketSize().value()) {
      LOG.warn(
          "{}.max-packet-size: {} bytes are taken, no larger payload can be decoded",
          spec.key(),
          settings.packetBytes());
    }
    SleepingSessions sleeping = gateway.shared(SleepingSessions.class, SleepingSessions::new);
    TcpListener<LoopSink> started = TcpListener.start(spec, new Mqtt(gateway, sleeping), gateway);
    started.every(SESSIONS_INTERVAL, "mqtt-sessions", sleeping::dropExpired);
    listener = started;
  }

  /** What the listener puts into the pipeline of each connection. */
  private final class Mqtt implements SocketProtocol<LoopSink> {
    private final AdapterContext gateway;
    private final SleepingSessions sleeping;

    private Mqtt(AdapterContext gateway, SleepingSessions sleeping) {
      this.gateway = gateway;
      this.sleeping = sleeping;
    }

    @Override
    public LoopSink loop(EventLoop loop) {
      return new LoopSink(loop);
    }

    @Override
    public void addHandlers(Channel channel, LoopSink sink, Peer peer, BeforeAdmission before) {
      Connection connection =
          new Connection(
              channel,
              sink,
              gateway,
              settings,
              sleeping,
              peer,
              before,
              gateway.access().enter(peer));
      if (path != null) {
        WebSocketHandlers.addTo(channel.pipeline(), path, settings);
      }
      int limit = settings.packetBytes();
      channel
          .pipeline()
          .addLast(new ConnectGuard(limit, connection, before))
          .addLast(new PacketDecoder(limit, settings.mqtt31() == Mqtt31.ACCEPT, connection))
          .addLast(MqttEncoder.INSTANCE)
          .addLast(connection);
    }
  }

  private TcpListener<LoopSink> started() {
    TcpListener<LoopSink> own = listener;
    if (own == null) {
      throw new IllegalStateException("not started");
    }
    return own;
  }

  @Override
  public List<Endpoint> endpoints() {
    return started().endpoints();
  }

  /** The bound address, with the real port where 0 was configured. Only after start. */
  public InetSocketAddress address() {
    return started().address();
  }

  /** Connections that are open. Only after start. */
  public int connections() {
    return started().connections();
  }

  @Override
  public void drain(Drain drain) {
    started().drain(drain);
  }

  @Override
  public void resume() {
    started().resume();
  }

  @Override
  public void close() {
    if (listener != null) {
      listener.close();
    }
  }
}
