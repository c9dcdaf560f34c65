package io.sluice.adapter.coap.fast;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramPacket;
import io.sluice.adapter.coap.request.ListenerContext;
import io.sluice.adapter.coap.settings.CoapOptions;
import io.sluice.adapter.coap.settings.FastPath;
import io.sluice.adapter.coap.udp.AddressFollower;
import io.sluice.adapter.coap.udp.UdpSockets;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.eclipse.californium.elements.Connector;
import org.eclipse.californium.elements.EndpointContext;
import org.eclipse.californium.elements.EndpointContextMatcher;
import org.eclipse.californium.elements.RawData;
import org.eclipse.californium.elements.RawDataChannel;
import org.eclipse.californium.elements.UdpEndpointContext;
import org.eclipse.californium.elements.exception.EndpointMismatchException;
import org.jspecify.annotations.Nullable;

/**
 * Californium's connector on {@link UdpSockets}. Each socket has a {@link FastPathHandler} in
 * front, which passes on what is Californium's. With the fast path off there is none. An answer
 * goes back by the socket that its request came to. Thread-safe.
 */
// a failed send is ignored: who waits for the datagram sends again
@SuppressWarnings("FutureReturnValueIgnored")
public final class NettyUdpConnector implements Connector, AddressFollower {
  private final InetSocketAddress wanted;
  private final CoapOptions settings;
  private final FastPath fastPath;
  private final UdpSockets sockets;
  private final ListenerContext listener;
  private final Adoptions adoptions;
  private final MessageIds messageIds;

  /** By event loop: what the handlers of all its sockets share. */
  private final Map<EventLoop, FastPathHandler.Shared> shared = new ConcurrentHashMap<>();

  private volatile @Nullable RawDataChannel receiver;
  private volatile @Nullable EndpointContextMatcher matcher;

  /**
   * @param background runs what may block for some milliseconds
   */
  public NettyUdpConnector(
      InetSocketAddress address,
      CoapOptions settings,
      FastPath fastPath,
      ListenerContext listener,
      Adoptions adoptions,
      MessageIds messageIds,
      Executor background) {
    this.wanted = address;
    this.settings = settings;
    this.fastPath = fastPath;
    this.listener = listener;
    this.adoptions = adoptions;
    this.messageIds = messageIds;
    this.sockets =
        new UdpSockets(
            address,
            Math.max(1, settings.protocolThreads() / 2),
            Math.toIntExact(settings.receiveBuffer().value()),
            background,
            this::handler);
  }

  static EndpointContext context(InetSocketAddress address) {
    return new UdpEndpointContext(address);
  }

  @Override
  public void start() throws IOException {
    if (!isRunning()) {
      sockets.open();
    }
  }

  private ChannelHandler handler(Channel channel) {
    return fastPath == FastPath.ON ? fastPath(channel) : new CaliforniumHandler(this);
  }

  private FastPathHandler fastPath(Channel channel) {
    return new FastPathHandler(
        listener,
        adoptions,
        shared.computeIfAbsent(
            channel.eventLoop(),
            loop -> new FastPathHandler.Shared(settings, sockets.loops(), loop)),
        messageIds,
        this,
        channel);
  }

  @Override
  public void follow() {
    sockets.follow();
  }

  @Override
  public int changes() {
    return sockets.changes();
  }

  /** To Californium; on any thread. */
  void pass(byte[] datagram, InetSocketAddress sender, Channel channel) {
    RawDataChannel current = receiver;
    if (current != null) {
      InetSocketAddress plain = new InetSocketAddress(sender.getAddress(), sender.getPort());
      current.receiveData(
          RawData.inbound(
              datagram,
              new AskedContext(plain, channel),
              false,
              System.nanoTime(),
              (InetSocketAddress) channel.localAddress()));
    }
  }

  @Override
  public void send(RawData message) {
    InetSocketAddress destination = message.getInetSocketAddress();
    Channel channel = channel(message);
    if (channel == null || destination.getPort() == 0) {
      message.onError(new IOException("no socket, or no port to send to"));
      return;
    }
    EndpointContext connection = new AskedContext(destination, channel);
    EndpointContextMatcher current = matcher;
    if (current != null && !current.isToBeSent(message.getEndpointContext(), connection)) {
      message.onError(new EndpointMismatchException("UDP sending"));
    } else {
      send(channel, message, connection);
    }
  }

  private @Nullable Channel channel(RawData message) {
    if (message.getEndpointContext() instanceof AskedContext asked && asked.channel().isOpen()) {
      return asked.channel();
    }
    Channel[] running = sockets.channels();
    return running == null
        ? null
        : running[message.getInetSocketAddress().getPort() % running.length];
  }

  private static void send(Channel channel, RawData message, EndpointContext connection) {
    if (!channel.isWritable()) {
      message.onError(new IOException("too much waits to be sent"));
      return;
    }
    try {
      channel.eventLoop().execute(() -> write(channel, message, connection));
    } catch (RejectedExecutionException closed) {
      message.onError(closed);
    }
  }

  private static void write(Channel channel, RawData message, EndpointContext connection) {
    message.onContextEstablished(connection);
    ByteBuf out = channel.alloc().directBuffer(message.getSize()).writeBytes(message.getBytes());
    channel
        .writeAndFlush(new DatagramPacket(out, message.getInetSocketAddress()))
        .addListener(done -> {
          if (done.isSuccess()) {
            message.onSent();
          } else {
            message.onError(done.cause());
          }
        });
  }

  @Override
  public void stop() {
    sockets.close();
    shared.clear();
  }

  @Override
  public void destroy() {
    stop();
  }

  @Override
  public void setRawDataReceiver(RawDataChannel messageHandler) {
    receiver = messageHandler;
  }

  @Override
  public void setEndpointContextMatcher(@Nullable EndpointContextMatcher matcher) {
    this.matcher = matcher;
  }

  @Override
  public InetSocketAddress getAddress() {
    return isRunning() ? sockets.address() : wanted;
  }

  @Override
  public String getProtocol() {
    return "UDP";
  }

  @Override
  public boolean isRunning() {
    return sockets.channels() != null;
  }

  @Override
  public void processDatagram(java.net.DatagramPacket datagram) {
    Channel[] running = sockets.channels();
    if (running != null) {
      pass(
          Arrays.copyOfRange(
              datagram.getData(),
              datagram.getOffset(),
              datagram.getOffset() + datagram.getLength()),
          (InetSocketAddress) datagram.getSocketAddress(),
          running[0]);
    }
  }
}
