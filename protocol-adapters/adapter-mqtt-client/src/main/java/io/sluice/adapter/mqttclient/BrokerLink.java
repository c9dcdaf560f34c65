package io.sluice.adapter.mqttclient;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.sluice.api.Downlink;
import io.sluice.api.broker.BrokerWords;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection to the broker, from CONNECT on: subscribes, acknowledges in the order of arrival
 * what is on disk, and looks whether the broker is still there. Confined to the event loop.
 */
// a write that fails closes the channel: its future says nothing more
@SuppressWarnings("FutureReturnValueIgnored")
final class BrokerLink extends ChannelInboundHandlerAdapter implements PacketReader.Receiver {
  private static final int FIRST_FAILURE = 0x80;
  private static final int FIRST_PACKET_ID = 1;

  /**
   * Acknowledged messages that are known again, at least: a broker that is killed comes back as it
   * saved itself last, and sends anew what was acknowledged since. 12 bytes each.
   */
  private static final int REMEMBERED = 8_192;

  /** In place of a packet id: sent at QoS 0, to which nothing is answered. */
  static final int UNCONFIRMED = 0;

  /** Of a publication beside topic and payload, at most. */
  private static final int OVERHEAD_BYTES = 160;

  /** Whose connection it is. */
  interface Owner {
    /** The broker has let us in, and answered all subscriptions. */
    void subscribed(BrokerLink link);

    /** It is over. Called once. */
    void ended(BrokerLink link, String reason);

    /** A publication came. */
    void published(
        BrokerLink link,
        int qos,
        String topic,
        BrokerProperties properties,
        byte[] payload,
        int id);

    /** One that is too large to be taken was passed over. */
    void oversized(BrokerLink link, String topic, long bytes);

    /** Whether this retained message is to be left out. */
    boolean isKnownState(BrokerLink link, String topic, byte[] payload);

    /** The broker has answered a publication of ours. */
    void acknowledged(int packetId, int code);

    /** What is in hand. */
    InHand inHand();

    /** What was taken before. */
    Redeliveries redeliveries();
  }

  /** Where it stands. */
  private enum Phase {
    CONNECTING,
    SUBSCRIBING,
    OPEN,
    OVER
  }

  /** An acknowledgement that is owed; without message it can be given. */
  private record Owed(int packetId, long digest, @Nullable SourceMessage message) {
    boolean isDue() {
      return message == null || message.state == SourceMessage.State.DECIDED;
    }

    long digestOf() {
      return message == null ? digest : message.digest();
    }
  }

  private final MqttSourceSettings settings;
  private final Owner owner;
  private final Patience patience;
  private final ByteBuf connect;
  private final long patienceNanos;
  private final List<String> filters;
  private final ArrayDeque<Owed> owed = new ArrayDeque<>();
  private final int[] lastIds;
  private final long[] lastDigests;
  private long acknowledged;
  private Phase phase = Phase.CONNECTING;
  private @Nullable Channel channel;
  private boolean isSessionPresent;
  private List<String> asked = List.of();
  private List<String> refused = List.of();
  private @Nullable String refusal;
  private long deadlineNanos;
  private long againNanos;
  private long lastReadNanos;
  private long lastWriteNanos;
  private long pingNanos;
  private boolean isPingOut;
  private boolean isPaused;
  private boolean wasActive;
  private long keepAliveNanos;
  private int packetId = FIRST_PACKET_ID;
  private int publicationsMax = 0xFFFF;
  private long packetBytesMax = Long.MAX_VALUE;

