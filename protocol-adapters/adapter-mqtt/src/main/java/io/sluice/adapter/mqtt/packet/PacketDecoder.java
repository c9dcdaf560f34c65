package io.sluice.adapter.mqtt.packet;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttConnectPayload;
import io.netty.handler.codec.mqtt.MqttConnectVariableHeader;
import io.netty.handler.codec.mqtt.MqttFixedHeader;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageFactory;
import io.netty.handler.codec.mqtt.MqttMessageIdAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPubReplyMessageVariableHeader;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttPublishVariableHeader;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttReasonCodeAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttSubscribePayload;
import io.netty.handler.codec.mqtt.MqttSubscriptionOption;
import io.netty.handler.codec.mqtt.MqttSubscriptionOption.RetainedHandlingPolicy;
import io.netty.handler.codec.mqtt.MqttTopicSubscription;
import io.netty.handler.codec.mqtt.MqttUnsubscribeMessage;
import io.netty.handler.codec.mqtt.MqttUnsubscribePayload;
import io.netty.handler.codec.mqtt.MqttVersion;
import io.netty.util.AttributeKey;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes packets of bytes, and takes none that MQTT does not allow: what is wrong comes out as a
 * message whose decoder result is a {@link MalformedPacket}, behind the packets before it, and is
 * the last. A packet is looked into once it is there as a whole. The first packet is CONNECT: see
 * {@link ConnectGuard}.
 *
 * <p>Most packets of most devices are plain: PUBLISH of QoS 0 or 1 with no other flag and no
 * property. Those of a connection that takes them go to it without an object between, in their
 * place among the other packets.
 */
public final class PacketDecoder extends ChannelInboundHandlerAdapter {
  /** By which Netty's encoder knows what is spoken. */
  private static final AttributeKey<MqttVersion> VERSION =
      AttributeKey.valueOf("NETTY_CODEC_MQTT_VERSION");

  private static final MqttMessageType[] TYPES = MqttMessageType.values();
  private static final int DUP = 8;
  private static final int LENGTH_BYTES_MAX = 4;

  /** Of a buffer for a packet that has begun. */
  private static final int FIRST_BYTES = 256;

  private final int maxBytes;
  private final boolean takesMqtt31;
  private final PacketConnection connection;
  private final Fields fields = new Fields();
  private boolean isFirst = true;
  private boolean isBroken;
  private int level;

  /** A packet that has begun, and nothing before it; null where none has. */
  private @Nullable ByteBuf begun;

  public PacketDecoder(int maxBytes, boolean takesMqtt31, PacketConnection connection) {
    this.maxBytes = maxBytes;
    this.takesMqtt31 = takesMqtt31;
    this.connection = connection;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf came = (ByteBuf) message;
    try {
      if (begun == null) {
        read(context, came);
        if (isToBeKept(context, came)) {
          begun = apart(context, came);
        }
      } else {
        join(context, begun.writeBytes(came));
      }
    } finally {
      came.release();
    }
    connection.incomplete(begun != null);
  }

  /** Goes on with a packet that had begun. */
  private void join(ChannelHandlerContext context, ByteBuf joined) {
    begun = null; // what is called may remove this handler
    try {
      read(context, joined);
      if (isToBeKept(context, joined)) {
        begun = joined.discardReadBytes();
      }
    } finally {
      if (begun == null) {
        joined.release();
      }
    }
  }

  private boolean isToBeKept(ChannelHandlerContext context, ByteBuf in) {
    return in.isReadable() && !isEnded() && !context.isRemoved();
  }

  /** The begin of a packet, in a buffer of its own: that which was read into is far larger. */
  private static ByteBuf apart(ChannelHandlerContext context, ByteBuf in) {
    return context.alloc().buffer(Math.max(FIRST_BYTES, in.readableBytes())).writeBytes(in);
  }

  private boolean isEnded() {
    return isBroken || connection.failed();
  }

