package io.sluice.sim.coap;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.collection.IntObjectHashMap;
import io.sluice.sim.net.Transports;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * One UDP socket, connected to the server, and all that is sent and received there. On Linux up to
 * 32 datagrams are received in one call (recvmmsg), and what one turn of the event loop writes goes
 * out in one (sendmmsg). What a full send buffer does not take is dropped: whoever sent it sends it
 * again. Used on its event loop only.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a datagram that is not sent is sent again
public final class CoapSocket extends SimpleChannelInboundHandler<DatagramPacket> {
  private static final int DATAGRAM_BYTES = 2048;
  private static final int DATAGRAMS_A_READ = 32;
  private static final int RECEIVE_BUFFER_BYTES = 1 << 20;
  private static final WriteBufferWaterMark WRITE_BUFFER =
      new WriteBufferWaterMark(1 << 19, 1 << 20);

  /** A device that sends from here. */
  public interface Peer {
    /** A message whose token, or message id, is one of this device's. */
    void received(CoapSocket via, CoapMessage message);
  }

  private final LongFunction<@Nullable Peer> byToken;
  private final Consumer<Throwable> trouble;
  private final MessageIds messageIds = new MessageIds(ThreadLocalRandom.current().nextInt());
  private final IntObjectHashMap<Peer> byMessageId = new IntObjectHashMap<>();

  @SuppressWarnings("NullAway.Init") // by open, before anybody has the socket
  private Channel channel;

  private boolean isFlushDue;

  private CoapSocket(LongFunction<@Nullable Peer> byToken, Consumer<Throwable> trouble) {
    this.byToken = byToken;
    this.trouble = trouble;
  }

  /**
   * Opens one; waits for it.
   *
   * @param local null: any address, any port
   * @param byToken whose a token is; null: nobody's
   * @param trouble takes ICMP's "port unreachable" and the like, for the record
   */
  public static CoapSocket open(
      EventLoop loop,
      InetSocketAddress server,
      @Nullable SocketAddress local,
      LongFunction<@Nullable Peer> byToken,
      Consumer<Throwable> trouble)
      throws IOException {
    CoapSocket socket = new CoapSocket(byToken, trouble);
    Bootstrap bootstrap = bootstrap(loop).handler(socket);
    ChannelFuture made =
        (local == null ? bootstrap.connect(server) : bootstrap.connect(server, local))
            .awaitUninterruptibly();
    if (!made.isSuccess()) {
      throw new IOException(
          "no UDP socket to " + server + ": " + made.cause().getMessage(), made.cause());
    }
    return socket;
  }

  /** What every CoAP socket of the simulator is made by; the handler is still missing. */
  public static Bootstrap bootstrap(EventLoop loop) {
    return bootstrap(loop, DATAGRAMS_A_READ);
  }

  /**
   * The same, for a socket to which so many datagrams come at a time at the most: none is lost
   * where there are more, but one that is read alone costs less than one of many that did not come.
   */
  public static Bootstrap bootstrap(EventLoop loop, int datagramsARead) {
    int together = Math.clamp(datagramsARead, 1, DATAGRAMS_A_READ);
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loop)
            .channel(Transports.datagram())
            .option(ChannelOption.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
            .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WRITE_BUFFER);
    return Epoll.isAvailable()
        ? bootstrap
            .option(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, DATAGRAM_BYTES)
            .option(
                ChannelOption.RECVBUF_ALLOCATOR,
                together == 1
                    ? new FixedRecvByteBufAllocator(DATAGRAM_BYTES).maxMessagesPerRead(1)
                    : new FixedRecvByteBufAllocator(DATAGRAM_BYTES * together))
        : bootstrap.option(
            ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(DATAGRAM_BYTES));
  }

  EventLoop loop() {
    return channel.eventLoop();
  }

  /** Closes it; what is under way gets no answer any more. */
  public void close() {
    channel.close();
  }

  /** From where it sends. */
  public SocketAddress localAddress() {
    return channel.localAddress();
  }

  /** A message id for a peer that waits for its acknowledgement; -1 while all are in use. */
  int claim(Peer peer) {
    int id = messageIds.next(System.nanoTime());
    if (id >= 0) {
      byMessageId.put(id, peer);
    }
    return id;
  }

  void release(int messageId) {
    byMessageId.remove(messageId);
  }

  /** Sends a frame with the others of this turn of the loop. */
  public void send(byte[] frame) {
    if (!channel.isWritable()) {
      return;
    }
    ByteBuf out = channel.alloc().directBuffer(frame.length).writeBytes(frame);
    channel.write(out, channel.voidPromise());
    if (!isFlushDue) {
      isFlushDue = true;
      channel
          .eventLoop()
          .execute(() -> {
            isFlushDue = false;
            channel.flush();
          });
    }
  }

  @Override
  public void channelRegistered(ChannelHandlerContext ctx) {
    channel = ctx.channel();
    ctx.fireChannelRegistered();
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, DatagramPacket packet) {
    ByteBuf in = packet.content();
    long head = CoapMessage.head(in);
    if (head < 0) {
      return; // not CoAP of this version: silently ignored (section 3)
    }
    CoapMessage message = CoapMessage.read(in);
    Peer peer = message == null ? null : peer(message);
    if (message != null && peer != null) {
      peer.received(this, message);
    } else if (CoapMessage.type(head) == CoapMessage.CON) {
      // not to be read, a ping, or for nobody: rejected (sections 4.2 and 4.3)
      send(CoapFrame.empty(CoapMessage.RST, CoapMessage.messageId(head)));
    }
  }

  private @Nullable Peer peer(CoapMessage message) {
    if (message.code() != CoapMessage.EMPTY) {
      return byToken.apply(message.token());
    }
    return message.type() == CoapMessage.ACK || message.type() == CoapMessage.RST
        ? byMessageId.get(message.messageId())
        : null;
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    trouble.accept(cause); // the reaction is retransmission
  }
}
