package io.sluice.sim.link;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.mqtt.MqttConnAckMessage;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttEncoder;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.sluice.sim.device.Hash;
import io.sluice.sim.figures.FleetCounters;
import io.sluice.sim.link.Link.Owner;
import io.sluice.sim.scenario.DeviceSpec;
import io.sluice.sim.time.Timers;
import io.sluice.sim.vendor.Firmware;
import io.sluice.sim.vendor.Publication;
import io.sluice.sim.vendor.Reply;
import java.net.ConnectException;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A small MQTT client on codec-mqtt. What was unanswered when a connection broke is published again
 * on the next one, as a device with a small store does.
 */
@SuppressWarnings(
    "FutureReturnValueIgnored") // a write that fails ends in channelInactive, which reacts
final class MqttLink implements Link {
  private static final int WINDOW_MESSAGES = 16;

  /** No message has it. */
  static final int SUBSCRIBE_ID = 0xFFFF;

  /** Within which a ping has to be answered before the next one would be due. */
  private static final long PATIENCE_NANOS = 10_000_000_000L;

  private static final int MAX_PACKET_BYTES = 1 << 18;
  private static final long FIRST_BACK_OFF_MILLIS = 250;
  private static final long LONGEST_BACK_OFF_MILLIS = 15_000;

  private final TcpConnector door;
  private final Owner owner;
  private final FleetCounters counters;
  private final DeviceSpec spec;
  private final MqttPackets packets;
  private final Loss loss;
  private final Map<Integer, Message> unanswered = new LinkedHashMap<>();

  /** Those whose reply is awaited, by what it has to name; bounded as the window is. */
  private final Map<String, Message> awaited = new LinkedHashMap<>();

  private final ArrayDeque<Message> again = new ArrayDeque<>();

  /** What went out at QoS 0 where a ping confirms it. */
  private final PingReceipts receipts = new PingReceipts();

  private @Nullable Channel channel;
  private boolean up;
  private boolean pingUnanswered;
  private boolean closed;
  private boolean away;
  private boolean muted;
  private boolean connecting;
  private boolean lying;
  private int packetId;
  private int moves;

  /** Waits for TCP to carry it across a loss; what follows waits behind it. */
  private @Nullable Message stalled;

  private final ArrayDeque<Message> behind = new ArrayDeque<>();

  private int attempts;

  /** When the oldest CONNECT or PINGREQ that has no answer yet went out. */
  private long spokenNanos;

  MqttLink(TcpConnector door, Owner owner, FleetCounters counters) {
    this.door = door;
    this.owner = owner;
    this.counters = counters;
    this.spec = owner.device().spec();
    this.packets = new MqttPackets(spec);
    this.loss = new Loss(spec.seed(), counters);
  }

  @Override
  public void open() {
    if (closed || away || connecting || channel != null) {
      return; // an attempt that waited may come when it is back by another way
    }
    connecting = true;
    spokenNanos = System.nanoTime();
    owner.mayBeHeard();
    ChannelFuture made =
        door.connect(
            owner.loop(),
            spec,
            moves,
            lying,
            new MqttDecoder(MAX_PACKET_BYTES),
            MqttEncoder.INSTANCE,
            new Inbound());
    if (made == null) {
      notConnected(door.remedy());
      return;
    }
    made.addListener(done -> {
      if (!done.isSuccess() && !owner.loop().isShuttingDown()) {
        // where the system has no descriptor left this comes on another thread
        owner.loop().execute(() -> unreachable(done.cause()));
      }
    });
  }

  private void unreachable(Throwable why) {
    if (why instanceof ConnectException) {
      counters.silences.refused();
    }
    notConnected(String.valueOf(why.getMessage()));
  }

  private void notConnected(String why) {
    connecting = false;
    counters.connectFailures.increment();
    counters.trouble(spec.id() + ": " + why);
    later();
  }

  private void later() {
    if (closed || away) {
      return;
    }
    long ceiling =
        Math.min(LONGEST_BACK_OFF_MILLIS, FIRST_BACK_OFF_MILLIS << Math.min(attempts, 6));
    attempts++;
    long delay = ceiling / 2 + (long) (ceiling / 2d * Hash.unit(spec.seed() ^ 0xBAC0FF, attempts));
    Timers.after(owner.loop(), this::open, delay);
  }

  @Override
  public boolean ready() {
    return isTalking()
        && stalled == null
        && pending() < WINDOW_MESSAGES
        && channel != null
        && channel.isWritable();
  }

  /** Whether it is connected, and would say something. */
  boolean isTalking() {
    return up && !muted && !away;
  }

  @Override
  public int pending() {
    return unanswered.size()
        + awaited.size()
        + again.size()
        + receipts.size()
        + behind.size()
        + (stalled == null ? 0 : 1);
  }

  @Override
  public void send(Message message) {
    if (stalled != null) {
      behind.add(message);
      return;
    }
    long wait = lossMillis();
    if (wait == 0) {
      publish(message);
      return;
    }
    stalled = message;
    Timers.after(owner.loop(), () -> arrives(message), wait);
  }

