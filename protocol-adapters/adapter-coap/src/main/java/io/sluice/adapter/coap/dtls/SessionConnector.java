package io.sluice.adapter.coap.dtls;

import io.sluice.adapter.coap.settings.CoapsSettings;
import io.sluice.adapter.coap.udp.AddressFollower;
import io.sluice.adapter.coap.udp.UdpSockets;
import io.sluice.api.health.Guarded;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.californium.elements.RawData;
import org.eclipse.californium.elements.RawDataChannel;
import org.eclipse.californium.elements.util.LimitedRunnable;
import org.eclipse.californium.scandium.DTLSConnector;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.Connection;
import org.eclipse.californium.scandium.dtls.Handshaker;
import org.eclipse.californium.scandium.dtls.Record;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Scandium's connector, with what a listener of ours adds: it tells the bound of each handshake
 * that begins, which is after its cookie was right; it answers from the address that was asked,
 * where it is bound to all; it follows peers that move; it refuses to renegotiate. Thread-safe.
 */
final class SessionConnector extends DTLSConnector implements AddressFollower {
  private static final Logger log = LoggerFactory.getLogger(SessionConnector.class);

  /** Between the record from the new address and the message in it. */
  private static final int MOVING_MILLIS = 100;

  /** For what was answered last, when it closes. */
  private static final long SEND_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final HandshakeBound handshakes;
  private final CoapsSettings settings;
  private final Executor background;
  private final MovedPeers moved;
  private final AtomicInteger outbound = new AtomicInteger();
  private volatile @Nullable DtlsSocket socket;

  SessionConnector(
      DtlsConnectorConfig config,
      HandshakeBound handshakes,
      CoapsSettings settings,
      Executor background) {
    super(config);
    this.handshakes = handshakes;
    this.settings = settings;
    this.background = background;
    this.moved = new MovedPeers(settings.maxSessions());
  }

  @Override
  protected void start(InetSocketAddress address) throws IOException {
    if (UdpSockets.mayHaveOneAnAddress(address)) {
      DtlsSocket opened = new DtlsSocket(address, settings, background, this::processDatagram);
      socket = opened;
      try {
        init(address, opened, null);
      } catch (IOException refused) {
        opened.close();
        throw refused;
      }
    } else {
      super.start(address);
    }
  }

  @Override
  public void setRawDataReceiver(RawDataChannel receiver) {
    super.setRawDataReceiver(message -> {
      moved.heard(message.getEndpointContext());
      receiver.receiveData(message);
    });
  }

  @Override
  public void send(RawData message) {
    RawData redirected = moved.redirect(message);
    if (getDtlsContextByAddress(redirected.getInetSocketAddress()) != null) {
      super.send(redirected);
    } else {
      // the session is gone, or just now on its way to another address
      CompletableFuture.delayedExecutor(MOVING_MILLIS, TimeUnit.MILLISECONDS, background)
          .execute(Guarded.task("coaps-moved", () -> super.send(moved.redirect(message))));
    }
  }

  @Override
  public void processRecord(Record record, Connection connection) {
    super.processRecord(record, connection);
    Record refusal = record.isDecoded() ? null : Renegotiation.refusal(record, connection);
    if (refusal != null) {
      try {
        sendRecord(refusal);
      } catch (IOException lost) {
        log.debug("coaps: an alert could not be sent", lost);
      }
    }
  }

  @Override
  protected boolean executeOutbound(
      Executor executor, InetSocketAddress peer, LimitedRunnable message) {
    return super.executeOutbound(task -> count(executor, task), peer, message);
  }

  private void count(Executor executor, Runnable task) {
    outbound.incrementAndGet();
    try {
      executor.execute(() -> {
        try {
          task.run();
        } finally {
          outbound.decrementAndGet();
        }
      });
    } catch (RejectedExecutionException full) {
      outbound.decrementAndGet();
      throw full;
    }
  }

  /** What was answered is encrypted and sent before the sessions end. */
  @Override
  public void stop() {
    long end = System.nanoTime() + SEND_NANOS;
    while (outbound.get() > 0 && System.nanoTime() - end < 0) {
      LockSupport.parkNanos(1_000_000);
    }
    super.stop();
  }

  @Override
  public void follow() {
    DtlsSocket open = socket;
    if (open != null) {
      open.follow();
    }
  }

  @Override
  public int changes() {
    DtlsSocket open = socket;
    return open == null ? 0 : open.changes();
  }

  @SuppressWarnings("deprecation") // there is no other place that sees each handshake begin
  @Override
  protected void onInitializeHandshaker(Handshaker handshaker) {
    handshakes.begun(handshaker);
  }
}