  /** Reads what is whole. */
  private void read(ChannelHandlerContext context, ByteBuf in) {
    connection.reading(true);
    PlainPackets plain =
        in.isReadable() && !isEnded() && connection.takesPlain() && PlainPackets.isOfUse(in)
            ? PlainPackets.of(in)
            : null;
    try {
      boolean isWhole = true;
      while (isWhole && in.isReadable() && !isEnded()) {
        isWhole = (plain != null && isTaken(plain)) || next(context, in);
      }
    } catch (MalformedPacket fault) {
      isBroken = true;
      connection.limitPacketBytes(fields.maxPacketBytes());
      context.fireChannelRead(MqttMessageFactory.newInvalidMessage(fault));
    } finally {
      connection.reading(false);
      if (plain != null) {
        plain.giveBack();
      }
    }
  }

  private boolean isTaken(PlainPackets plain) {
    return connection.takesPlain()
        && plain.next(
            fields.lastTopic(), fields.lastTopicBytes(), maxBytes, level == 5, connection);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    drop();
    context.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    drop();
  }

  private void drop() {
    if (begun != null) {
      begun.release();
      begun = null;
    }
  }

  /** Gives the next packet on; false while it is not whole. */
  private boolean next(ChannelHandlerContext context, ByteBuf in) {
    int at = in.readerIndex();
    int first = in.getUnsignedByte(at++);
    checkStart(first);
    int length = 0;
    int shift = 0;
    int next;
    do {
      if (at == in.writerIndex()) {
        return false;
      }
      if (shift == 7 * LENGTH_BYTES_MAX) {
        throw new MalformedPacket(
            MalformedPacket.MALFORMED, name(first) + ": remaining length of five bytes");
      }
      next = in.getUnsignedByte(at++);
      length |= (next & 0x7F) << shift;
      shift += 7;
    } while (next >= 0x80);
    if (length > maxBytes) {
      throw new MalformedPacket(
          MalformedPacket.TOO_LARGE,
          "%s of %d bytes: packet too large, at most %d".formatted(name(first), length, maxBytes));
    }
    if (in.writerIndex() - at < length) {
      return false;
    }
    in.readerIndex(at);
    fields.begin(in, length, name(first));
    isFirst = false;
    boolean isPlain = PlainPackets.mayBe(first) && connection.takesPlain();
    if (!isPlain || !publishPlain(first, length)) {
      context.fireChannelRead(packet(context, first, length));
    }
    return true;
  }

  /** The same in short; false, and nothing read, where the packet has properties. */
  private boolean publishPlain(int first, int length) {
    String topic = fields.topic();
    int packetId = first == PlainPackets.PUBLISH ? 0 : fields.packetId();
    if (level == 5 && !fields.hasNoProperties()) {
      fields.again(length);
      return false;
    }
    connection.published(topic, packetId, fields.restBytes());
    return true;
  }

  private static String name(int first) {
    int type = first >> 4;
    return type == 0 ? "packet of type 0" : TYPES[type - 1].name();
  }

  /** What the first byte may be: table 2-2 of section 2.1.3. */
  private void checkStart(int first) {
    int type = first >> 4;
    int flags = first & 15;
    if (!isFirst && type == 1) {
      throw new MalformedPacket(
          MalformedPacket.PROTOCOL_ERROR,
          "CONNECT: the second of the connection"); // [MQTT-3.1.0-2]
    }
    boolean isLegal =
        switch (type) {
          case 3 -> (flags & 6) != 6 && (flags & 14) != DUP; // [MQTT-3.3.1-4], [MQTT-3.3.1-2]
          case 6, 8, 10 -> (level == 3 ? flags & ~DUP : flags) == 2; // MQTT 3.1 has DUP there
          case 1, 4, 5, 7, 12, 14 -> flags == 0;
          case 15 -> level == 5 && flags == 0;
          default -> false; // server to client only, or reserved
        };
    if (!isLegal) {
      throw new MalformedPacket(
          MalformedPacket.MALFORMED,
          "%s: malformed fixed header 0x%02X".formatted(name(first), first)); // [MQTT-2.1.3-1]
    }
  }

  private MqttMessage packet(ChannelHandlerContext context, int first, int length) {
    return switch (first >> 4) {
      case 1 -> connect(context, first, length);
      case 3 -> publish(first, length);
      case 4 -> acknowledgement(first, length, Property.Place.PUBACK);
      case 5 -> acknowledgement(first, length, Property.Place.PUBREC);
      case 6 -> acknowledgement(first, length, Property.Place.PUBREL);
      case 7 -> acknowledgement(first, length, Property.Place.PUBCOMP);
      case 8 -> subscribe(first, length);
      case 10 -> unsubscribe(first, length);
      case 12 -> {
        fields.end();
        yield MqttMessage.PINGREQ;
      }
      case 14 -> reason(first, length, Property.Place.DISCONNECT);
      default -> reason(first, length, Property.Place.AUTH);
    };
  }

