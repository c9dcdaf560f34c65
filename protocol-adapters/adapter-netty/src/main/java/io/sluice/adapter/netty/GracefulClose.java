package io.sluice.adapter.netty;

import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import java.util.concurrent.TimeUnit;

/** How a connection ends in good order. */
// a write that fails closes the channel: its future says nothing more
@SuppressWarnings("FutureReturnValueIgnored")
public final class GracefulClose {
  /**
   * What still comes behind the end is read and thrown away for so long: else the reset that unread
   * bytes cause would overtake the last packet.
   */
  public static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(1);

  private GracefulClose() {}

  /** Closes the sending side, layer by layer. Confined to the channel's event loop. */
  public static void of(DuplexChannel channel) {
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    if (tls == null) {
      channel.shutdownOutput();
    } else {
      tls.closeOutbound().addListener(_ -> channel.shutdownOutput());
    }
  }
}
