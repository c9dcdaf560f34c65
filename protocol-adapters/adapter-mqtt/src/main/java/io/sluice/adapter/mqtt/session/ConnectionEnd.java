package io.sluice.adapter.mqtt.session;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.sluice.adapter.mqtt.packet.MalformedPacket;
import io.sluice.adapter.mqtt.packet.Packets;
import io.sluice.adapter.netty.GracefulClose;
import io.sluice.adapter.netty.SparseLog;
import io.sluice.adapter.netty.TlsContexts;
import io.sluice.api.Limit;
import io.sluice.api.RejectReason;
import io.sluice.api.adapter.Drain;
import io.sluice.api.health.Guarded;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * How one connection ends: the last packet, the socket's close, and what becomes of its session
 * once it is known of each message whether it was stored. Confined to the event loop, except {@link
 * #hasEnded}.
 */
// a write that fails closes the channel: its future says nothing more
@SuppressWarnings("FutureReturnValueIgnored")
final class ConnectionEnd {
  /** Sparse over all connections. */
  private static final SparseLog FAULTS =
      new SparseLog(LoggerFactory.getLogger(Connection.class), Connection.PROTOCOL);

  private static final byte SHUTTING_DOWN = (byte) 0x8B;

  /** A connection that is closed waits so long for the receipts of QoS 1 and 2 messages. */
  private static final long SETTLE_SECONDS = 30;

  private final Connection connection;
  private final Channel channel;
  private volatile boolean hasEnded;
  private boolean isGone;
  private boolean goesAway; // the gateway does, and not this session alone

  ConnectionEnd(Connection connection) {
    this.connection = connection;
    this.channel = connection.channel;
  }

  /** Whether the connection holds nothing of its device's any more. Thread-safe. */
  boolean hasEnded() {
    return hasEnded;
  }

  /** The sentence for the log of something that this peer has done. */
  void warn(String what) {
    FAULTS.warn(connection.peer.address() + " " + name(), what);
  }

  /** The same of a fault of the gateway's own. */
  void error(String what, Throwable fault) {
    FAULTS.error(connection.peer.address() + " " + name(), what, fault);
  }

  private String name() {
    ConsumerLink consumer = connection.consumer;
    if (consumer != null) {
      return "(consumer " + consumer.name() + ")";
    }
    Session session = connection.session;
    return session == null ? "(not connected)" : "(" + session.device + ")";
  }

  /** As {@link Connection#fail} tells. */
  boolean fail(byte reason, String detail) {
    if (connection.failed()) {
      return false;
    }
    boolean peersFault = Packets.isPeersFault(reason);
    if (peersFault) {
      boolean isTooLarge = reason == MalformedPacket.TOO_LARGE;
      if (isTooLarge) {
        connection.gateway.meters().limited(connection.peer, Limit.PAYLOAD_SIZE);
      }
      refused(isTooLarge ? RejectReason.TOO_LARGE : RejectReason.PROTOCOL_ERROR);
      warn(detail + "; closed");
    }
    if (reason == SHUTTING_DOWN) {
      connection.will = null; // the device did not fail
      goesAway = true;
    }
    boolean isTold = connection.v5 && connection.isConnected();
    with(
        isTold
            ? Packets.disconnect(
                reason,
                // allowed here: 3.1.2.11.7
                Packets.reasonString(detail, connection.maxPacketBytes))
            : null,
        // at a stop, so that the acknowledgements before it reach a device that goes on sending
        (peersFault && isTold) || reason == SHUTTING_DOWN);
    return false;
  }

  /** The same, but does not wait for a peer that does not read. */
  void failAtOnce(byte reason, String detail) {
    boolean isRead = channel.isWritable();
    fail(reason, detail);
    if (!isRead) {
      channel.close();
    }
  }

  void shutDown() {
    fail(SHUTTING_DOWN, "the gateway is shutting down");
  }

  /** Sends the client to another gateway. The device did not fail: its will is not published. */
  void drained(Drain drain) {
    if (connection.failed()) {
      return;
    }
    connection.will = null;
    goesAway = true;
    with(
        connection.v5
            ? Packets.disconnect(
                reasonOf(drain),
                Packets.redirection(
                    drain.serverReference(), Drain.SENTENCE, connection.maxPacketBytes))
            : null,
        true);
  }

  /** Use another server, or server moved: MQTT 5 section 4.11. */
  static byte reasonOf(Drain drain) {
    return (byte) (drain.isForGood() ? 0x9D : 0x9C);
  }

  /**
   * Refuses a CONNECT for what it says itself.
   *
   * @param connAck null where it takes none
   */
  void refuse(@Nullable Object connAck, String detail) {
    refused(RejectReason.PROTOCOL_ERROR);
    warn(detail + "; refused");
    with(connAck, true);
  }

  /** Ends the connection for a packet that MQTT does not allow. */
  void malformed(Throwable cause) {
    String detail = String.valueOf(cause.getMessage());
    byte reason =
        cause instanceof MalformedPacket fault ? fault.reason() : MalformedPacket.MALFORMED;
    if (connection.isConnected()) {
      fail(reason, detail);
    } else if (reason == MalformedPacket.WRONG_PROTOCOL) {
      refuse(Packets.CONNACK_WRONG_PROTOCOL, detail);
    } else if (connection.v5) {
      refuse(
          Packets.connAck(reason, Packets.reasonString(detail, connection.maxPacketBytes)), detail);
    } else {
      fail(reason, detail);
    }
  }

  /** Ends the connection for what came up in its pipeline. */
  void caught(Throwable cause) {
    Throwable root =
        cause instanceof DecoderException && cause.getCause() != null ? cause.getCause() : cause;
    switch (root) {
      case SSLException tls -> {
        if (!connection.failed()) {
          refused(RejectReason.NOT_AUTHENTICATED);
          FAULTS.warn(
              String.valueOf(connection.peer.address()),
              "TLS: " + TlsContexts.reason(tls) + "; closed");
        }
        channel.close();
      }
      case OutOfMemoryError memory -> {
        // of direct memory: no fault of the peer's, whatever it sent
        refused(RejectReason.OVERLOAD);
        drop(String.valueOf(memory.getMessage()));
      }
      case IOException _ -> channel.close();
      case CorruptedWebSocketFrameException frame -> {
        if (!connection.failed()) {
          // the last frame, whatever else would be sent: RFC 6455 sections 5.5.1 and 7.1.7
          channel.writeAndFlush(new CloseWebSocketFrame(frame.closeStatus()));
        }
        fail((byte) 0x81, "WebSocket: " + frame.getMessage());
      }
      default -> malformed(root);
    }
  }

  private void refused(RejectReason reason) {
    connection.gateway.meters().refused(connection.peer, reason);
  }

  /**
   * Sends the last packet and closes. Lingering, the sending side is closed first and what still
   * comes is thrown away for a second: else the reset that unread bytes cause would overtake it.
   */
  void with(@Nullable Object lastPacket, boolean lingering) {
    connection.halt();
    if (connection.inactive()) {
      gone();
    } else if (lastPacket == null && !lingering) {
      channel.close();
    } else if (lingering && channel instanceof DuplexChannel duplex) {
      Object last = lastPacket == null ? Unpooled.EMPTY_BUFFER : lastPacket;
      channel.writeAndFlush(last).addListener(_ -> closeOutput(duplex));
      connection.read();
    } else {
      channel.writeAndFlush(lastPacket).addListener(ChannelFutureListener.CLOSE);
    }
  }

  /** The peer hears of it in each of its layers: WebSocket (RFC 6455 section 7.4.1), TLS, TCP. */
  private void closeOutput(DuplexChannel channel) {
    if (channel.pipeline().get(WebSocketServerProtocolHandler.class) != null) {
      channel.writeAndFlush(
          new CloseWebSocketFrame(
              goesAway
                  ? WebSocketCloseStatus.ENDPOINT_UNAVAILABLE
                  : WebSocketCloseStatus.NORMAL_CLOSURE));
    }
    GracefulClose.of(channel);
  }

  /** Closes without a last packet: the peer would not read it. */
  void drop(String detail) {
    warn(detail + "; closed");
    connection.halt();
    channel.close();
  }

  /** A fault of our own, met while this connection was served. */
  void broken(RuntimeException fault) {
    error("the adapter failed; closed", fault);
    connection.halt();
    channel.close();
  }

  /** The socket is closed, and nothing that came by it waits for a verdict any more. Once. */
  void gone() {
    if (isGone) {
      return;
    }
    isGone = true;
    connection.halt();
    connection.sink().closed(connection);
    connection.before.admitted();
    connection.dropHeld();
    ifSettled();
    if (!hasEnded && !channel.eventLoop().isShuttingDown()) {
      var _ =
          channel
              .eventLoop()
              .schedule(
                  Guarded.task("mqtt-settle", this::anyhow), SETTLE_SECONDS, TimeUnit.SECONDS);
    }
  }

  /** Notes messages that nobody stores, though they came whole. */
  void lost(long messages, String why) {
    for (long i = 0; i < messages; i++) {
      refused(RejectReason.OVERLOAD);
    }
    warn(
        "%d message%s that %s: not stored, its connection has ended"
            .formatted(messages, messages == 1 ? "" : "s", why));
  }

  /** A receipt never came: the device may not be locked out for it. It sends the message again. */
  private void anyhow() {
    if (!hasEnded) {
      warn("no receipt for a message in " + SETTLE_SECONDS + " s; its session goes on without");
      connection.window.abandon();
      ifSettled();
    }
  }

  /**
   * Ends the session, or lets it sleep: once it is known of each message in hand whether it was
   * stored, so that the device's next connection does not store it again.
   */
  void ifSettled() {
    Session kept = connection.session;
    boolean sleeps = kept != null && kept.expirySeconds > 0;
    if (!connection.window.settle(sleeps) || hasEnded) {
      return;
    }
    hasEnded = true;
    Will will = connection.will;
    CommandLink commands = connection.commands;
    if (kept != null && commands != null) {
      commands.returnAll();
      boolean asleep = connection.sleeping.sleep(kept, connection.settings.maxSessions());
      if (will != null) {
        will.due(kept, asleep);
      }
      // last: the device's next link goes on from here
      connection.gateway.sessions().detach(kept.device, commands);
    } else if (kept != null && will != null) {
      will.due(kept, false);
    }
    if (connection.consumer != null) {
      connection.consumer.close();
    }
  }
}
