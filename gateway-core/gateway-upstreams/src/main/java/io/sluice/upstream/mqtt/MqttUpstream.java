package io.sluice.upstream.mqtt;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttEncoder;
import io.netty.handler.ssl.SslHandler;
import io.sluice.api.Lane;
import io.sluice.api.broker.BrokerAddress;
import io.sluice.api.broker.BrokerTls;
import io.sluice.api.tls.ClientTls;
import io.sluice.api.upstream.Delivery;
import io.sluice.api.upstream.OutboundBatch;
import io.sluice.api.upstream.Upstream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * Publishes records to a broker. A batch is delivered when the last of its acknowledgements is in.
 *
 * <p>The Forwarder's thread encodes; an event loop of the connection's own publishes as the broker
 * allows, so that an alarm passes what still waits of telemetry.
 */
final class MqttUpstream implements Upstream {
  /** A broker answers by some bytes; what claims to be larger is none. */
  private static final int ANSWER_BYTES_MAX = 64 << 10;

  private static final long END_MILLIS = 1_000;
  private static final int ADDRESSES_MAX = 8;

  private final String clientId;
  private final MqttSettings settings;
  private final FrameEncoder encoder;
  private final ThreadFactory threads;
  private final Names names;
  private final LongAdder confirmations = new LongAdder();
  private volatile @Nullable BrokerSession session;
  private @Nullable EventLoopGroup loop;

  /** Finds the addresses of a name. */
  @FunctionalInterface
  interface Names {
    InetAddress[] of(String host) throws UnknownHostException;
  }

  MqttUpstream(String gateway, String name, String clientId, MqttSettings settings) {
    this(gateway, name, clientId, settings, InetAddress::getAllByName);
  }

  MqttUpstream(String gateway, String name, String clientId, MqttSettings settings, Names names) {
    this.names = names;
    this.clientId = clientId;
    this.settings = settings;
    this.encoder = new FrameEncoder(gateway, settings);
    this.threads = Thread.ofPlatform().daemon().name("publish-" + name).factory();
  }

  /** Tries one address of the broker's name after the other, within the time for all. */
  @Override
  public void open() throws IOException, InterruptedException {
    BrokerAddress broker = BrokerAddress.of(settings.uri());
    SSLContext tls = broker.isSecure() ? context(settings.tls()) : null;
    List<InetAddress> addresses = addresses(broker);
    long deadline = System.nanoTime() + settings.connectTimeout().toNanos();
    Set<String> faults = new LinkedHashSet<>();
    for (int i = 0; i < addresses.size(); i++) {
      long millis = (deadline - System.nanoTime()) / 1_000_000 / (addresses.size() - i);
      try {
        open(broker, addresses.get(i), tls, Math.max(1, millis));
        return;
      } catch (IOException e) {
        String address = addresses.size() > 1 ? addresses.get(i).getHostAddress() + ": " : "";
        faults.add(address + e.getMessage());
        close();
      }
    }
    throw new IOException(where() + ": " + String.join("; ", faults));
  }

  private List<InetAddress> addresses(BrokerAddress broker) throws IOException {
    try {
      InetAddress[] all = names.of(broker.host());
      return Arrays.asList(all).subList(0, Math.min(ADDRESSES_MAX, all.length));
    } catch (UnknownHostException e) {
      throw new IOException(
          broker.host() + " is not known; mend uri, or the name service of this machine", e);
    }
  }

  private String where() {
    return settings.uri().getScheme() + "://" + settings.uri().getRawAuthority();
  }

  private void open(
      BrokerAddress broker, InetAddress address, @Nullable SSLContext tls, long millis)
      throws IOException, InterruptedException {
    BrokerSession opening =
        new BrokerSession(settings, Packets.connect(clientId, settings), confirmations);
    EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, threads, NioIoHandler.newFactory());
    loop = group;
    session = opening;
    new Bootstrap()
        .group(group)
        .channel(NioSocketChannel.class)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) Math.min(Integer.MAX_VALUE, millis))
        .option(ChannelOption.TCP_NODELAY, true)
        .handler(pipeline(opening, tls, broker.host(), broker.port()))
        .connect(address, broker.port())
        .addListener(connected -> {
          if (!connected.isSuccess()) {
            opening.fail(BrokerFaults.text(connected.cause()));
          }
        });
    try {
      opening.opened().get(millis + 500, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IOException(
          "no answer from "
              + address.getHostAddress()
              + " within "
              + BrokerFaults.time(settings.connectTimeout().toMillis()),
          e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      throw new IOException(cause == null ? e.getMessage() : cause.getMessage(), e);
    }
  }

  private static ChannelInitializer<Channel> pipeline(
      BrokerSession session, @Nullable SSLContext tls, String host, int port) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        if (tls != null) {
          channel.pipeline().addLast(new SslHandler(engine(tls, host, port)));
        }
        channel
            .pipeline()
            .addLast(new AnswerFrames(session::acknowledged, ANSWER_BYTES_MAX))
            .addLast(new MqttDecoder(ANSWER_BYTES_MAX))
            .addLast(MqttEncoder.INSTANCE)
            .addLast(session);
      }
    };
  }

  /** The files are read each time, so that a renewed certificate is taken. */
  private static SSLContext context(@Nullable BrokerTls tls) throws IOException {
    return tls == null
        ? ClientTls.context(null, null, null)
        : ClientTls.context(tls.ca(), tls.certificate(), tls.key());
  }

  private static SSLEngine engine(SSLContext tls, String host, int port) {
    SSLEngine engine = tls.createSSLEngine(host, port);
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    engine.setSSLParameters(parameters);
    return engine;
  }

  @Override
  public CompletableFuture<Delivery> send(OutboundBatch batch) {
    BrokerSession to = session;
    if (to == null) {
      return CompletableFuture.completedFuture(new Delivery.Retry(0, "not connected"));
    }
    PublishFrames frames = encoder.encode(batch, to.packetBytesMax());
    return to.send(new BatchUnderWay(frames, batch.lane() == Lane.ALARM));
  }

  @Override
  public String destination(OutboundBatch batch, int index) {
    return encoder.topic(batch, index);
  }

  @Override
  public @Nullable String ended() {
    BrokerSession of = session;
    return of == null ? null : of.ended();
  }

  @Override
  public String hintWhenShortLived() {
    return "does another client use the client id " + clientId + "?";
  }

  @Override
  public long progress() {
    BrokerSession of = session;
    return confirmations() + (of == null ? 0 : of.moves());
  }

  @Override
  public long confirmations() {
    return confirmations.sum();
  }

  @Override
  public void close() {
    BrokerSession ending = session;
    EventLoopGroup group = loop;
    session = null;
    loop = null;
    if (ending == null || group == null) {
      return;
    }
    ending.end();
    group
        .shutdownGracefully(0, END_MILLIS / 2, TimeUnit.MILLISECONDS)
        .awaitUninterruptibly(END_MILLIS);
  }
}
