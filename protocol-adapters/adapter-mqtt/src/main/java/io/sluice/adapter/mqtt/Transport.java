package io.sluice.adapter.mqtt;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;

/** How sockets are served. */
public enum Transport {
  AUTO,
  EPOLL,
  NIO;

  /** This one where the machine has it. */
  Transport available() throws IOException {
    if (this == EPOLL && !Epoll.isAvailable()) {
      throw new IOException("transport epoll is not to be had here; write transport: auto");
    }
    return this == AUTO ? (Epoll.isAvailable() ? EPOLL : NIO) : this;
  }

  IoHandlerFactory ioHandlers() {
    return switch (this) {
      case EPOLL -> EpollIoHandler.newFactory();
      case AUTO, NIO -> NioIoHandler.newFactory();
    };
  }

  Class<? extends ServerChannel> serverChannel() {
    return switch (this) {
      case EPOLL -> EpollServerSocketChannel.class;
      case AUTO, NIO -> NioServerSocketChannel.class;
    };
  }
}
