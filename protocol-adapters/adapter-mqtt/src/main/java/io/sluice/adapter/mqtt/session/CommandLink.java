package io.sluice.adapter.mqtt.session;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.mqtt.MqttFixedHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttPublishVariableHeader;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.sluice.api.Command;
import io.sluice.api.DeviceId;
import io.sluice.api.Downlink;
import io.sluice.api.adapter.DeviceLink;
import io.sluice.api.adapter.Dialogue;
import io.sluice.api.adapter.Exchange;
import io.sluice.api.adapter.LinkEnd;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** One connection as its device's link, and the way down to the device. */
// a write that fails closes the channel: its future says nothing more
@SuppressWarnings("FutureReturnValueIgnored")
final class CommandLink implements DeviceLink, Subscriber {
  /** Headers and properties; [MQTT-3.1.2-24]. */
  private static final int OVERHEAD_BYTES = 56;

  private static final int REFUSED_FROM = 0x80;

  private final Connection connection;
  private final DeviceId device;
  private final AtomicInteger credits;
  private final Map<Integer, Command> inFlight = new LinkedHashMap<>(2);

  /**
   * Ids of commands for which the device listens to no form of its vendor's, until it subscribes
   * anew, or the child is heard by another topic than the one that stands here; {@link
   * Session#COMMANDS_MAX} at most. Any thread.
   */
  private final Map<String, String> unheard = new ConcurrentHashMap<>(2);

  private volatile boolean subscribed;

  /** The session leaves: no command is written any more. */
  private volatile boolean isHeld;

  private int lastPacketId;

  private final Dialogue dialogue;

  /** From its turn on. */
  private @Nullable Session session;

  /** As {@link #session}. */
  private @Nullable VendorTalk vendor;

  CommandLink(Connection connection, DeviceId device, int window, Dialogue dialogue) {
    this.dialogue = dialogue;
    this.connection = connection;
    this.device = device;
    this.credits = new AtomicInteger(window);
  }

  /** The link's turn has come: it goes on with that session. */
  void begin(Session own) {
    session = own;
    vendor = new VendorTalk(connection, own, dialogue);
  }

  private VendorTalk vendor() {
    VendorTalk own = vendor;
    if (own == null) {
      throw new IllegalStateException("its turn has not come");
    }
    return own;
  }

  private Session session() {
    Session own = session;
    if (own == null) {
      throw new IllegalStateException("its turn has not come");
    }
    return own;
  }

  @Override
  public boolean maySubscribe(String filter) {
    return Session.mayContain(filter) || vendor().mayContain(filter);
  }

  @Override
  public Map<String, Integer> subscriptions() {
    return session().subscriptions;
  }

  @Override
  public int maxQos() {
    return 1;
  }

  @Override
  public String rule() {
    return "a device may subscribe to its own command/# only";
  }

  @Override
  public void subscribed() {
    vendor().subscribed();
    unheard.clear();
    subscribed = !session().subscriptions.isEmpty() || dialogue.isImplicit();
    if (subscribed) {
      connection.gateway.commands().ready(device);
    }
  }

  @Override
  public void granted(String filter) {
    for (Downlink each : vendor().retained(filter)) {
      vendor().tell(each, nextPacketId());
    }
  }

  @Override
  public boolean tell(Downlink message) {
    return !connection.ending.hasEnded()
        && connection
            .sink()
            .execute(() -> {
              if (session != null) {
                vendor().tell(message, nextPacketId());
              }
            });
  }

  @Override
  public boolean takesForChildren() {
    return true;
  }

  @Override
  public void knownAnew() {
    connection
        .sink()
        .execute(() -> {
          if (subscribed && !connection.ending.hasEnded()) {
            unheard.clear();
            connection.gateway.commands().ready(device);
          }
        });
  }

  @Override
  public boolean send(Command command) {
    String unheardBy = unheard.get(command.id());
    boolean isUnheard = unheardBy != null && unheardBy.equals(dialogue.heard(command.device()));
    if (!subscribed || isHeld || connection.ending.hasEnded() || isUnheard) {
      return false;
    }
    if (credits.getAndUpdate(left -> Math.max(0, left - 1)) == 0) {
      return false;
    }
    if (!connection.sink().execute(() -> write(command))) {
      credits.incrementAndGet();
      return false;
    }
    return true;
  }

  /** What follows a message of the device: replies, and that it was the answer to a command. */
  void follow(Publication publication) {
    Exchange.Outcome outcome = vendor().follow(publication);
    String named = outcome.command();
    String command = named == null ? null : answered(named, outcome.device());
    if (command == null) {
      return;
    }
    if (outcome.refusal() == 0) {
      connection.gateway.commands().acknowledged(device, command);
    } else {
      connection.gateway.commands().refused(device, command, outcome.refusal());
    }
  }

  /** The id of the command that an answer is to, or null. */
  private @Nullable String answered(String named, @Nullable String who) {
    return named.isEmpty()
        ? connection.gateway.commands().oldestSent(device, who == null ? device.value() : who)
        : session().answered(named);
  }