  /**
   * @param connect the packet, which this releases or writes
   * @param patienceNanos for the answer to it
   */
  BrokerLink(
      MqttSourceSettings settings,
      Patience patience,
      Owner owner,
      ByteBuf connect,
      long patienceNanos) {
    this.patience = patience;
    this.settings = settings;
    this.owner = owner;
    this.connect = connect;
    this.filters =
        settings.topics().stream()
            .map(each ->
                settings.shared() == null ? each : "$share/" + settings.shared() + '/' + each)
            .toList();
    int remembered = Math.max(settings.inFlight(), REMEMBERED);
    this.lastIds = new int[remembered];
    this.lastDigests = new long[remembered];
    this.keepAliveNanos = settings.keepAlive().toNanos();
    this.patienceNanos = patienceNanos;
    this.deadlineNanos = System.nanoTime() + patienceNanos;
  }

  /** Whether the broker has kept the session of before. */
  boolean isSessionPresent() {
    return isSessionPresent;
  }

  boolean isOpen() {
    return phase == Phase.OPEN;
  }

  /** Which subscription the broker refuses and why; null where it refuses none. */
  @Nullable String refusal() {
    return refusal;
  }

  /** When a refused subscription is asked for again, by {@link System#nanoTime}. */
  long againNanos() {
    return againNanos;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    if (phase == Phase.OVER) {
      context.close();
      return;
    }
    wasActive = true;
    channel = context.channel();
    long now = System.nanoTime();
    lastReadNanos = now;
    lastWriteNanos = now;
    deadlineNanos = now + patienceNanos;
    context.writeAndFlush(connect, context.voidPromise());
  }

  @Override
  public void connected(boolean isPresent, int code, BrokerProperties properties) {
    heard();
    if (phase != Phase.CONNECTING) {
      end("the broker answers CONNECT twice");
    } else if (code != 0) {
      end(BrokerWords.connect(code, properties.told()));
    } else if (settings.shared() != null && !properties.isSharedAvailable) {
      end("the broker has no shared subscriptions; leave shared out");
    } else if (!properties.isWildcardAvailable && hasWildcard()) {
      end("the broker has no subscriptions with + or #; write the topics out");
    } else {
      isSessionPresent = isPresent;
      if (!isPresent) {
        owner.redeliveries().forget();
      }
      publicationsMax = properties.receiveMaximum > 0 ? properties.receiveMaximum : 0xFFFF;
      if (properties.maximumPacketSize > 0) {
        packetBytesMax = properties.maximumPacketSize;
      }
      if (properties.serverKeepAlive > 0) {
        keepAliveNanos = TimeUnit.SECONDS.toNanos(properties.serverKeepAlive);
      }
      phase = Phase.SUBSCRIBING;
      subscribe(filters);
    }
  }

  private boolean hasWildcard() {
    return settings.topics().stream().anyMatch(each -> each.contains("+") || each.contains("#"));
  }

  private void subscribe(List<String> wanted) {
    Channel own = channel;
    if (own != null) {
      asked = wanted;
      packetId = packetId % 0xFFFF + 1;
      deadlineNanos = System.nanoTime() + settings.connectTimeout().toNanos();
      write(PacketWriter.subscribe(own.alloc(), settings, packetId, wanted));
    }
  }

  @Override
  public void subscribed(int[] codes, BrokerProperties properties) {
    heard();
    if (asked.isEmpty() || codes.length != asked.size()) {
      end("the broker's answer to SUBSCRIBE is not one to ours");
      return;
    }
    List<String> not = new ArrayList<>();
    refusal = null;
    for (int i = 0; i < codes.length; i++) {
      if (codes[i] >= FIRST_FAILURE) {
        refusal = BrokerWords.subscription(asked.get(i), codes[i], properties.told());
        not.add(asked.get(i));
      }
    }
    asked = List.of();
    refused = not;
    againNanos = System.nanoTime() + patience.refused();
    phase = Phase.OPEN;
    owner.subscribed(this);
  }

