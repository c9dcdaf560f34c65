package io.sluice.adapter.coap.dtls;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.sluice.adapter.coap.settings.CoapOptions;
import io.sluice.adapter.coap.settings.CoapsSettings;
import io.sluice.adapter.coap.udp.UdpSockets;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The socket of a DTLS listener that is bound to all addresses: {@link UdpSockets} in the shape
 * that Scandium wants. A datagram goes straight to the consumer, not through {@link #receive}; an
 * answer leaves by the socket that the peer has sent to last.
 *
 * <p>Bounds: twice so many peers are remembered as sessions are kept. Of one that is forgotten the
 * system chooses the address, until it is heard again. Thread-safe.
 */
// a failed send is ignored: who waits for the datagram sends again
@SuppressWarnings("FutureReturnValueIgnored")
final class DtlsSocket extends DatagramSocket {
  private static final Logger log = LoggerFactory.getLogger(DtlsSocket.class);
  private static final int MIN_PEERS = 1024;

  private final UdpSockets sockets;
  private final int receiveBufferBytes;
  private final int maxPeers;
  private final Consumer<DatagramPacket> consumer;
  private final CountDownLatch closed = new CountDownLatch(1);

  /** When the first is full it becomes the second, and the second is forgotten. */
  private volatile ConcurrentHashMap<InetSocketAddress, Channel> peers = new ConcurrentHashMap<>();

  private volatile ConcurrentHashMap<InetSocketAddress, Channel> earlier =
      new ConcurrentHashMap<>();
  private volatile boolean isBound;

  /**
   * @param consumer is called on event loops and must not block
   */
  DtlsSocket(
      InetSocketAddress wanted,
      CoapsSettings settings,
      Executor background,
      Consumer<DatagramPacket> consumer)
      throws SocketException {
    super((SocketAddress) null);
    CoapOptions options = settings.options();
    this.receiveBufferBytes = Math.toIntExact(options.receiveBuffer().value());
    this.maxPeers = Math.max(MIN_PEERS, settings.maxSessions());
    this.consumer = consumer;
    this.sockets =
        new UdpSockets(
            wanted,
            Math.max(1, options.protocolThreads() / 2),
            receiveBufferBytes,
            background,
            Inbound::new);
  }

  /** One socket's datagrams, on its event loop. */
  private final class Inbound extends ChannelInboundHandlerAdapter {
    private final Channel channel;

    Inbound(Channel channel) {
      this.channel = channel;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      io.netty.channel.socket.DatagramPacket packet =
          (io.netty.channel.socket.DatagramPacket) message;
      try {
        InetSocketAddress from = packet.sender();
        // without what the transport adds to it
        InetSocketAddress sender = new InetSocketAddress(from.getAddress(), from.getPort());
        byte[] bytes = ByteBufUtil.getBytes(packet.content());
        if (bytes.length > 0) {
          remember(sender, channel);
          consumer.accept(new DatagramPacket(bytes, bytes.length, sender));
        }
      } catch (RuntimeException unexpected) {
        // Top of the loop: one datagram's fault must not cost the others their answer.
        log.error("coaps: a datagram failed", unexpected);
      } finally {
        packet.release();
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      // ICMP errors and records that could not be sent; DTLS and CoAP send again
      log.debug("coaps: {}", String.valueOf(cause));
    }
  }

  private void remember(InetSocketAddress peer, Channel channel) {
    ConcurrentHashMap<InetSocketAddress, Channel> current = peers;
    if (channel.equals(current.get(peer))) {
      return;
    }
    if (current.mappingCount() >= maxPeers) {
      earlier = current;
      current = new ConcurrentHashMap<>();
      peers = current;
    }
    current.put(peer, channel);
  }

  private @Nullable Channel channel(InetSocketAddress peer) {
    Channel known = peers.get(peer);
    if (known == null) {
      known = earlier.get(peer);
    }
    if (known != null && known.isOpen()) {
      return known;
    }
    Channel[] common = sockets.channels();
    return common == null ? null : common[0];
  }

  @Override
  public void send(DatagramPacket packet) throws IOException {
    InetSocketAddress peer = (InetSocketAddress) packet.getSocketAddress();
    Channel channel = channel(peer);
    if (channel == null) {
      throw new SocketException("closed");
    }
    if (channel.isWritable()) {
      ByteBuf out =
          channel
              .alloc()
              .directBuffer(packet.getLength())
              .writeBytes(packet.getData(), packet.getOffset(), packet.getLength());
      channel.writeAndFlush(
          new io.netty.channel.socket.DatagramPacket(out, peer), channel.voidPromise());
    }
  }

  /** Returns only when it is closed: see the class. */
  @Override
  public void receive(DatagramPacket packet) throws IOException {
    try {
      closed.await();
    } catch (InterruptedException ending) {
      Thread.currentThread().interrupt();
    }
    throw new SocketException("closed");
  }

  @Override
  public void bind(SocketAddress address) throws SocketException {
    try {
      sockets.open();
      isBound = true;
    } catch (IOException refused) {
      SocketException fault = new SocketException(refused.getMessage());
      fault.initCause(refused);
      throw fault;
    }
  }

  void follow() {
    sockets.follow();
  }

  int changes() {
    return sockets.changes();
  }

  @Override
  public boolean isBound() {
    return isBound;
  }

  @Override
  public InetAddress getLocalAddress() {
    return sockets.address().getAddress();
  }

  @Override
  public int getLocalPort() {
    return sockets.address().getPort();
  }

  /** Of no effect: set at the construction. */
  @Override
  public void setReceiveBufferSize(int bytes) {}

  @Override
  public int getReceiveBufferSize() {
    return receiveBufferBytes;
  }

  /** Of no effect: each socket has its own. */
  @Override
  public void setSendBufferSize(int bytes) {}

  @Override
  public int getSendBufferSize() {
    return receiveBufferBytes;
  }

  @Override
  public boolean isClosed() {
    return closed.getCount() == 0;
  }

  @Override
  public void close() {
    closed.countDown();
    sockets.close();
    super.close();
  }
}
