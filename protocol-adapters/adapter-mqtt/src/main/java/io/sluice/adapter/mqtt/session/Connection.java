package io.sluice.adapter.mqtt.session;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPubReplyMessageVariableHeader;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttReasonCodeAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttUnsubscribeMessage;
import io.netty.util.ReferenceCountUtil;
import io.sluice.adapter.mqtt.packet.MalformedPacket;
import io.sluice.adapter.mqtt.packet.PacketConnection;
import io.sluice.adapter.mqtt.packet.Packets;
import io.sluice.adapter.netty.BeforeAdmission;
import io.sluice.adapter.netty.GracefulClose;
import io.sluice.adapter.netty.SocketConnection;
import io.sluice.adapter.netty.SparseLog;
import io.sluice.adapter.netty.TlsContexts;
import io.sluice.api.Limit;
import io.sluice.api.MessageClass;
import io.sluice.api.RejectReason;
import io.sluice.api.adapter.AdapterContext;
import io.sluice.api.adapter.Peer;
import io.sluice.api.adapter.Receipt;
import io.sluice.api.health.Guarded;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** One client's connection: what is known of it. Its event loop's alone, but for what says so. */
// a write that fails closes the channel: its future says nothing more
@SuppressWarnings("FutureReturnValueIgnored")
public final class Connection extends ChannelInboundHandlerAdapter
    implements SocketConnection, PacketConnection {
  public static final String PROTOCOL = "mqtt";

  private static final SparseLog FAULTS =
      new SparseLog(LoggerFactory.getLogger(Connection.class), PROTOCOL);
  private static final byte SHUTTING_DOWN = (byte) 0x8B;
  private static final String TAKEN_OVER = "taken over by another connection";

  /** Connect timeouts that a verdict, and the end of a predecessor, are waited for. */
  private static final int VERDICT_TIMEOUTS = 3;

  /** Without a keep-alive, a peer may leave what is sent to it unread for so long. */
  private static final long STALL_NANOS = TimeUnit.MINUTES.toNanos(5);

  /** A connection that is closed waits so long for the receipts of QoS 1 and 2 messages. */
  private static final long SETTLE_SECONDS = 30;

  final Channel channel;
  final AdapterContext gateway;
  final MqttOptions settings;
  final Sessions sessions;
  final Peer peer;

  /** The limit that this connection ran into: it hears of it in the answer to its CONNECT. */
  final @Nullable Limit refusedBy;

  final CompletableFuture<Void> ended = new CompletableFuture<>();
  final BeforeAdmission before;
  final PublishHandler publishing = new PublishHandler(this);
  final InflightWindow window = new InflightWindow(this);
  boolean v5;
  boolean problemInformation = true;
  boolean connected;
  long keepAliveNanos;
  long maxPacketBytes = Long.MAX_VALUE;
  @Nullable Will will;
  @Nullable Session session;
  @Nullable CommandLink commands;

  /** Where this is no device. */
  @Nullable ConsumerLink consumer;

  private final LoopSink sink;
  private final ArrayDeque<MqttMessage> held = new ArrayDeque<>();

  /** Ended once the connection that this one takes over from has ended. */
  CompletableFuture<Void> predecessor = CompletableFuture.completedFuture(null);

  private final long openedNanos = System.nanoTime();
  private long lastReadNanos = openedNanos;
  private long incompleteSinceNanos;
  private boolean incomplete;
  private boolean failed;
  private boolean admitting;
  private long admittingSinceNanos;

  /** Since when the peer has not read what was sent; 0 while it does. */
  private long stalledSinceNanos;

  /** While the verdict is waited for. */
  @Nullable ConnectHandler connecting;

  private boolean quiescing;
  private boolean inactive;
  private boolean gone;
  private boolean passing;

  /** Another connection of the device waits for this one to end, which has not begun yet. */
  private boolean succeeded;

  private long failedAtNanos;

  public Connection(
      Channel channel,
      LoopSink sink,
      AdapterContext gateway,
      MqttOptions settings,
      Sessions sessions,
      Peer peer,
      BeforeAdmission before,
      @Nullable Limit refusedBy) {
    this.before = before;
    this.channel = channel;
    this.sink = sink;
    this.gateway = gateway;
    this.settings = settings;
    this.sessions = sessions;
    this.peer = peer;
    this.refusedBy = refusedBy;
    before.onRefusal(() -> failed = true);
  }

  @Override
  public Channel channel() {
    return channel;
  }

  @Override
  public Peer peer() {
    return peer;
  }

  @Nullable Subscriber subscriber() {
    return commands == null ? consumer : commands;
  }

  /** Offers a message. Any thread. A gateway that throws has given its receipt by that. */
  void offer(Publication publication) {
    try {
      gateway.ingress().accept(publication);
    } catch (RuntimeException fault) {
      FAULTS.error(peer.address() + " " + name(), "the gateway failed at a message", fault);
      sink.receipt(publication, Receipt.Rejected.FAULT);
      sink.flush();
    }
  }

  LoopSink sink() {
    return sink;
  }

  /** The class of a message by the topic of the will, which device's birth has; else null. */
  @Nullable MessageClass classOf(String topic) {
    Will own = will;
    return own == null ? null : own.classOf(topic);
  }

  /** Whether the socket is closed. */
  boolean inactive() {
    return inactive;
  }

  @Override
  public boolean failed() {
    return failed;
  }

  @Override
  public void speaks(boolean isVersion5) {
    v5 = isVersion5;
  }

  @Override
  public long maxPacketBytes() {
    return maxPacketBytes;
  }

  @Override
  public void limitPacketBytes(long max) {
    maxPacketBytes = Math.min(maxPacketBytes, max);
  }

  @Override
  public void incomplete(boolean now) {
    lastReadNanos = System.nanoTime();
    if (now && !incomplete) {
      incompleteSinceNanos = lastReadNanos;
    }
    incomplete = now;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    sink.opened(this);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (failed || !(message instanceof MqttMessage packet)) {
      ReferenceCountUtil.release(message);
    } else if (admitting) {
      held.add(packet); // only what the last read had decoded: reading is paused
    } else {
      take(packet);
    }
  }

  private void take(MqttMessage packet) {
    try {
      if (packet.decoderResult().isFailure()) {
        malformed(packet.decoderResult().cause());
      } else {
        dispatch(packet);
      }
    } finally {
      ReferenceCountUtil.release(packet);
    }
  }

  private void dispatch(MqttMessage packet) {
    switch (packet.fixedHeader().messageType()) {
      case CONNECT -> {
        admitting = true;
        admittingSinceNanos = System.nanoTime();
        read();
        new ConnectHandler(this).connect((MqttConnectMessage) packet);
      }
      case PUBLISH -> publishing.publish((MqttPublishMessage) packet);
      case PUBREL -> publishing.release(id(packet));
      case PUBACK -> SubscribeHandler.commandAnswered(this, id(packet), reason(packet));
      case PUBREC -> unknownReceived(packet);
      case PUBCOMP -> {
        // answers nothing: this side sends no message of QoS 2
      }
      case SUBSCRIBE -> SubscribeHandler.subscribe(this, (MqttSubscribeMessage) packet);
      case UNSUBSCRIBE -> SubscribeHandler.unsubscribe(this, (MqttUnsubscribeMessage) packet);
      case PINGREQ -> PingHandler.pinged(this);
      case DISCONNECT -> disconnected(packet);
      case AUTH -> fail((byte) 0x8C, "extended authentication is not offered");
      default -> fail((byte) 0x82, "unexpected packet");
    }
  }

  /** PUBREC that answers nothing, as this side sends no message of QoS 2: section 4.3.3. */
  private void unknownReceived(MqttMessage packet) {
    boolean isRefusal =
        packet.variableHeader() instanceof MqttPubReplyMessageVariableHeader header
            && header.reasonCode() < 0; // 0x80 and above
    if (!isRefusal) {
      reply(MqttMessageType.PUBREL, id(packet), 0x92, null);
    }
  }

  private void malformed(Throwable cause) {
    String detail = String.valueOf(cause.getMessage());
    byte reason =
        cause instanceof MalformedPacket fault ? fault.reason() : MalformedPacket.MALFORMED;
    if (connected) {
      fail(reason, detail);
    } else if (reason == MalformedPacket.WRONG_PROTOCOL) {
      refuse(Packets.CONNACK_WRONG_PROTOCOL, detail);
    } else if (v5) {
      refuse(Packets.connAck(reason, Packets.reasonString(detail, maxPacketBytes)), detail);
    } else {
      fail(reason, detail);
    }
  }

  private void disconnected(MqttMessage packet) {
    int reason = 0;
    if (packet.variableHeader() instanceof MqttReasonCodeAndPropertiesVariableHeader header) {
      reason = header.reasonCode();
      if (!expiry(header.properties())) {
        return;
      }
    }
    if (reason != 4) {
      will = null; // [MQTT-3.14.4-3]
    }
    failed = true;
    channel.close();
  }

  /** DISCONNECT may change the session expiry, but not from zero [MQTT-3.14.2-2]. */
  private boolean expiry(MqttProperties properties) {
    long asked = Packets.number(properties, MqttProperties.SESSION_EXPIRY_INTERVAL, -1);
    Session own = session;
    if (own == null || properties.getProperty(MqttProperties.SESSION_EXPIRY_INTERVAL) == null) {
      return true;
    }
    if (own.expirySeconds == 0 && asked != 0) {
      return fail((byte) 0x82, "session expiry was 0 in CONNECT");
    }
    own.expirySeconds = Math.min(asked & 0xFFFFFFFFL, settings.sessionExpiryMax().toSeconds());
    return true;
  }

  private static int id(MqttMessage packet) {
    return ((MqttMessageIdVariableHeader) packet.variableHeader()).messageId();
  }

  /** The reason code of an answer; 0 where it has none (MQTT 3.1.1, and 5 where all is well). */
  private static int reason(MqttMessage packet) {
    return packet.variableHeader() instanceof MqttPubReplyMessageVariableHeader reply
        ? reply.reasonCode() & 0xFF
        : 0;
  }

  /** CONNACK was sent: what came after CONNECT is processed now. */
  void admitted() {
    admitting = false;
    connecting = null;
    connected = true;
    before.admitted();
    while (!held.isEmpty()) {
      MqttMessage packet = held.remove();
      if (failed) {
        ReferenceCountUtil.release(packet);
      } else {
        take(packet);
      }
    }
    if (inactive) {
      gone();
    } else if (succeeded) {
      failAtOnce((byte) 0x8E, TAKEN_OVER);
    } else {
      read();
    }
  }

  /**
   * This connection has gone, and another has its device's session: what it sent is stored all the
   * same.
   *
   * @param sendsAgain whether its session goes on: then messages of QoS 2 come again in it
   */
  void pass(boolean sendsAgain) {
    passing = sendsAgain;
  }

  /** Whether messages of QoS 2 are left to the session that goes on. */
  boolean isPassing() {
    return passing;
  }

  /** Another connection of the device has come; this one goes, behind what it has sent. */
  void takenOver() {
    if (admitting && !failed) {
      succeeded = true; // its own turn comes first: it waits for its predecessor
    } else {
      failAtOnce((byte) 0x8E, TAKEN_OVER);
    }
  }

  /** Writes a packet, unless there is nobody left to read it. */
  void send(Object packet) {
    if (inactive) {
      ReferenceCountUtil.release(packet);
    } else {
      channel.writeAndFlush(packet, channel.voidPromise());
    }
  }

  void read() {
    boolean takes = !admitting && !quiescing && channel.isWritable() && window.hasRoom();
    channel.config().setAutoRead(failed || takes);
  }

  @Override
  public boolean quiesce() {
    quiescing = true;
    read();
    return window.isEmpty();
  }

  void reply(MqttMessageType type, int packetId, int reason, @Nullable String detail) {
    MqttMessage packet =
        v5
            ? Packets.reply(type, packetId, reason, reasonString(detail))
            : Packets.reply(type, packetId);
    send(packet);
  }

  MqttProperties reasonString(@Nullable String detail) {
    return Packets.reasonString(problemInformation ? detail : null, maxPacketBytes);
  }

  @Override
  public boolean fail(byte reason, String detail) {
    if (failed) {
      return false;
    }
    boolean peersFault = Packets.isPeersFault(reason);
    if (peersFault) {
      if (reason == (byte) 0x95) {
        gateway.meters().limited(peer, Limit.PAYLOAD_SIZE);
      }
      gateway
          .meters()
          .refused(
              peer, reason == (byte) 0x95 ? RejectReason.TOO_LARGE : RejectReason.PROTOCOL_ERROR);
      FAULTS.warn(peer.address() + " " + name(), detail + "; closed");
    }
    if (reason == SHUTTING_DOWN) {
      will = null; // the device did not fail
    }
    end(
        v5 && connected
            ? Packets.disconnect(
                reason, Packets.reasonString(detail, maxPacketBytes)) // allowed here: 3.1.2.11.7
            : null,
        // at a stop, so that the acknowledgements before it reach a device that goes on sending
        (peersFault && v5 && connected) || reason == SHUTTING_DOWN);
    return false;
  }

  @Override
  public void shutDown() {
    fail(SHUTTING_DOWN, "the gateway is shutting down");
  }

  @Override
  public void revoked(String detail) {
    will = null; // nothing goes out in the name of whose credentials were taken away
    fail((byte) 0x98, detail);
  }

  /** As {@link #fail}, but does not wait for a peer that does not read. */
  void failAtOnce(byte reason, String detail) {
    boolean isRead = channel.isWritable();
    fail(reason, detail);
    if (!isRead) {
      channel.close();
    }
  }

  /**
   * Refuses a CONNECT for what it says itself.
   *
   * @param connAck null where it takes none
   */
  void refuse(@Nullable Object connAck, String detail) {
    gateway.meters().refused(peer, RejectReason.PROTOCOL_ERROR);
    FAULTS.warn(peer.address() + " " + name(), detail + "; refused");
    end(connAck, true);
  }

  private String name() {
    if (consumer != null) {
      return "(consumer " + consumer.name() + ")";
    }
    return session == null ? "(not connected)" : "(" + session.device + ")";
  }

  /**
   * Sends the last packet and closes. Lingering, the sending side is closed first and what still
   * comes is thrown away for a second: else the reset that unread bytes cause would overtake it.
   */
  void end(@Nullable Object lastPacket, boolean lingering) {
    failed = true;
    failedAtNanos = System.nanoTime();
    admitting = false;
    connecting = null;
    if (inactive) {
      gone();
    } else if (lastPacket == null && !lingering) {
      channel.close();
    } else if (lingering && channel instanceof DuplexChannel duplex) {
      Object last = lastPacket == null ? Unpooled.EMPTY_BUFFER : lastPacket;
      channel.writeAndFlush(last).addListener(_ -> closeOutput(duplex));
      read();
    } else {
      channel.writeAndFlush(lastPacket).addListener(ChannelFutureListener.CLOSE);
    }
  }

  /** The peer hears of it in each of its layers: WebSocket, TLS, TCP. */
  private static void closeOutput(DuplexChannel channel) {
    if (channel.pipeline().get(WebSocketServerProtocolHandler.class) != null) {
      channel.writeAndFlush(new CloseWebSocketFrame(WebSocketCloseStatus.NORMAL_CLOSURE));
    }
    GracefulClose.of(channel);
  }

  /** A fault of our own, met while this connection was served. */
  void broken(RuntimeException fault) {
    FAULTS.error(peer.address() + " " + name(), "the adapter failed; closed", fault);
    failed = true;
    channel.close();
  }

  @Override
  public void checkTimes(long now) {
    long bound = settings.connectTimeout().toNanos();
    if (failed) {
      if (now - failedAtNanos > GracefulClose.LINGER_NANOS) {
        channel.close();
      }
    } else if (!connected && !admitting && now - openedNanos > bound) {
      fail((byte) 0x82, "no CONNECT in time");
    } else if (admitting && now - admittingSinceNanos > VERDICT_TIMEOUTS * bound) {
      ConnectHandler waiting = connecting;
      if (waiting != null) {
        waiting.notJudged();
      }
    } else if (connected
        && stalledSinceNanos != 0
        && now - stalledSinceNanos > (keepAliveNanos > 0 ? keepAliveNanos : STALL_NANOS)) {
      FAULTS.warn(peer.address() + " " + name(), "does not read what is sent to it; closed");
      failed = true;
      channel.close();
    } else if (incomplete && channel.config().isAutoRead() && now - incompleteSinceNanos > bound) {
      fail((byte) 0x81, "packet never completed");
    } else if (connected
        && channel.config().isAutoRead()
        && keepAliveNanos > 0
        && now - lastReadNanos > keepAliveNanos) {
      fail((byte) 0x8D, "keep alive timeout"); // [MQTT-3.1.2-22]
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    long now = System.nanoTime();
    stalledSinceNanos = channel.isWritable() ? 0 : now == 0 ? 1 : now;
    read();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    Throwable root =
        cause instanceof DecoderException && cause.getCause() != null ? cause.getCause() : cause;
    switch (root) {
      case SSLException tls -> {
        if (!failed) {
          gateway.meters().refused(peer, RejectReason.NOT_AUTHENTICATED);
          FAULTS.warn(
              String.valueOf(peer.address()), "TLS: " + TlsContexts.reason(tls) + "; closed");
        }
        channel.close();
      }
      case OutOfMemoryError memory -> {
        // of direct memory: no fault of the peer's, whatever it sent
        gateway.meters().refused(peer, RejectReason.OVERLOAD);
        FAULTS.warn(peer.address() + " " + name(), memory.getMessage() + "; closed");
        failed = true;
        channel.close();
      }
      case IOException _ -> channel.close();
      case CorruptedWebSocketFrameException frame -> {
        if (!failed) {
          // the last frame, whatever else would be sent: RFC 6455 sections 5.5.1 and 7.1.7
          channel.writeAndFlush(new CloseWebSocketFrame(frame.closeStatus()));
        }
        fail((byte) 0x81, "WebSocket: " + frame.getMessage());
      }
      default -> malformed(root);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    inactive = true;
    if (refusedBy == null) {
      gateway.access().leave(peer);
    }
    if (admitting && !failed && !held.isEmpty()) {
      before.outlived(); // what came whole is judged and stored once the verdict is there
    } else {
      gone();
    }
  }

  /** The socket is closed, and nothing that came by it waits for a verdict any more. Once. */
  private void gone() {
    if (gone) {
      return;
    }
    gone = true;
    failed = true;
    sink.closed(this);
    before.admitted();
    dropHeld();
    endIfSettled();
    if (!ended.isDone() && !channel.eventLoop().isShuttingDown()) {
      var _ =
          channel
              .eventLoop()
              .schedule(
                  Guarded.task("mqtt-settle", this::settleAnyhow),
                  SETTLE_SECONDS,
                  TimeUnit.SECONDS);
    }
  }

  /** Lets go of what came behind CONNECT: who is not let in has no messages. */
  void discardHeld() {
    held.forEach(ReferenceCountUtil::release);
    held.clear();
  }

  private void dropHeld() {
    long messages = held.stream().filter(MqttPublishMessage.class::isInstance).count();
    discardHeld();
    if (messages > 0) {
      lost(messages, "came before its device was let in");
    }
  }

  /** Notes messages that nobody stores, though they came whole. On the event loop. */
  void lost(long messages, String why) {
    for (long i = 0; i < messages; i++) {
      gateway.meters().refused(peer, RejectReason.OVERLOAD);
    }
    FAULTS.warn(
        peer.address() + " " + name(),
        "%d message%s that %s: not stored, its connection has ended"
            .formatted(messages, messages == 1 ? "" : "s", why));
  }

  /** A receipt never came: the device may not be locked out for it. It sends the message again. */
  private void settleAnyhow() {
    if (!ended.isDone()) {
      FAULTS.warn(
          peer.address() + " " + name(),
          "no receipt for a message in " + SETTLE_SECONDS + " s; its session goes on without");
      window.abandon();
      endIfSettled();
    }
  }

  /**
   * Ends the session, or lets it sleep: once it is known of each message in hand whether it was
   * stored, so that the device's next connection does not store it again.
   */
  void endIfSettled() {
    Session kept = session;
    boolean sleeps = kept != null && kept.expirySeconds > 0;
    if (!window.settle(sleeps) || ended.isDone()) {
      return;
    }
    if (kept != null && commands != null) {
      gateway.sessions().detach(kept.device, commands);
      commands.returnAll();
      boolean asleep = sessions.sleep(kept, settings.maxSessions());
      if (will != null) {
        will.due(kept, asleep);
      }
      sessions.release(kept.device, this);
    } else if (kept != null && will != null) {
      will.due(kept, false);
    }
    if (consumer != null) {
      consumer.close();
    }
    var _ = predecessor.whenComplete((_, _) -> ended.complete(null));
  }
}