  private static MqttFixedHeader header(int first, int length) {
    return new MqttFixedHeader(
        TYPES[(first >> 4) - 1],
        (first & DUP) != 0,
        MqttQoS.valueOf((first >> 1) & 3),
        (first & 1) != 0,
        length);
  }

  private MqttProperties properties(Property.Place place) {
    return level == 5 ? fields.properties(place) : MqttProperties.NO_PROPERTIES;
  }

  private MqttMessage connect(ChannelHandlerContext context, int first, int length) {
    String protocol = fields.text();
    level = fields.one();
    boolean isMqtt31 = protocol.equals("MQIsdp") && level == 3;
    boolean isMqtt = protocol.equals("MQTT") && (level == 4 || level == 5);
    if (!isMqtt && !(isMqtt31 && takesMqtt31)) {
      throw new MalformedPacket(
          MalformedPacket.WRONG_PROTOCOL,
          isMqtt31
              ? "CONNECT: MQTT 3.1 is refused here (mqtt-3-1: refuse); use 3.1.1 or 5"
              : "CONNECT: unknown protocol; MQTT 3.1, 3.1.1 and 5 are spoken here");
    }
    connection.speaks(level == 5);
    context.channel().attr(VERSION).set(level == 5 ? MqttVersion.MQTT_5 : MqttVersion.MQTT_3_1_1);
    int flags = fields.one();
    checkConnectFlags(flags);
    int keepAlive = fields.two();
    MqttProperties properties = properties(Property.Place.CONNECT);
    if (properties.getProperty(Property.AUTHENTICATION_DATA.id) != null
        && properties.getProperty(Property.AUTHENTICATION_METHOD.id) == null) {
      throw fields.protocolError("Authentication Data without a method"); // section 3.1.2.11.10
    }
    boolean hasWill = (flags & 4) != 0;
    boolean hasUser = (flags & 0x80) != 0;
    boolean hasPassword = (flags & 0x40) != 0;
    MqttConnectPayload payload =
        new MqttConnectPayload(
            fields.text(),
            hasWill ? properties(Property.Place.WILL) : MqttProperties.NO_PROPERTIES,
            hasWill ? fields.text() : null,
            hasWill ? fields.binary() : null,
            hasUser ? fields.text() : null,
            hasPassword ? fields.binary() : null);
    fields.end();
    return new MqttConnectMessage(
        header(first, length),
        new MqttConnectVariableHeader(
            protocol,
            Math.max(4, level),
            hasUser,
            hasPassword,
            (flags & 0x20) != 0,
            (flags >> 3) & 3,
            hasWill,
            (flags & 2) != 0,
            keepAlive,
            properties),
        payload);
  }

  private void checkConnectFlags(int flags) {
    if ((flags & 1) != 0) {
      throw fields.malformed("the reserved flag is set"); // [MQTT-3.1.2-3]
    }
    int willFlags = flags & 0x3C;
    if ((willFlags & 0x18) == 0x18 || ((willFlags & 4) == 0 && willFlags != 0)) {
      throw fields.malformed("will flags"); // [MQTT-3.1.2-11] to [MQTT-3.1.2-15]
    }
    if (level != 5 && (flags & 0xC0) == 0x40) {
      throw fields.malformed("password without user name"); // [MQTT-3.1.2-22] of 3.1.1
    }
  }

  private MqttMessage publish(int first, int length) {
    String topic = fields.topic();
    int packetId = (first & 6) == 0 ? 0 : fields.packetId();
    return new MqttPublishMessage(
        header(first, length),
        new MqttPublishVariableHeader(topic, packetId, properties(Property.Place.PUBLISH)),
        fields.rest());
  }

