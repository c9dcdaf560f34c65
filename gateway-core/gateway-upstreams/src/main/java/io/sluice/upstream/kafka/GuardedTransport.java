package io.sluice.upstream.kafka;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.security.Principal;
import org.apache.kafka.common.network.TransportLayer;

/** A transport as it is, but for the guard that its answers pass. */
record GuardedTransport(TransportLayer inner, FrameGuard guard) implements TransportLayer {
  @Override
  public int read(ByteBuffer to) throws IOException {
    int count = inner.read(to);
    guard.check(to);
    return count;
  }

  @Override
  public long read(ByteBuffer[] to, int offset, int length) throws IOException {
    return inner.read(to, offset, length);
  }

  @Override
  public long read(ByteBuffer[] to) throws IOException {
    return inner.read(to);
  }

  @Override
  public int write(ByteBuffer from) throws IOException {
    return inner.write(from);
  }

  @Override
  public long write(ByteBuffer[] from, int offset, int length) throws IOException {
    return inner.write(from, offset, length);
  }

  @Override
  public long write(ByteBuffer[] from) throws IOException {
    return inner.write(from);
  }

  @Override
  public long transferFrom(FileChannel file, long position, long count) throws IOException {
    return inner.transferFrom(file, position, count);
  }

  @Override
  public boolean hasPendingWrites() {
    return inner.hasPendingWrites();
  }

  @Override
  public boolean ready() {
    return inner.ready();
  }

  @Override
  public boolean finishConnect() throws IOException {
    return inner.finishConnect();
  }

  @Override
  public void disconnect() {
    inner.disconnect();
  }

  @Override
  public boolean isConnected() {
    return inner.isConnected();
  }

  @Override
  public SocketChannel socketChannel() {
    return inner.socketChannel();
  }

  @Override
  public SelectionKey selectionKey() {
    return inner.selectionKey();
  }

  @Override
  public void handshake() throws IOException {
    inner.handshake();
  }

  @Override
  public Principal peerPrincipal() throws IOException {
    return inner.peerPrincipal();
  }

  @Override
  public void addInterestOps(int ops) {
    inner.addInterestOps(ops);
  }

  @Override
  public void removeInterestOps(int ops) {
    inner.removeInterestOps(ops);
  }

  @Override
  public boolean isMute() {
    return inner.isMute();
  }

  @Override
  public boolean hasBytesBuffered() {
    return inner.hasBytesBuffered();
  }

  @Override
  public boolean isOpen() {
    return inner.isOpen();
  }

  @Override
  public void close() throws IOException {
    inner.close();
  }
}
