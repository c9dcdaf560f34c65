package io.sluice.adapter.coap;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.unix.UnixChannelOption;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.eclipse.californium.elements.Connector;
import org.eclipse.californium.elements.EndpointContext;
import org.eclipse.californium.elements.EndpointContextMatcher;
import org.eclipse.californium.elements.RawData;
import org.eclipse.californium.elements.RawDataChannel;
import org.eclipse.californium.elements.UdpEndpointContext;
import org.eclipse.californium.elements.exception.EndpointMismatchException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * UDP on Netty: on Linux many datagrams a system call each way (recvmmsg, sendmmsg), and several
 * sockets on one port where there are threads for them; elsewhere one socket on NIO. Each socket
 * has a {@link PlainLane} in front, which passes on what is Californium's. Thread-safe.
 */
// a datagram that is not sent is a datagram lost, as anywhere on the way
@SuppressWarnings("FutureReturnValueIgnored")
final class NettyUdpConnector implements Connector {
  private static final Logger log = LoggerFactory.getLogger(NettyUdpConnector.class);

  /** The largest UDP payload: a datagram is never cut, so that its size can be judged. */
  private static final int MAX_DATAGRAM_BYTES = 65_536;

  private static final int DATAGRAMS_A_READ = 32;
  private static final int DATAGRAMS_A_TURN = 256;
  private static final int SEND_BUFFER_BYTES = 1 << 20;

  /** Answers that wait for the socket; further ones are lost. */
  private static final WriteBufferWaterMark WAITING_BYTES =
      new WriteBufferWaterMark(2 << 20, 4 << 20);

  private final InetSocketAddress wanted;
  private final CoapOptions settings;
  private final int receiveBufferBytes;
  private final int sockets;
  private final Desk desk;
  private final PlainLane.MessageIds messageIds;
  private final List<Channel> channels = new ArrayList<>();

  /** One a socket; freed when the sockets are closed. */
  private final List<ByteBuf> buffers = new ArrayList<>();

  private @Nullable EventLoopGroup loops;
  private volatile Channel @Nullable [] open;
  private volatile @Nullable RawDataChannel receiver;
  private volatile @Nullable EndpointContextMatcher matcher;

  NettyUdpConnector(
      InetSocketAddress address, CoapOptions settings, Desk desk, PlainLane.MessageIds messageIds) {
    this.wanted = address;
    this.settings = settings;
    this.receiveBufferBytes = Math.toIntExact(settings.receiveBuffer().value());
    this.sockets = Epoll.isAvailable() ? Math.max(1, settings.protocolThreads() / 2) : 1;
    this.desk = desk;
    this.messageIds = messageIds;
  }

  static EndpointContext context(InetSocketAddress address) {
    return new UdpEndpointContext(address);
  }

