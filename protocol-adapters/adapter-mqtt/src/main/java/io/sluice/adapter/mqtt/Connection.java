package io.sluice.adapter.mqtt;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttFixedHeader;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPubReplyMessageVariableHeader;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttReasonCodeAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttUnsubscribeMessage;
import io.netty.util.ReferenceCountUtil;
import io.sluice.api.Gateway;
import io.sluice.api.Peer;
import io.sluice.api.Receipt;
import io.sluice.api.RejectReason;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** One client's connection: what is known of it. Its event loop's alone, but for what says so. */
// a write that fails closes the channel: its future says nothing more
@SuppressWarnings("FutureReturnValueIgnored")
final class Connection extends ChannelInboundHandlerAdapter {
  final Channel channel;
  final Gateway gateway;
  final MqttSettings settings;
  final Sessions sessions;
  final Peer peer;
  final CompletableFuture<Void> ended = new CompletableFuture<>();
  final PublishHandler publishing = new PublishHandler(this);
  boolean v5;
  boolean problemInformation = true;
  boolean connected;
  long keepAliveNanos;
  @Nullable Publication will;
  @Nullable Session session;
  @Nullable CommandLink commands;

  private final LoopSink sink;
  private final AtomicInteger connections;
  private final ArrayDeque<MqttMessage> held = new ArrayDeque<>();
  private final ArrayDeque<Publication> pending = new ArrayDeque<>();
  private final long openedNanos = System.nanoTime();
  private long lastReadNanos = openedNanos;
  private long incompleteSinceNanos;
  private boolean incomplete;
  private boolean failed;
  private boolean touched;
  private boolean waiting;
  private boolean admitting;

  Connection(
      Channel channel,
      LoopSink sink,
      Gateway gateway,
      MqttSettings settings,
      Sessions sessions,
      AtomicInteger connections) {
    this.channel = channel;
    this.sink = sink;
    this.gateway = gateway;
    this.settings = settings;
    this.sessions = sessions;
    this.connections = connections;
    this.peer = new Peer(MqttAdapter.PROTOCOL, (InetSocketAddress) channel.remoteAddress(), false);
  }

  LoopSink sink() {
    return sink;
  }

  boolean failed() {
    return failed;
  }