  private void arrives(Message message) {
    if (stalled == null || stalled.n() != message.n()) {
      return; // its connection broke
    }
    stalled = null;
    publish(message);
    while (stalled == null && !behind.isEmpty()) {
      send(behind.remove());
    }
  }

  private long lossMillis() {
    long wait = loss.waitMillis();
    if (wait < 0) {
      disconnect();
    }
    return Math.max(0, wait);
  }

  @Override
  public void lose(double chance) {
    loss.chance(chance);
  }

  @Override
  public void move() {
    moves++;
    disconnect(); // and back from the new address
  }

  @Override
  public void cut() {
    away = true;
    disconnect();
  }

  @Override
  public void restore() {
    boolean wasMuted = muted;
    away = false;
    muted = false;
    if (wasMuted) {
      disconnect(); // a device that hung starts anew
    }
    if (channel == null) {
      open();
    }
  }

  @Override
  public void sleep() {
    away = true;
    if (channel != null) {
      channel.writeAndFlush(MqttMessage.DISCONNECT).addListener(done -> disconnect());
    }
  }

  @Override
  public void mute() {
    muted = true;
  }

  @Override
  public void lie(boolean isWrong) {
    lying = isWrong;
    disconnect();
  }

  private void publish(Message message) {
    Channel to = channel;
    if (to == null) {
      if (owner.isConfirmedByPing()) {
        owner.returned(message);
      } else {
        again.add(message);
      }
      return;
    }
    if (spec.group().qos() > 0) {
      unanswered.put(nextPacketId(), message);
    }
    String reply = reply(message);
    if (reply != null) {
      awaited.put(reply, message);
    }
    owner.mayBeHeard();
    to.writeAndFlush(packets.publish(message, packetId));
    if (owner.isConfirmedByPing()) {
      receipts.sent(message);
      if (!pingUnanswered) {
        ping(to);
      }
    }
  }

  private void ping(Channel to) {
    pingUnanswered = true;
    receipts.pinged();
    spokenNanos = System.nanoTime();
    owner.mayBeHeard();
    to.writeAndFlush(MqttMessage.PINGREQ);
  }

  /** Says something that has no outcome. */
  void say(Publication publication) {
    Channel to = channel;
    if (to != null && isTalking()) {
      to.writeAndFlush(packets.publish(publication, nextPacketId()));
    }
  }

  /** Starts the connection anew. */
  void reconnect() {
    if (channel != null) {
      channel.writeAndFlush(MqttMessage.DISCONNECT).addListener(done -> disconnect());
    }
  }

  private int nextPacketId() {
    packetId = packetId % (SUBSCRIBE_ID - 1) + 1;
    return packetId;
  }

  /** What the reply has to name that the device waits for; null where it waits for none. */
  private static @Nullable String reply(Message message) {
    Publication publication = message.publication();
    return publication == null ? null : publication.awaits();
  }

  @Override
  public void close() {
    closed = true;
    if (channel != null) {
      channel.writeAndFlush(MqttMessage.DISCONNECT).addListener(done -> disconnect());
    }
  }

  private void disconnect() {
    if (channel != null) {
      channel.close();
    }
  }

  private final class Inbound extends SimpleChannelInboundHandler<MqttMessage> {
    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      if (away || closed) {
        ctx.close();
        return;
      }
      ctx.writeAndFlush(packets.connect(lying, owner.will()));
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, MqttMessage message) {
      if (message.decoderResult().isFailure()) {
        counters.trouble(
            spec.id() + ": unreadable answer: " + message.decoderResult().cause().getMessage());
        ctx.close();
        return;
      }
      switch (message.fixedHeader().messageType()) {
        case CONNACK -> connack(ctx, (MqttConnAckMessage) message);
        case PUBACK, PUBCOMP -> answered(message, true);
        case PUBREC -> received(ctx, message);
        case PUBLISH -> command(ctx, (MqttPublishMessage) message);
        case SUBACK -> owner.subscribed();
        case PINGRESP -> pong(ctx);
        case DISCONNECT -> {
          counters.trouble(spec.id() + ": the server disconnected" + MqttPackets.reason(message));
          ctx.close();
        }
        default -> {
          // UNSUBACK and the like need no reaction
        }
      }
    }

    private void pong(ChannelHandlerContext ctx) {
      pingUnanswered = false;
      owner.wasHeard(spokenNanos);
      receipts.answered().forEach(message -> owner.acked(message.n()));
      if (receipts.size() > 0 && !muted) {
        MqttLink.this.ping(ctx.channel());
      }
    }