  private void write(Command command) {
    Session session = session();
    VendorTalk vendor = vendor();
    String child = command.device().equals(device) ? null : command.device().value();
    int own = session.grantedQos(child, command.name());
    Downlink vendors = own < 0 ? vendor.write(command) : null;
    int qos = vendors == null ? own : Math.min(vendor.qosOf(vendors.topic()), vendors.maxQos());
    String topic = vendors == null ? ownTopic(child, command) : vendors.topic();
    byte[] payload = vendors == null ? command.payload() : vendors.payload();
    boolean tooLarge = payload.length + topic.length() + OVERHEAD_BYTES > connection.maxPacketBytes;
    boolean isOver = isHeld || connection.failed() || connection.ending.hasEnded();
    if (isOver || qos < 0 || tooLarge) {
      credits.incrementAndGet();
      if (qos < 0 && vendor.isListenedTo() && unheard.size() < Session.COMMANDS_MAX) {
        unheard.put(command.id(), dialogue.heard(command.device()));
      }
      connection.gateway.commands().returned(device, command.id(), this);
      return;
    }
    int before = qos > 0 ? session.packetIdOf(command.id()) : -1;
    int packetId = before > 0 ? before : nextPacketId();
    MqttProperties properties = new MqttProperties();
    if (connection.v5 && vendors == null && !command.contentType().mediaType().isEmpty()) {
      properties.add(
          new MqttProperties.StringProperty(
              MqttProperties.CONTENT_TYPE, command.contentType().mediaType()));
    }
    if (connection.v5) {
      long left = command.expiresMicros() / 1_000_000 - connection.gateway.clock().millis() / 1000;
      properties.add(
          new MqttProperties.IntegerProperty(
              MqttProperties.PUBLICATION_EXPIRY_INTERVAL, Math.clamp(left, 1, Integer.MAX_VALUE)));
    }
    connection.channel.writeAndFlush(
        new MqttPublishMessage(
            // DUP with the packet id of before: [MQTT-3.3.1-1], [MQTT-4.4.0-1]
            new MqttFixedHeader(
                MqttMessageType.PUBLISH, before > 0, MqttQoS.valueOf(qos), false, 0),
            new MqttPublishVariableHeader(topic, packetId, properties),
            Unpooled.wrappedBuffer(payload)),
        connection.channel.voidPromise());
    boolean isAnswered = vendors != null && vendors.isAnswered();
    if (qos > 0) {
      inFlight.put(packetId, command);
      session.sent(packetId, command.id());
      if (isAnswered) {
        session.answeredLater.add(command.id());
      }
    } else if (isAnswered) {
      connection.gateway.commands().handedOver(device, command.id());
      done();
    } else {
      connection.gateway.commands().unanswered(device, command.id());
      done();
    }
  }

  private static String ownTopic(@Nullable String child, Command command) {
    return child == null ? "command/" + command.name() : "command/" + child + '/' + command.name();
  }

  /** One that no command has that may still be answered. */
  private int nextPacketId() {
    Map<Integer, String> sent = session().commands;
    do {
      lastPacketId = lastPacketId % 65535 + 1;
    } while (inFlight.containsKey(lastPacketId) || sent.containsKey(lastPacketId));
    return lastPacketId;
  }

  /** The device has answered a command, on this connection or on one before. */
  void answered(int packetId, int reason) {
    Command sent = inFlight.remove(packetId);
    String before = session().commands.remove(packetId);
    String command = sent == null ? before : sent.id();
    if (command == null) {
      return;
    }
    boolean isAnsweredLater = session().answeredLater.remove(command);
    if (reason < REFUSED_FROM && isAnsweredLater) {
      connection.gateway.commands().handedOver(device, command);
    } else if (reason >= REFUSED_FROM) {
      connection.gateway.commands().refused(device, command, reason);
    } else {
      connection.gateway.commands().acknowledged(device, command);
    }
    if (sent != null) {
      done();
    }
  }

  private void done() {
    credits.incrementAndGet();
    connection.gateway.commands().ready(device);
  }

  /** Takes no further command, until {@link #goOn}. */
  void hold() {
    isHeld = true;
  }

  /** Takes commands again. */
  void goOn() {
    isHeld = false;
    connection.gateway.commands().ready(device);
  }

  /** Whether the device has answered every command that awaits it. */
  boolean isAnswered() {
    return inFlight.isEmpty();
  }

  void returnAll() {
    subscribed = false;
    for (Command command : inFlight.values()) {
      connection.gateway.commands().returned(device, command.id(), this);
    }
    inFlight.clear();
  }

  @Override
  public void close(LinkEnd reason) {
    connection
        .sink()
        .execute(() -> {
          if (reason == LinkEnd.TAKEN_OVER) {
            connection.takenOver();
          } else {
            connection.ending.failAtOnce(reasonCode(reason), reason.sentence());
          }
        });
  }

  /** Of the DISCONNECT, MQTT 5 section 3.14.2.1: taken over, or administrative action. */
  static byte reasonCode(LinkEnd reason) {
    return switch (reason) {
      case TAKEN_OVER, MOVED -> (byte) 0x8E;
      case REMOVED, RETIRED, CREDENTIALS_CHANGED -> (byte) 0x98;
    };
  }
}
