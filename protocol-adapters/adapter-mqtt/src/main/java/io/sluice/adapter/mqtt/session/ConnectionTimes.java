package io.sluice.adapter.mqtt.session;

import io.sluice.adapter.netty.GracefulClose;
import java.util.concurrent.TimeUnit;

/**
 * When what happened on one connection, and whether that is too long ago. Confined to the event
 * loop.
 */
// a close that fails leaves a channel that is closed: its future says nothing more
@SuppressWarnings("FutureReturnValueIgnored")
final class ConnectionTimes {
  /** Connect timeouts that a verdict, and the end of a predecessor, are waited for. */
  private static final int VERDICT_TIMEOUTS = 3;

  /** Without a keep-alive, a peer may leave what is sent to it unread for so long. */
  private static final long STALL_NANOS = TimeUnit.MINUTES.toNanos(5);

  private final Connection connection;
  private final long openedNanos = System.nanoTime();
  private long lastReadNanos = openedNanos;
  private long keepAliveNanos;
  private boolean isIncomplete;
  private long incompleteSinceNanos;
  private long admittingSinceNanos;
  private long failedAtNanos;

  /** Since when the peer has not read what was sent; 0 while it does. */
  private long stalledSinceNanos;

  ConnectionTimes(Connection connection) {
    this.connection = connection;
  }

  /** How long the client may be silent, nanoseconds; 0 for ever. */
  void keepAlive(long nanos) {
    keepAliveNanos = nanos;
  }

  /** Bytes have come. */
  void read(boolean isIncompleteNow) {
    lastReadNanos = System.nanoTime();
    if (isIncompleteNow && !isIncomplete) {
      incompleteSinceNanos = lastReadNanos;
    }
    isIncomplete = isIncompleteNow;
  }

  /** CONNECT has come: the gateway's verdict is waited for. */
  void admitting() {
    admittingSinceNanos = System.nanoTime();
  }

  void failed() {
    failedAtNanos = System.nanoTime();
  }

  /** Whether the peer reads what is sent to it. */
  void isRead(boolean isReadNow) {
    long now = System.nanoTime();
    stalledSinceNanos = isReadNow ? 0 : now == 0 ? 1 : now;
  }

  /** Ends the connection where its time is up. */
  void check(long now) {
    long bound = connection.settings.connectTimeout().toNanos();
    boolean isConnected = connection.isConnected();
    boolean isReading = connection.channel.config().isAutoRead();
    if (connection.failed()) {
      if (now - failedAtNanos > GracefulClose.LINGER_NANOS) {
        connection.channel.close();
      }
    } else if (!isConnected && !connection.isAdmitting() && now - openedNanos > bound) {
      connection.fail((byte) 0x82, "no CONNECT in time");
    } else if (connection.isAdmitting() && now - admittingSinceNanos > VERDICT_TIMEOUTS * bound) {
      connection.notJudged();
    } else if (isConnected
        && stalledSinceNanos != 0
        && now - stalledSinceNanos > (keepAliveNanos > 0 ? keepAliveNanos : STALL_NANOS)) {
      connection.ending.drop("does not read what is sent to it");
    } else if (isIncomplete && isReading && now - incompleteSinceNanos > bound) {
      connection.fail((byte) 0x81, "packet never completed");
    } else if (isConnected
        && isReading
        && keepAliveNanos > 0
        && now - lastReadNanos > keepAliveNanos) {
      connection.fail((byte) 0x8D, "keep alive timeout"); // [MQTT-3.1.2-22]
    }
  }
}
