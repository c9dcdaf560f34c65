package com.example.sluice;

import io.sluice.api.ByteSink;
import io.sluice.api.upstream.Delivery;
import io.sluice.api.upstream.OutboundBatch;
import io.sluice.api.upstream.Upstream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;

/**
 * Sends records as lines over TCP. An empty line ends a batch, and the far end answers one byte
 * once it has kept the batch.
 */
final class LineUpstream implements Upstream {
  private static final int PATIENCE_MILLIS = 10_000;

  private final LineSettings settings;
  private final ByteSink lines = new ByteSink(1 << 16);
  private Socket socket = new Socket();

  LineUpstream(LineSettings settings) {
    this.settings = settings;
  }

  @Override
  public void open() throws IOException {
    socket = new Socket();
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.connect(new InetSocketAddress(settings.host(), settings.port()), PATIENCE_MILLIS);
  }

  @Override
  public CompletableFuture<Delivery> send(OutboundBatch batch) {
    lines.clear();
    for (int i = 0; i < batch.count(); i++) {
      batch.encode(i, lines);
      lines.write('\n');
    }
    lines.write('\n');
    return CompletableFuture.completedFuture(exchange());
  }

  private Delivery exchange() {
    try {
      socket.getOutputStream().write(lines.bytes(), 0, lines.length());
      return socket.getInputStream().read() < 0
          ? new Delivery.Retry(0, "the far end closed the connection")
          : new Delivery.Delivered();
    } catch (IOException e) {
      return new Delivery.Retry(0, String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
