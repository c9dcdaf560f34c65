package io.sluice.adapter.mqtt;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import java.io.IOException;
import java.util.Locale;

/** How sockets are served. */
public enum Transport {
  AUTO,
  EPOLL,
  IO_URING,
  NIO;

  /** This one where the machine has it; for auto the best that it has. */
  Transport available() throws IOException {
    boolean has =
        switch (this) {
          case EPOLL -> Epoll.isAvailable();
          case IO_URING -> IoUring.isAvailable();
          case AUTO, NIO -> true;
        };
    if (!has) {
      throw new IOException(
          "listeners.mqtt.transport: this machine's kernel has no %s; write transport: auto"
              .formatted(name().toLowerCase(Locale.ROOT).replace('_', '-')));
    }
    return this == AUTO ? (Epoll.isAvailable() ? EPOLL : NIO) : this;
  }

  IoHandlerFactory ioHandlers() {
    return switch (this) {
      case EPOLL -> EpollIoHandler.newFactory();
      case IO_URING -> IoUringIoHandler.newFactory();
      case AUTO, NIO -> NioIoHandler.newFactory();
    };
  }

  Class<? extends ServerChannel> serverChannel() {
    return switch (this) {
      case EPOLL -> EpollServerSocketChannel.class;
      case IO_URING -> IoUringServerSocketChannel.class;
      case AUTO, NIO -> NioServerSocketChannel.class;
    };
  }
}