  void incomplete(boolean now) {
    lastReadNanos = System.nanoTime();
    if (now && !incomplete) {
      incompleteSinceNanos = lastReadNanos;
    }
    incomplete = now;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    connections.incrementAndGet();
    sink.connections().add(this);
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
        fail((byte) 0x81, "malformed packet");
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
        read();
        new ConnectHandler(this).connect((MqttConnectMessage) packet);
      }
      case PUBLISH -> publishing.publish((MqttPublishMessage) packet);
      case PUBREL -> publishing.release(id(packet));
      case PUBACK -> SubscribeHandler.commandAcknowledged(this, id(packet));
      case SUBSCRIBE -> SubscribeHandler.subscribe(this, (MqttSubscribeMessage) packet);
      case UNSUBSCRIBE -> SubscribeHandler.unsubscribe(this, (MqttUnsubscribeMessage) packet);
      case PINGREQ -> channel.writeAndFlush(MqttMessage.PINGRESP, channel.voidPromise());
      case DISCONNECT -> disconnected(packet);
      case AUTH -> fail((byte) 0x8C, "extended authentication is not offered");
      default -> fail((byte) 0x82, "unexpected packet"); // PUBREC, PUBCOMP: never sent QoS 2
    }
  }

  private void disconnected(MqttMessage packet) {
    boolean withWill =
        packet.variableHeader() instanceof MqttReasonCodeAndPropertiesVariableHeader header
            && header.reasonCode() == 4;
    if (!withWill) {
      will = null; // [MQTT-3.14.4-3]
    }
    failed = true;
    channel.close();
  }

  private static int id(MqttMessage packet) {
    return ((MqttMessageIdVariableHeader) packet.variableHeader()).messageId();
  }

  /** CONNACK was sent: what came after CONNECT is processed now. */
  void admitted() {
    admitting = false;
    connected = true;
    while (!held.isEmpty()) {
      MqttMessage packet = held.remove();
      if (failed) {
        ReferenceCountUtil.release(packet);
      } else {
        take(packet);
      }
    }
    read();
  }

  void read() {
    channel
        .config()
        .setAutoRead(!admitting && !waiting && channel.isWritable() && pending.size() < limit());
  }

  int limit() {
    return settings.receiveMaximum() * 2;
  }

  /** Messages of QoS 1 and 2 that were not answered. */
  int unanswered() {
    int count = 0;
    for (Publication publication : pending) {
      count += publication.qos > 0 ? 1 : 0;
    }
    return count;
  }

  boolean isPending(int packetId) {
    for (Publication publication : pending) {
      if (publication.qos == 2 && publication.packetId == packetId) {
        return true;
      }
    }
    return false;
  }

  void offer(Publication publication) {
    if (v5
        && publication.qos > 0
        && pending.size() >= settings.receiveMaximum()
        && unanswered() >= settings.receiveMaximum()) {
      fail((byte) 0x93, "receive maximum exceeded"); // [MQTT-3.3.4-9]
      return;
    }
    pending.add(publication);
    if (!waiting) {
      publication.state = Publication.State.OFFERED;
      gateway.accept(publication);
    }
    if (pending.size() >= limit()) {
      read();
    }
  }

  /** Notes a receipt; true where the connection has not been touched in this batch yet. */
  boolean resolved(Publication publication) {
    boolean busy = publication.receipt instanceof Receipt.Busy;
    publication.state = busy ? Publication.State.WAITING : Publication.State.DECIDED;
    if (busy && !waiting && (!failed || publication.messageClass() != null)) {
      waiting = true;
      read();
      long delay = ((Receipt.Busy) publication.receipt).retryAfterMillis();
      var _ = sink.loop().schedule(this::retry, Math.max(1, delay), TimeUnit.MILLISECONDS);
    }
    boolean firstTouch = !touched;
    touched = true;
    return firstTouch;
  }

  private void retry() {
    waiting = false;
    for (Publication publication : pending) {
      if (publication.state == Publication.State.WAITING) {
        publication.state = Publication.State.OFFERED;
        gateway.accept(publication);
      }
    }
    read();
  }

  /** Answers what is decided, in order of receipt [MQTT-4.6.0-2]: one buffer, one flush. */
  void answer() {
    touched = false;
    boolean full = pending.size() >= limit();
    ByteBuf acknowledgements = null;
    while (!pending.isEmpty() && pending.element().state == Publication.State.DECIDED) {
      Publication decided = pending.remove();
      boolean plain = publishing.decided(decided);
      if (plain && !failed) {
        if (acknowledgements == null) {
          acknowledgements = channel.alloc().buffer(4 * (pending.size() + 1));
        }
        int type = decided.qos == 1 ? 0x40 : 0x50;
        acknowledgements.writeInt(type << 24 | 2 << 16 | decided.packetId);
      } else if (acknowledgements != null) {
        channel.write(acknowledgements, channel.voidPromise());
        acknowledgements = null;
      }
      if (!plain) {
        publishing.refuse(decided);
      }
    }
    if (acknowledgements != null) {
      channel.write(acknowledgements, channel.voidPromise());
    }
    channel.flush();
    if (full) {
      read();
    }
  }

  void reply(MqttMessageType type, int packetId, int reason, @Nullable String detail) {
    MqttProperties properties = new MqttProperties();
    if (v5 && problemInformation && detail != null) {
      properties.add(new MqttProperties.StringProperty(MqttProperties.REASON_STRING, detail));
    }
    MqttFixedHeader header =
        new MqttFixedHeader(
            type,
            false,
            type == MqttMessageType.PUBREL ? MqttQoS.AT_LEAST_ONCE : MqttQoS.AT_MOST_ONCE,
            false,
            0);
    channel.writeAndFlush(
        new MqttMessage(
            header,
            v5
                ? new MqttPubReplyMessageVariableHeader(packetId, (byte) reason, properties)
                : MqttMessageIdVariableHeader.from(packetId)),
        channel.voidPromise());
  }

  /** Ends the connection, with DISCONNECT and its reason where MQTT 5 allows. Returns false. */
  boolean fail(byte reason, String detail) {
    if (failed) {
      return false;
    }
    failed = true;
    if ((reason & 0xFF) < 0x87 || (reason & 0xFF) >= 0x90) {
      gateway.refused(
          peer, reason == (byte) 0x95 ? RejectReason.TOO_LARGE : RejectReason.PROTOCOL_ERROR);
    }
    if (v5 && connected) {
      MqttProperties properties = new MqttProperties();
      properties.add(new MqttProperties.StringProperty(MqttProperties.REASON_STRING, detail));
      MqttFixedHeader header =
          new MqttFixedHeader(MqttMessageType.DISCONNECT, false, MqttQoS.AT_MOST_ONCE, false, 0);
      channel.writeAndFlush(
          new MqttMessage(
              header, new MqttReasonCodeAndPropertiesVariableHeader(reason, properties)),
          channel.voidPromise());
    }
    channel.close();
    return false;
  }

  void checkTimes(long now) {
    long bound = settings.connectTimeout().toNanos();
    if (!connected && !admitting && now - openedNanos > bound) {
      fail((byte) 0x82, "no CONNECT in time");
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
    read();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof java.io.IOException) {
      channel.close();
    } else {
      fail((byte) 0x81, "malformed packet");
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    failed = true;
    connections.decrementAndGet();
    sink.connections().remove(this);
    held.forEach(ReferenceCountUtil::release);
    held.clear();
    pending.clear();
    Session kept = session;
    if (kept != null && commands != null) {
      sessions.release(kept.device, this);
      gateway.detach(kept.device, commands);
      commands.returnAll();
      sessions.sleep(kept);
    }
    if (will != null) {
      pending.add(will);
      gateway.accept(will);
    }
    ended.complete(null);
  }
}