  @Override
  public synchronized void start() throws IOException {
    if (isRunning()) {
      return;
    }
    if (sockets > 1) {
      refuseTaken(wanted);
    }
    EventLoopGroup group =
        new MultiThreadIoEventLoopGroup(
            sockets,
            new DefaultThreadFactory("coap-udp", true),
            Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    loops = group;
    InetSocketAddress address = wanted;
    for (int i = 0; i < sockets; i++) {
      ChannelFuture bound = bootstrap(group).bind(address).awaitUninterruptibly();
      if (!bound.isSuccess()) {
        stop();
        throw new IOException(bound.cause().getMessage(), bound.cause());
      }
      channels.add(bound.channel());
      address = (InetSocketAddress) bound.channel().localAddress();
    }
    open = channels.toArray(Channel[]::new);
    warnOfSmallBuffer(channels.getFirst());
  }

  private PlainLane lane(Channel channel) {
    return new PlainLane(desk, settings, messageIds, this, channel, sockets);
  }

  /** Several sockets may share a port, ours with another process's too: that it must not have. */
  private static void refuseTaken(InetSocketAddress address) throws SocketException {
    if (address.getPort() != 0) {
      new DatagramSocket(address).close();
    }
  }

  private Bootstrap bootstrap(EventLoopGroup group) {
    Bootstrap bootstrap =
        new Bootstrap()
            .group(group)
            .option(ChannelOption.SO_RCVBUF, receiveBufferBytes)
            .option(ChannelOption.SO_SNDBUF, SEND_BUFFER_BYTES)
            .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WAITING_BYTES)
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(lane(channel));
                  }
                });
    if (!Epoll.isAvailable()) {
      return bootstrap
          .channel(NioDatagramChannel.class)
          .option(
              ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(MAX_DATAGRAM_BYTES));
    }
    if (sockets > 1) {
      bootstrap.option(UnixChannelOption.SO_REUSEPORT, true);
    }
    return bootstrap
        .channel(EpollDatagramChannel.class)
        .option(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, MAX_DATAGRAM_BYTES)
        .option(ChannelOption.RECVBUF_ALLOCATOR, oneBuffer());
  }

  private OneBuffer oneBuffer() {
    ByteBuf buffer = Unpooled.directBuffer(OneBuffer.BYTES, OneBuffer.BYTES);
    buffers.add(buffer);
    return new OneBuffer(buffer);
  }

  /**
   * Gives the same buffer for each read: a lane has copied what it keeps before the next. Of its 2
   * MB only the pages are ever touched that datagrams fill.
   */
  private static final class OneBuffer extends DefaultMaxMessagesRecvByteBufAllocator {
    private static final int BYTES = DATAGRAMS_A_READ * MAX_DATAGRAM_BYTES;

    private final ByteBuf buffer;

    OneBuffer(ByteBuf buffer) {
      super(DATAGRAMS_A_TURN);
      this.buffer = buffer;
    }

    @Override
    public MaxMessageHandle newHandle() {
      return new MaxMessageHandle() {
        @Override
        public int guess() {
          return BYTES;
        }

        @Override
        public ByteBuf allocate(ByteBufAllocator alloc) {
          return buffer.retainedDuplicate().clear();
        }
      };
    }
  }

  private void warnOfSmallBuffer(Channel channel) {
    Integer granted = channel.config().getOption(ChannelOption.SO_RCVBUF);
    // Linux says twice what it grants, for its own bookkeeping (man 7 socket)
    int bytes = granted == null ? receiveBufferBytes : granted / (Epoll.isAvailable() ? 2 : 1);
    if (bytes < receiveBufferBytes) {
      log.warn(
          "coap: the system grants a receive buffer of {} bytes instead of {};"
              + " bursts may lose datagrams; raise net.core.rmem_max",
          bytes,
          receiveBufferBytes);
    }
  }

  /** To Californium; on any thread. */
  void pass(byte[] datagram, InetSocketAddress sender) {
    RawDataChannel current = receiver;
    if (current != null) {
      InetSocketAddress plain = new InetSocketAddress(sender.getAddress(), sender.getPort());
      current.receiveData(
          RawData.inbound(datagram, context(plain), false, System.nanoTime(), getAddress()));
    }
  }

  @Override
  public void send(RawData message) {
    InetSocketAddress destination = message.getInetSocketAddress();
    EndpointContext connection = context(destination);
    EndpointContextMatcher current = matcher;
    Channel[] running = open;
    if (current != null && !current.isToBeSent(message.getEndpointContext(), connection)) {
      message.onError(new EndpointMismatchException("UDP sending"));
    } else if (running == null || destination.getPort() == 0) {
      message.onError(new IOException("no socket, or no port to send to"));
    } else {
      send(running[destination.getPort() % running.length], message, connection);
    }
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
        .writeAndFlush(
            new io.netty.channel.socket.DatagramPacket(out, message.getInetSocketAddress()))
        .addListener(done -> {
          if (done.isSuccess()) {
            message.onSent();
          } else {
            message.onError(done.cause());
          }
        });
  }

  @Override
  public synchronized void stop() {
    EventLoopGroup group = loops;
    loops = null;
    open = null;
    for (Channel channel : channels) {
      channel.close().awaitUninterruptibly();
    }
    if (group != null) {
      group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }
    channels.clear();
    buffers.forEach(ByteBuf::release);
    buffers.clear();
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
    Channel[] running = open;
    return running == null ? wanted : (InetSocketAddress) running[0].localAddress();
  }

  @Override
  public String getProtocol() {
    return "UDP";
  }

  @Override
  public boolean isRunning() {
    return open != null;
  }

  @Override
  public void processDatagram(DatagramPacket datagram) {
    pass(
        Arrays.copyOfRange(
            datagram.getData(), datagram.getOffset(), datagram.getOffset() + datagram.getLength()),
        (InetSocketAddress) datagram.getSocketAddress());
  }
}
