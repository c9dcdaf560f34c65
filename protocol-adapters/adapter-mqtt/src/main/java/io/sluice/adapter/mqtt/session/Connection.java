package io.sluice.adapter.mqtt.session;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.util.ReferenceCountUtil;
import io.sluice.adapter.mqtt.packet.PacketConnection;
import io.sluice.adapter.mqtt.packet.Packets;
import io.sluice.adapter.netty.BeforeAdmission;
import io.sluice.adapter.netty.SocketConnection;
import io.sluice.api.Limit;
import io.sluice.api.MessageClass;
import io.sluice.api.adapter.AdapterContext;
import io.sluice.api.adapter.Drain;
import io.sluice.api.adapter.LinkEnd;
import io.sluice.api.adapter.Peer;
import io.sluice.api.adapter.Receipt;
import io.sluice.api.health.Guarded;
import java.util.ArrayDeque;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One client's connection: what is known of it, and where its packets go. How it ends is told by
 * {@link ConnectionEnd}. Confined to the event loop, except {@link #offer}.
 */
// a write that fails closes the channel: its future says nothing more
@SuppressWarnings("FutureReturnValueIgnored")
public final class Connection extends ChannelInboundHandlerAdapter
    implements SocketConnection, PacketConnection {
  /** The label of metrics, and the first word of log lines and task names. */
  public static final String PROTOCOL = "mqtt";

  private static final Guarded READY = Guarded.of("mqtt-ready");

  final Channel channel;
  final AdapterContext gateway;
  final MqttOptions settings;
  final SleepingSessions sleeping;
  final Peer peer;
  final BeforeAdmission before;

  /** The limit that this connection ran into: it hears of it in the answer to its CONNECT. */
  final @Nullable Limit refusedBy;

  final PublishHandler publishing = new PublishHandler(this);
  final InflightWindow window = new InflightWindow(this);
  final ConnectionTimes times = new ConnectionTimes(this);
  final ConnectionEnd ending;
  private final Leaving leaving = new Leaving(this);

  // What its CONNECT says.
  boolean v5;
  boolean problemInformation = true;
  long maxPacketBytes = Long.MAX_VALUE;
  @Nullable Will will;
  @Nullable Session session;

  /** Where this is a device. */
  @Nullable CommandLink commands;

  /** Where this is none. */
  @Nullable ConsumerLink consumer;

  private final LoopSink sink;

  /** What came behind CONNECT or a SUBSCRIBE while the gateway is waited for. */
  private final ArrayDeque<MqttMessage> held = new ArrayDeque<>();

  /** While the verdict is waited for. */
  private @Nullable ConnectHandler connecting;

  // When the packets came that are read now; 0 where none are, and before it is asked for.
  private boolean isReading;
  private long readMicros;
  private long readNanos;

  private boolean admitting;

  /** Something that the gateway gets ready is waited for. */
  private boolean awaiting;

  private boolean connected;
  private boolean failed;
  private boolean quiescing;
  private boolean inactive;
  private boolean passing;

  /** Another link of the device waits for this one to end, which has not begun yet. */
  private boolean succeeded;

  /**
   * @param sink of the channel's event loop
   * @param refusedBy the limit that it ran into, null where none
   */
  public Connection(
      Channel channel,
      LoopSink sink,
      AdapterContext gateway,
      MqttOptions settings,
      SleepingSessions sleeping,
      Peer peer,
      BeforeAdmission before,
      @Nullable Limit refusedBy) {
    this.before = before;
    this.channel = channel;
    this.sink = sink;
    this.gateway = gateway;
    this.settings = settings;
    this.sleeping = sleeping;
    this.peer = peer;
    this.refusedBy = refusedBy;
    this.ending = new ConnectionEnd(this);
    before.onRefusal(this::halt);
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

  /** Offers a message. Thread-safe. A gateway that throws has given its receipt by that. */
  void offer(Publication publication) {
    try {
      gateway.ingress().accept(publication);
    } catch (RuntimeException fault) {
      ending.error("the gateway failed at a message", fault);
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

  /** Whether the verdict on its CONNECT is waited for. */
  boolean isAdmitting() {
    return admitting;
  }

  /** Whether it was let in. */
  boolean isConnected() {
    return connected;
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
  public void reading(boolean now) {
    isReading = now;
    readNanos = 0;
  }

  /** When what is taken up now came, by {@link System#nanoTime}. */
  long arrivedNanos() {
    look();
    return readNanos;
  }

  /** The same, microseconds since the epoch. */
  long arrivedMicros() {
    look();
    return readMicros;
  }

  /** Packets of one read came at one time: the clocks are asked once. */
  private void look() {
    if (!isReading || readNanos == 0) {
      readNanos = System.nanoTime();
      readMicros = gateway.clock().millis() * 1000;
    }
  }

  @Override
  public boolean takesPlain() {
    return connected && !awaiting && consumer == null && session != null;
  }

  @Override
  public void published(String topic, int packetId, byte[] payload) {
    publishing.plain(topic, packetId, payload);
  }

  @Override
  public void incomplete(boolean now) {
    times.read(now);
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    sink.opened(this);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (failed || !(message instanceof MqttMessage packet)) {
      ReferenceCountUtil.release(message);
    } else if (admitting || awaiting) {
      held.add(packet); // only what the last read had decoded: reading is paused
    } else {
      take(packet);
    }
  }

  private void take(MqttMessage packet) {
    try {
      if (packet.decoderResult().isFailure()) {
        ending.malformed(packet.decoderResult().cause());
      } else {
        PacketRouter.dispatch(this, packet);
      }
    } finally {
      ReferenceCountUtil.release(packet);
    }
  }

  /** Asks for a verdict on CONNECT; nothing more is read until it is there. */
  void connect(MqttConnectMessage packet) {
    admitting = true;
    times.admitting();
    read();
    new ConnectHandler(this).connect(packet);
  }

  /** The gateway was asked for its verdict. */
  void judgedBy(ConnectHandler handler) {
    connecting = handler;
  }

  /** The verdict did not come in time. */
  void notJudged() {
    ConnectHandler waiting = connecting;
    if (waiting != null) {
      waiting.notJudged();
    }
  }

  /**
   * Takes nothing more until the gateway has something ready, and then a packet once more.
   *
   * @param packet retained here
   */
  void await(CompletionStage<?> ready, MqttMessage packet) {
    awaiting = true;
    held.addFirst(ReferenceCountUtil.retain(packet));
    read();
    var _ =
        ready.whenComplete((_, _) -> channel.eventLoop().execute(READY.task(this::goOnWithHeld)));
  }

  private void goOnWithHeld() {
    awaiting = false;
    takeHeld();
  }

  /** CONNACK was sent: what came after CONNECT is processed now. */
  void admitted() {
    admitting = false;
    connecting = null;
    connected = true;
    before.admitted();
    takeHeld();
  }

  private void takeHeld() {
    while (!held.isEmpty() && !awaiting) {
      MqttMessage packet = held.remove();
      if (failed) {
        ReferenceCountUtil.release(packet);
      } else {
        take(packet);
      }
    }
    if (awaiting) {
      return;
    }
    if (inactive) {
      ending.gone();
    } else if (succeeded) {
      takenOver();
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

  /** Another link of the device has come; this one goes, behind what it has sent. */
  void takenOver() {
    if ((admitting || awaiting) && !failed) {
      succeeded = true; // its own turn comes first: it waits for its predecessor
    } else {
      LinkEnd reason = LinkEnd.TAKEN_OVER;
      ending.failAtOnce(CommandLink.reasonCode(reason), reason.sentence());
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

  /** Reads on, or pauses, as what is in hand allows. */
  void read() {
    boolean takes =
        !admitting && !awaiting && !quiescing && channel.isWritable() && window.hasRoom();
    channel.config().setAutoRead(failed || takes);
  }

  @Override
  public boolean quiesce() {
    quiescing = true;
    read();
    return window.isEmpty();
  }

  @Override
  public boolean drain(Drain drain, long waitedNanos) {
    if (!connected) {
      return true; // its CONNECT is answered by it
    }
    boolean isReady = failed || leaving.goOn(waitedNanos);
    if (isReady) {
      ending.drained(drain);
    }
    return isReady;
  }

  @Override
  public void stay() {
    if (!failed) {
      quiescing = false;
      leaving.callOff();
      read();
    }
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
    return ending.fail(reason, detail);
  }

  /** Takes nothing more of what the peer sends: it is read, and thrown away. */
  void halt() {
    failed = true;
    admitting = false;
    connecting = null;
    times.failed();
  }

  @Override
  public void shutDown() {
    ending.shutDown();
  }

  @Override
  public void revoked(String detail) {
    will = null; // nothing goes out in the name of whose credentials were taken away
    window.drop();
    fail((byte) 0x98, detail);
  }

  @Override
  public void checkTimes(long now) {
    times.check(now);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    times.isRead(channel.isWritable());
    read();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    ending.caught(cause);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    inactive = true;
    if (refusedBy == null) {
      gateway.access().leave(peer);
    }
    if (admitting && !failed && !held.isEmpty()) {
      before.outlived(); // what came whole is judged and stored once the verdict is there
    } else if (!awaiting) { // else behind what is held
      ending.gone();
    }
  }

  /** Lets go of what came behind CONNECT: who is not let in has no messages. */
  void discardHeld() {
    held.forEach(ReferenceCountUtil::release);
    held.clear();
  }

  /** The same, where the client was not judged: its messages are lost. */
  void dropHeld() {
    long messages = held.stream().filter(MqttPublishMessage.class::isInstance).count();
    discardHeld();
    if (messages > 0) {
      ending.lost(messages, "came before its device was let in");
    }
  }
}