  @Override
  public void published(
      boolean isAgain,
      int qos,
      boolean isRetained,
      String topic,
      int id,
      BrokerProperties properties,
      byte[] payload) {
    heard();
    if (phase == Phase.CONNECTING || phase == Phase.OVER) {
      end("the broker publishes before it has answered CONNECT");
      return;
    }
    if (qos > 0 && isAgain) {
      Redeliveries.Taken before =
          owner.redeliveries().again(id, SourceMessage.digest(topic, payload));
      if (before != null) {
        owed.add(new Owed(id, before.digest(), before.message()));
        return;
      }
    } else if (qos > 0) {
      owner.redeliveries().used(id);
    }
    if (isRetained && owner.isKnownState(this, topic, payload)) {
      settled(qos, id);
      return;
    }
    owner.published(this, qos, topic, properties, payload, id);
    if (!isPaused && owner.inHand().isFull()) {
      pause(true);
    }
  }

  /** A message of which the acknowledgement is owed once it is decided on. */
  void owes(int id, SourceMessage message) {
    owed.add(new Owed(id, 0, message));
  }

  /** Nothing is to be kept of a message: it is acknowledged in its turn. */
  void settled(int qos, int id) {
    if (qos > 0) {
      owed.add(new Owed(id, 0, null));
    }
  }

  @Override
  public void oversized(int qos, String topic, int id, long bytes) {
    heard();
    settled(qos, id);
    owner.oversized(this, topic, bytes);
  }

  @Override
  public void acknowledged(int id, int code, BrokerProperties properties) {
    heard();
    owner.acknowledged(id, code);
  }

  /** Publications that the broker takes before it has acknowledged one: its Receive Maximum. */
  int publicationsMax() {
    return publicationsMax;
  }

  /**
   * Publishes a message, while open: at QoS 1, where it is not to be sent at 0.
   *
   * @return its packet id, by which the broker acknowledges it, or {@link #UNCONFIRMED}
   */
  int publish(Downlink command, String contentType, long expirySeconds) {
    Channel own = channel;
    boolean isConfirmed = command.maxQos() > 0;
    packetId = isConfirmed ? packetId % 0xFFFF + 1 : packetId;
    int id = isConfirmed ? packetId : UNCONFIRMED;
    if (own != null) {
      write(
          PacketWriter.publish(
              own.alloc(), settings.isV5(), id, command, contentType, expirySeconds));
    }
    return id;
  }

  /** Whether the broker takes a packet as long as that message makes it. */
  boolean fits(Downlink message) {
    return message.payload().length + 3 * message.topic().length() + OVERHEAD_BYTES
        <= packetBytesMax;
  }

  /** Publishes the answer to a message, at QoS 0, while open; one that is too large is none. */
  void reply(Downlink answer) {
    if (fits(answer)) {
      int _ = publish(new Downlink(answer.topic(), answer.payload(), 0, false), "", 0);
    }
  }

  @Override
  public void pinged() {
    heard();
  }

  @Override
  public void disconnected(int code, BrokerProperties properties) {
    end(BrokerWords.disconnect(code, properties.told()));
  }

  @Override
  public void malformed(String what) {
    end("the far end does not speak MQTT %s: %s".formatted(settings.version(), what));
  }

  private void heard() {
    lastReadNanos = System.nanoTime();
    isPingOut = false;
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    acknowledge();
  }

  /** Acknowledges what is decided on, in the order of arrival [MQTT-4.6.0-2]: one write. */
  void acknowledge() {
    Channel own = channel;
    if (own == null || phase == Phase.OVER) {
      return;
    }
    ByteBuf out = null;
    for (Owed next = owed.peek(); next != null && next.isDue(); next = owed.peek()) {
      owed.remove();
      if (out == null) {
        out = own.alloc().buffer(4 * (owed.size() + 1));
      }
      out.writeInt(0x4002_0000 | next.packetId());
      remember(next);
    }
    if (out != null) {
      write(out);
    }
    if (isPaused && owner.inHand().hasRoom()) {
      pause(false);
    }
  }

  private void remember(Owed given) {
    SourceMessage message = given.message();
    if (message != null || given.digest() != 0) {
      int place = (int) (acknowledged++ % lastIds.length);
      lastIds[place] = given.packetId();
      lastDigests[place] = given.digestOf();
    }
  }

