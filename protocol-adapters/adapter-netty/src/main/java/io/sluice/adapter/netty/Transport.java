package io.sluice.adapter.netty;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import java.io.IOException;
import java.util.Locale;

/** How sockets are served: by which of Netty's transports. */
public enum Transport {
  /** The best that the machine has: epoll, else nio. */
  AUTO,
  /** Linux. */
  EPOLL,
  /** Linux, of newer kernels. */
  IO_URING,
  /** Everywhere. */
  NIO;

  /**
   * This one where the machine has it; for auto the best that it has.
   *
   * @param key of the setting, for the message
   * @throws IOException where the machine has it not; the message names the key and the remedy
   */
  public Transport available(String key) throws IOException {
    boolean has =
        switch (this) {
          case EPOLL -> Epoll.isAvailable();
          case IO_URING -> IoUring.isAvailable();
          case AUTO, NIO -> true;
        };
    if (!has) {
      throw new IOException(
          "%s: this machine's kernel has no %s; write transport: auto"
              .formatted(key, name().toLowerCase(Locale.ROOT).replace('_', '-')));
    }
    return this == AUTO ? best() : this;
  }

  /** What auto means on this machine. */
  public static Transport best() {
    return Epoll.isAvailable() ? EPOLL : NIO;
  }

  /** For the event loops. */
  public IoHandlerFactory ioHandlers() {
    return switch (this) {
      case EPOLL -> EpollIoHandler.newFactory();
      case IO_URING -> IoUringIoHandler.newFactory();
      case AUTO, NIO -> NioIoHandler.newFactory();
    };
  }

  /**
   * For the event loops of many peers that send when they like: with epoll, events gather for up to
   * 0.6 ms where that spares wake-ups.
   */
  IoHandlerFactory gatheringIoHandlers() {
    // io_uring puts writes off to the next look, and NIO is for where there is neither
    return this == EPOLL ? GatheringIoHandler.over(ioHandlers()) : ioHandlers();
  }

  /** For TCP. */
  public Class<? extends ServerChannel> serverChannel() {
    return switch (this) {
      case EPOLL -> EpollServerSocketChannel.class;
      case IO_URING -> IoUringServerSocketChannel.class;
      case AUTO, NIO -> NioServerSocketChannel.class;
    };
  }

  /** For TCP, to a far end. */
  public Class<? extends SocketChannel> socketChannel() {
    return switch (this) {
      case EPOLL -> EpollSocketChannel.class;
      case IO_URING -> IoUringSocketChannel.class;
      case AUTO, NIO -> NioSocketChannel.class;
    };
  }
}