    private void connack(ChannelHandlerContext ctx, MqttConnAckMessage message) {
      counters.silences.answered();
      MqttConnectReturnCode code = message.variableHeader().connectReturnCode();
      if (code != MqttConnectReturnCode.CONNECTION_ACCEPTED) {
        counters.trouble(spec.id() + ": not admitted, " + code);
        ctx.close();
        return;
      }
      if (away || closed) {
        ctx.close(); // its link went while it was signing in
        return;
      }
      connecting = false;
      owner.wasHeard(spokenNanos);
      channel = ctx.channel();
      up = true;
      attempts = 0;
      pingUnanswered = false;
      counters.connected.increment();
      counters.connects.increment();
      ctx.writeAndFlush(packets.subscribe());
      greet(ctx);
      Timers.after(ctx.executor(), () -> ping(ctx), MqttPackets.KEEP_ALIVE_SECONDS * 750L);
      int waiting = again.size();
      for (int i = 0; i < waiting; i++) {
        Message unsent = again.remove();
        owner.resent(unsent.n());
        publish(unsent);
      }
      owner.connected();
    }

    /** What is said of which nothing is to be kept has no outcome. */
    private void greet(ChannelHandlerContext ctx) {
      Firmware firmware = spec.group().firmware();
      if (firmware != null) {
        firmware
            .greetings(spec, owner.children())
            .forEach(greeting -> ctx.writeAndFlush(packets.publish(greeting, nextPacketId())));
      }
    }

    private void ping(ChannelHandlerContext ctx) {
      if (!ctx.channel().isActive() || muted) {
        return;
      }
      if (pingUnanswered && System.nanoTime() - spokenNanos > PATIENCE_NANOS) {
        counters.trouble(spec.id() + ": no answer to a ping");
        ctx.close();
        return;
      }
      if (!pingUnanswered) {
        MqttLink.this.ping(ctx.channel());
      }
      Timers.after(ctx.executor(), () -> ping(ctx), MqttPackets.KEEP_ALIVE_SECONDS * 750L);
    }

    private void received(ChannelHandlerContext ctx, MqttMessage message) {
      if (MqttPackets.isRefusal(message)) {
        answered(message, false);
        return;
      }
      ctx.writeAndFlush(MqttPackets.pubRel(MqttPackets.id(message)));
    }

    private void answered(MqttMessage message, boolean last) {
      long wait = lossMillis();
      if (wait == 0) {
        settle(message, last);
      } else {
        Timers.after(owner.loop(), () -> settle(message, last), wait);
      }
    }

    private void settle(MqttMessage message, boolean last) {
      Message sent = unanswered.remove(MqttPackets.id(message));
      if (sent == null) {
        return;
      }
      String reply = reply(sent);
      if (MqttPackets.isRefusal(message) || !last) {
        if (reply != null) {
          awaited.remove(reply);
        }
        owner.refused(sent.n(), "refused" + MqttPackets.reason(message));
      } else if (reply == null) {
        owner.acked(sent.n());
      }
    }

    /** Whether what came is the reply to a message, of which that is the outcome. */
    private boolean isReply(MqttPublishMessage message) {
      Firmware firmware = spec.group().firmware();
      Reply reply =
          firmware == null
              ? null
              : firmware.reply(
                  spec,
                  message.variableHeader().topicName(),
                  ByteBufUtil.getBytes(message.payload()));
      if (reply == null) {
        return false;
      }
      Message sent = awaited.remove(reply.to());
      if (sent == null) {
        return true;
      }
      unanswered.values().remove(sent);
      if (reply.isTaken()) {
        owner.acked(sent.n());
      } else {
        owner.refused(sent.n(), reply.text());
      }
      return true;
    }

    private void command(ChannelHandlerContext ctx, MqttPublishMessage message) {
      if (!isReply(message)) {
        counters.commands.increment();
        owner.told(message.variableHeader().topicName(), ByteBufUtil.getBytes(message.payload()));
      }
      if (message.fixedHeader().qosLevel() == MqttQoS.AT_LEAST_ONCE) {
        ctx.writeAndFlush(
            MqttMessageBuilders.pubAck().packetId(message.variableHeader().packetId()).build());
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      if (up) {
        up = false;
        counters.connected.decrement();
      } else if (!away && !closed) {
        counters.connectFailures.increment();
      }
      connecting = false;
      channel = null;
      owner.mayBeHeard(); // what was under way may have come there until now
      Set<Message> open = new LinkedHashSet<>(unanswered.values());
      open.addAll(awaited.values());
      awaited.clear();
      for (Message message : open) {
        if (message.isBad()) {
          owner.refused(message.n(), "the server closed the connection");
        } else {
          again.add(message);
        }
      }
      unanswered.clear();
      returnUnconfirmed();
      owner.disconnected();
      later();
    }

    private void returnUnconfirmed() {
      if (owner.isConfirmedByPing()) {
        receipts.drain().forEach(owner::returned);
        Message first = stalled;
        stalled = null;
        if (first != null) {
          owner.returned(first);
        }
        while (!behind.isEmpty()) {
          owner.returned(behind.remove());
        }
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      counters.trouble(spec.id() + ": " + cause.getMessage());
      ctx.close();
    }
  }
}