  private void pause(boolean wanted) {
    Channel own = channel;
    if (own != null) {
      isPaused = wanted;
      own.config().setAutoRead(!wanted);
      lastReadNanos = System.nanoTime();
      isPingOut = false;
    }
  }

  private void write(ByteBuf packet) {
    Channel own = channel;
    if (own == null) {
      packet.release();
      return;
    }
    lastWriteNanos = System.nanoTime();
    own.writeAndFlush(packet, own.voidPromise());
  }

  /** Looks whether the broker keeps its times. Twice a second. */
  void tick(long now) {
    if (phase == Phase.OVER) {
      return;
    }
    boolean isAwaited = phase != Phase.OPEN || !asked.isEmpty();
    if (isAwaited && now - deadlineNanos > 0) {
      String packet = phase == Phase.CONNECTING ? "CONNECT" : "SUBSCRIBE";
      end(
          "no answer%s within %s"
              .formatted(
                  wasActive ? " to " + packet : "",
                  BrokerWords.time(
                      phase == Phase.CONNECTING
                          ? TimeUnit.NANOSECONDS.toMillis(patienceNanos)
                          : settings.connectTimeout().toMillis())));
      return;
    }
    if (phase == Phase.CONNECTING) {
      return;
    }
    if (!refused.isEmpty() && asked.isEmpty() && now - againNanos > 0) {
      subscribe(refused);
    }
    boolean isQuiet = now - lastReadNanos > patience.quiet();
    boolean isDue = now - lastWriteNanos > keepAliveNanos / 2;
    if ((isQuiet || isDue) && !isPingOut) {
      isPingOut = true;
      pingNanos = now;
      write(Unpooled.wrappedBuffer(PacketWriter.PINGREQ));
    } else if (isPingOut && isPaused) {
      isPingOut = now - pingNanos < keepAliveNanos / 2; // what it answers is not read now
    } else if (isPingOut && now - pingNanos > patience.answer()) {
      long millis = TimeUnit.NANOSECONDS.toMillis(patience.answer());
      end("the broker is silent: no answer to PINGREQ within " + BrokerWords.time(millis));
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    end(
        phase == Phase.SUBSCRIBING
            ? "closed by the broker at SUBSCRIBE; is the user allowed to subscribe to %s?"
                .formatted(String.join(", ", settings.topics()))
            : BrokerWords.text(null));
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof SslHandshakeCompletionEvent handshake && !handshake.isSuccess()) {
      end(BrokerWords.text(handshake.cause())); // told before the channel is closed for it
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    end(BrokerWords.text(cause));
  }

  /** The socket was not opened. */
  void notConnected(@Nullable Throwable cause) {
    end(BrokerWords.text(cause));
  }

  /**
   * Ends it in good order: what is decided on is acknowledged, and the broker keeps the session.
   */
  void leave() {
    if (phase != Phase.OVER) {
      acknowledge();
      if (phase != Phase.CONNECTING) {
        write(Unpooled.wrappedBuffer(PacketWriter.DISCONNECT));
      }
      end("the gateway closes the source");
    }
  }

  private void end(String reason) {
    if (phase == Phase.OVER) {
      return;
    }
    phase = Phase.OVER;
    if (!wasActive) {
      connect.release();
    }
    Channel own = channel;
    if (own != null) {
      own.close();
    }
    Redeliveries redeliveries = owner.redeliveries();
    for (long i = Math.max(0, acknowledged - lastIds.length); i < acknowledged; i++) {
      int place = (int) (i % lastIds.length); // the latest of an id is the one that counts
      redeliveries.add(lastIds[place], new Redeliveries.Taken(lastDigests[place], null));
    }
    for (Owed each : owed) {
      SourceMessage message = each.message();
      if (message != null || each.digest() != 0) {
        redeliveries.add(each.packetId(), new Redeliveries.Taken(each.digestOf(), message));
      }
    }
    owner.ended(this, reason);
  }
}
