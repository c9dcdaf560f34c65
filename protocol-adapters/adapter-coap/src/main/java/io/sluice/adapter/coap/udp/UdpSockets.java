package io.sluice.adapter.coap.udp;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.unix.UnixChannelOption;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.sluice.adapter.netty.Transport;
import io.sluice.api.health.Guarded;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The UDP sockets of one listener, on Netty: on Linux many datagrams a system call each way
 * (recvmmsg, sendmmsg), and several sockets on one port where there are threads for them; elsewhere
 * one socket on NIO.
 *
 * <p>An answer leaves from the address that was asked (RFC 7252 section 5.3.2). A socket that is
 * bound to all addresses leaves the choice to the system, which knows the way back and not what was
 * asked. On Linux each local address therefore has sockets of its own beside the common one, which
 * is left with datagrams to addresses that are not known yet. Thread-safe.
 */
public final class UdpSockets {
  private static final Logger log = LoggerFactory.getLogger(UdpSockets.class);

  /** The largest UDP payload: a datagram is never cut, so that its size can be judged. */
  public static final int MAX_DATAGRAM_BYTES = 65_536;

  private static final int DATAGRAMS_A_READ = 32;
  private static final int DATAGRAMS_A_TURN = 256;
  private static final int SEND_BUFFER_BYTES = 1 << 20;
  private static final int MAX_OWN_SOCKETS = 64;
  private static final int MAX_STRAYS = 256;
  private static final long FOLLOW_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** RequestsInHand that wait for the socket; further ones are lost. */
  private static final WriteBufferWaterMark WAITING_BYTES =
      new WriteBufferWaterMark(2 << 20, 4 << 20);

  private final InetSocketAddress wanted;
  private final int shards;
  private final int receiveBufferBytes;
  private final Executor background;
  private final Function<Channel, ChannelHandler> handlers;
  private final boolean isOneAnAddress;

  /** Bound to the address that is wanted. */
  private final List<Channel> common = new ArrayList<>();

  /** Bound to one local address each, by {@link LocalAddresses#key}. */
  private final Map<String, List<Channel>> own = new ConcurrentHashMap<>();

  /** By event loop: one for all its sockets, which read one after another. */
  private final Map<EventLoop, OneBuffer> buffers = new ConcurrentHashMap<>();

  private final AtomicInteger strays = new AtomicInteger();
  private volatile @Nullable EventLoopGroup loops;
  private volatile Channel @Nullable [] open;
  private final AtomicInteger changes = new AtomicInteger();
  private volatile long followedNanos;

  /**
   * @param shards sockets of the address that is wanted, each with a thread
   * @param background runs what may block for some milliseconds
   * @param handlers makes the handler of a socket's datagrams, on that socket's event loop
   */
  public UdpSockets(
      InetSocketAddress wanted,
      int shards,
      int receiveBufferBytes,
      Executor background,
      Function<Channel, ChannelHandler> handlers) {
    this.wanted = wanted;
    this.shards = Epoll.isAvailable() ? shards : 1;
    this.receiveBufferBytes = receiveBufferBytes;
    this.background = background;
    this.handlers = handlers;
    this.isOneAnAddress = mayHaveOneAnAddress(wanted);
  }

  /** Whether each local address gets sockets of its own. */
  public static boolean mayHaveOneAnAddress(InetSocketAddress wanted) {
    return Epoll.isAvailable() && wanted.getAddress().isAnyLocalAddress();
  }

  /** Threads, each of which reads one socket or more. */
  public int loops() {
    return shards;
  }