  /** PUBACK, PUBREC, PUBREL or PUBCOMP. */
  private MqttMessage acknowledgement(int first, int length, Property.Place place) {
    int packetId = fields.packetId();
    if (level != 5 || fields.left() == 0) {
      fields.end();
      return new MqttMessage(header(first, length), MqttMessageIdVariableHeader.from(packetId));
    }
    int reason = reasonCode(place);
    MqttProperties properties =
        fields.left() == 0 ? MqttProperties.NO_PROPERTIES : fields.properties(place);
    fields.end();
    return new MqttMessage(
        header(first, length),
        new MqttPubReplyMessageVariableHeader(packetId, (byte) reason, properties));
  }

  private MqttMessage reason(int first, int length, Property.Place place) {
    if (level != 5 || length == 0) {
      fields.end();
      return new MqttMessage(header(first, length));
    }
    int reason = reasonCode(place);
    MqttProperties properties =
        fields.left() == 0 ? MqttProperties.NO_PROPERTIES : fields.properties(place);
    fields.end();
    return new MqttMessage(
        header(first, length),
        new MqttReasonCodeAndPropertiesVariableHeader((byte) reason, properties));
  }

  /** A reason code that a client may send in such a packet: section 2.4. */
  private int reasonCode(Property.Place place) {
    int reason = fields.one();
    boolean isKnown =
        switch (place) {
          case PUBACK, PUBREC ->
              switch (reason) {
                case 0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99 -> true;
                default -> false;
              };
          case PUBREL, PUBCOMP -> reason == 0x00 || reason == 0x92;
          case DISCONNECT ->
              switch (reason) {
                case 0x00, 0x04, 0x80, 0x81, 0x82, 0x83, 0x90 -> true;
                case 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99 -> true;
                default -> false;
              };
          default -> reason == 0x18 || reason == 0x19; // AUTH
        };
    if (!isKnown) {
      throw fields.protocolError("reason code 0x%02X is none of its own".formatted(reason));
    }
    return reason;
  }

  private MqttMessage subscribe(int first, int length) {
    int packetId = fields.packetId();
    MqttProperties properties = properties(Property.Place.SUBSCRIBE);
    List<MqttTopicSubscription> wishes = new ArrayList<>(1);
    while (fields.left() > 0) {
      String filter = fields.filter(level == 5);
      wishes.add(new MqttTopicSubscription(filter, subscriptionOption(filter)));
    }
    if (wishes.isEmpty()) {
      throw fields.protocolError("without a filter"); // [MQTT-3.8.3-2]
    }
    return new MqttSubscribeMessage(
        header(first, length),
        new MqttMessageIdAndPropertiesVariableHeader(packetId, properties),
        new MqttSubscribePayload(wishes));
  }

  private MqttSubscriptionOption subscriptionOption(String filter) {
    int options = fields.one();
    int reserved = level == 5 ? 0xC0 : 0xFC;
    if ((options & reserved) != 0 || (options & 3) == 3) {
      // [MQTT-3.8.3-4] of 3.1.1, [MQTT-3.8.3-5]
      throw fields.malformed("subscription options 0x%02X".formatted(options));
    }
    int retainHandling = options >> 4;
    if (retainHandling == 3) {
      throw fields.protocolError("retain handling 3"); // section 3.8.3.1
    }
    boolean isNoLocal = (options & 4) != 0;
    if (isNoLocal && filter.startsWith("$share/")) {
      throw fields.protocolError("No Local on a shared subscription"); // [MQTT-3.8.3-4]
    }
    return new MqttSubscriptionOption(
        MqttQoS.valueOf(options & 3),
        isNoLocal,
        (options & 8) != 0,
        RetainedHandlingPolicy.valueOf(retainHandling));
  }

  private MqttMessage unsubscribe(int first, int length) {
    int packetId = fields.packetId();
    MqttProperties properties = properties(Property.Place.UNSUBSCRIBE);
    List<String> filters = new ArrayList<>(1);
    while (fields.left() > 0) {
      filters.add(fields.filter(level == 5));
    }
    if (filters.isEmpty()) {
      throw fields.protocolError("without a filter"); // [MQTT-3.10.3-2]
    }
    return new MqttUnsubscribeMessage(
        header(first, length),
        new MqttMessageIdAndPropertiesVariableHeader(packetId, properties),
        new MqttUnsubscribePayload(filters));
  }
}