  public synchronized void open() throws IOException {
    if (isOneAnAddress || shards > 1) {
      refuseTaken(wanted);
    }
    loops =
        new MultiThreadIoEventLoopGroup(
            shards, new DefaultThreadFactory("coap-udp", true), Transport.best().ioHandlers());
    InetSocketAddress address = wanted;
    for (int i = 0; i < (isOneAnAddress ? 1 : shards); i++) {
      ChannelFuture bound = bootstrap(isOneAnAddress).bind(address).awaitUninterruptibly();
      if (!bound.isSuccess()) {
        close();
        throw new IOException(bound.cause().getMessage(), bound.cause());
      }
      common.add(bound.channel());
      address = (InetSocketAddress) bound.channel().localAddress();
    }
    open = common.toArray(Channel[]::new);
    warnOfSmallBuffer(common.getFirst());
    warnOfSeveralAddresses();
    follow();
  }

  /** Several sockets may share a port, ours with another process's too: that it must not have. */
  private static void refuseTaken(InetSocketAddress address) throws SocketException {
    if (address.getPort() != 0) {
      new DatagramSocket(address).close();
    }
  }

  private Bootstrap bootstrap(boolean getsStrays) {
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loops)
            .option(ChannelOption.SO_RCVBUF, receiveBufferBytes)
            .option(ChannelOption.SO_SNDBUF, SEND_BUFFER_BYTES)
            .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WAITING_BYTES)
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    if (Epoll.isAvailable()) {
                      channel
                          .config()
                          .setRecvByteBufAllocator(
                              buffers.computeIfAbsent(
                                  channel.eventLoop(), loop -> new OneBuffer()));
                    }
                    if (getsStrays) {
                      channel.pipeline().addLast(new Strays());
                    }
                    channel.pipeline().addLast(handlers.apply(channel));
                  }
                });
    if (!Epoll.isAvailable()) {
      return bootstrap
          .channel(NioDatagramChannel.class)
          .option(
              ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(MAX_DATAGRAM_BYTES));
    }
    if (isOneAnAddress || shards > 1) {
      bootstrap.option(UnixChannelOption.SO_REUSEPORT, true);
    }
    if (getsStrays) {
      bootstrap.option(EpollChannelOption.IP_RECVORIGDSTADDR, true);
    }
    return bootstrap
        .channel(EpollDatagramChannel.class)
        .option(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, MAX_DATAGRAM_BYTES);
  }

  /**
   * Gives the same buffer for each read: a handler has copied what it keeps before the next. Of its
   * 2 MB only the pages are ever touched that datagrams fill.
   */
  private static final class OneBuffer extends DefaultMaxMessagesRecvByteBufAllocator {
    private static final int BYTES = DATAGRAMS_A_READ * MAX_DATAGRAM_BYTES;

    private final ByteBuf buffer = Unpooled.directBuffer(BYTES, BYTES);

    OneBuffer() {
      super(DATAGRAMS_A_TURN);
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

  private void warnOfSeveralAddresses() {
    if (!isOneAnAddress
        && wanted.getAddress().isAnyLocalAddress()
        && LocalAddresses.isMultihomed(LocalAddresses.present().values())) {
      log.warn(
          "coap: this machine has several addresses, and the system chooses from which an answer"
              + " leaves; name the address that devices ask as host");
    }
  }

  /** Follows the machine's addresses; called every few seconds, not on an event loop. */
  public synchronized void follow() {
    if (!isOneAnAddress || open == null) {
      return;
    }
    followedNanos = System.nanoTime();
    Map<String, InetAddress> present = LocalAddresses.present();
    own.entrySet()
        .removeIf(entry ->
            !present.containsKey(entry.getKey()) && isGone(entry.getKey(), entry.getValue()));
    int each = Math.clamp(MAX_OWN_SOCKETS / Math.max(1, present.size()), 1, shards);
    present.values().forEach(address -> openOwn(address, each));
  }

  /** Closes the sockets of an address that the machine has no more; true where they are closed. */
  private boolean isGone(String address, List<Channel> sockets) {
    InetAddress bound = ((InetSocketAddress) sockets.getFirst().localAddress()).getAddress();
    if (bound.isLoopbackAddress()) {
      return false;
    }
    log.info("coap: the address {} is gone", address);
    for (Channel socket : sockets) {
      var _ = socket.close();
    }
    changes.incrementAndGet();
    return true;
  }

  private synchronized void openOwn(InetAddress address, int sockets) {
    Channel[] running = open;
    if (running == null
        || own.containsKey(LocalAddresses.key(address))
        || own.size() >= LocalAddresses.MAX_ADDRESSES) {
      return;
    }
    int port = ((InetSocketAddress) running[0].localAddress()).getPort();
    List<Channel> bound = new ArrayList<>();
    for (int i = 0; i < sockets; i++) {
      ChannelFuture future = bootstrap(false).bind(address, port).awaitUninterruptibly();
      if (future.isSuccess()) {
        bound.add(future.channel());
      } else {
        // not usable yet (IPv6 looks for duplicates first), or another program's: tried again
        log.debug("coap: no socket for {}: {}", address, String.valueOf(future.cause()));
      }
    }
    if (!bound.isEmpty()) {
      own.put(LocalAddresses.key(address), List.copyOf(bound));
      changes.incrementAndGet();
    }
  }

  /**
   * In front of the common socket: what comes here is for an address that has no socket yet. It
   * gets one, and that answers; without, for an IPv6 address or one that is not this machine's (a
   * broadcast), the common one does.
   */
  private final class Strays extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      DatagramPacket packet = (DatagramPacket) message;
      InetAddress asked = packet.recipient().getAddress();
      if (asked.isAnyLocalAddress() || strays.get() >= MAX_STRAYS) {
        if (System.nanoTime() - followedNanos > FOLLOW_AGAIN_NANOS) {
          followedNanos = System.nanoTime();
          inBackground(UdpSockets.this::follow);
        }
        context.fireChannelRead(message);
        return;
      }
      DatagramPacket copy =
          packet.replace(Unpooled.wrappedBuffer(ByteBufUtil.getBytes(packet.content())));
      packet.release();
      strays.incrementAndGet();
      if (!inBackground(() -> deliver(copy, asked, context))) {
        strays.decrementAndGet();
        context.fireChannelRead(copy);
      }
    }
  }

  private boolean inBackground(Runnable task) {
    try {
      background.execute(Guarded.task("coap-addresses", task));
      return true;
    } catch (RejectedExecutionException closing) {
      return false;
    }
  }

  private void deliver(DatagramPacket packet, InetAddress asked, ChannelHandlerContext common) {
    strays.decrementAndGet();
    List<Channel> bound = own.get(LocalAddresses.key(asked));
    if (bound == null) {
      if (System.nanoTime() - followedNanos > FOLLOW_AGAIN_NANOS) {
        follow();
      }
      if (asked.isLoopbackAddress()) {
        openOwn(asked, 1); // all of 127.0.0.0/8 is this machine's, and no interface names it
      }
      bound = own.get(LocalAddresses.key(asked));
    }
    if (bound == null) {
      common
          .executor()
          .execute(() -> {
            common.fireChannelRead(packet);
            common.fireChannelReadComplete();
          });
    } else {
      Channel target = bound.getFirst();
      target
          .eventLoop()
          .execute(() -> {
            target.pipeline().fireChannelRead(packet);
            target.pipeline().fireChannelReadComplete();
          });
    }
  }

  /** The sockets of the address that is wanted; null where none is open. */
  public Channel @Nullable [] channels() {
    return open;
  }

  /** Rises when sockets have been opened or closed. */
  public int changes() {
    return changes.get();
  }

  public InetSocketAddress address() {
    Channel[] running = open;
    return running == null ? wanted : (InetSocketAddress) running[0].localAddress();
  }

  public synchronized void close() {
    EventLoopGroup group = loops;
    loops = null;
    open = null;
    own.values().forEach(common::addAll);
    for (Channel channel : common) {
      channel.close().awaitUninterruptibly();
    }
    if (group != null) {
      group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }
    common.clear();
    own.clear();
    buffers.values().forEach(each -> each.buffer.release());
    buffers.clear();
  }
}
