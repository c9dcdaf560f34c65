package io.sluice.adapter.mqttclient;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.sluice.api.Downlink;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes the packets of a client: MQTT 3.1.1 and 5, section 3. */
final class PacketWriter {
  private static final int CONNECT = 0x10;
  private static final int SUBSCRIBE = 0x82;
  private static final int WILL_QOS_1_RETAINED = 0x2C;
  private static final int RETAIN = 1;
  private static final int PUBLISH_QOS_0 = 0x30;
  private static final int PUBLISH_QOS_1 = 0x32;
  private static final int SESSION_EXPIRY_INTERVAL = 0x11;
  private static final int RECEIVE_MAXIMUM = 0x21;
  private static final int MESSAGE_EXPIRY_INTERVAL = 0x02;
  private static final int CONTENT_TYPE = 0x03;
  private static final int QOS_1 = 1;
  private static final int NO_LOCAL = 4;

  /** Retained messages only where the subscription is new: section 3.8.3.1. */
  private static final int RETAINED_IF_NEW = 1 << 4;

  private static final int NO_RETAINED = 2 << 4;

  static final byte[] PINGREQ = {(byte) 0xC0, 0};
  static final byte[] DISCONNECT = {(byte) 0xE0, 0};

  private PacketWriter() {}

  static ByteBuf connect(
      ByteBufAllocator buffers,
      MqttSourceSettings settings,
      String clientId,
      @Nullable String password,
      @Nullable Downlink will) {
    long expiry = settings.sessionExpiry().toSeconds();
    ByteBuf body = Unpooled.buffer(128);
    text(body, "MQTT");
    body.writeByte(settings.isV5() ? 5 : 4);
    int flags = expiry == 0 ? 2 : 0;
    flags |= settings.username() == null ? 0 : 0x80;
    flags |= password == null ? 0 : 0x40;
    flags |= will == null ? 0 : WILL_QOS_1_RETAINED;
    body.writeByte(flags);
    body.writeShort((int) settings.keepAlive().toSeconds());
    if (settings.isV5()) {
      body.writeByte(5 + 3);
      body.writeByte(SESSION_EXPIRY_INTERVAL).writeInt((int) expiry);
      body.writeByte(RECEIVE_MAXIMUM).writeShort(settings.inFlight());
    }
    text(body, clientId);
    if (will != null) {
      if (settings.isV5()) {
        body.writeByte(0);
      }
      text(body, will.topic());
      body.writeShort(will.payload().length).writeBytes(will.payload());
    }
    String user = settings.username();
    if (user != null) {
      text(body, user);
    }
    if (password != null) {
      text(body, password);
    }
    return packet(buffers, CONNECT, body);
  }

  /** For these of the source's topics, at QoS 1. */
  static ByteBuf subscribe(
      ByteBufAllocator buffers, MqttSourceSettings settings, int packetId, List<String> filters) {
    ByteBuf body = Unpooled.buffer(128);
    body.writeShort(packetId);
    int options = QOS_1;
    if (settings.isV5()) {
      body.writeByte(0);
      boolean isShared = settings.shared() != null;
      options |= isShared ? 0 : NO_LOCAL; // [MQTT-3.8.3-4]
      options |=
          settings.retained() == MqttSourceSettings.Retained.SKIP ? NO_RETAINED : RETAINED_IF_NEW;
    }
    for (String filter : filters) {
      text(body, filter);
      body.writeByte(options);
    }
    return packet(buffers, SUBSCRIBE, body);
  }

  /**
   * A publication of QoS 1, or of QoS 0.
   *
   * @param packetId {@link BrokerLink#UNCONFIRMED} for QoS 0
   * @param expirySeconds how long it holds, where it is not retained; MQTT 5 alone says it
   */
  static ByteBuf publish(
      ByteBufAllocator buffers,
      boolean isV5,
      int packetId,
      Downlink message,
      String contentType,
      long expirySeconds) {
    byte[] payload = message.payload();
    ByteBuf body = Unpooled.buffer(64 + message.topic().length() + payload.length);
    text(body, message.topic());
    boolean isConfirmed = packetId != BrokerLink.UNCONFIRMED;
    if (isConfirmed) {
      body.writeShort(packetId);
    }
    if (isV5) {
      byte[] type = contentType.getBytes(StandardCharsets.UTF_8);
      boolean hasType = type.length > 0 && type.length < 100;
      boolean isKept = message.retained(); // a state holds until the next one
      body.writeByte((isKept ? 0 : 5) + (hasType ? 3 + type.length : 0));
      if (!isKept) {
        body.writeByte(MESSAGE_EXPIRY_INTERVAL)
            .writeInt(Math.clamp(expirySeconds, 1, Integer.MAX_VALUE));
      }
      if (hasType) {
        body.writeByte(CONTENT_TYPE).writeShort(type.length).writeBytes(type);
      }
    }
    body.writeBytes(payload);
    int first = isConfirmed ? PUBLISH_QOS_1 : PUBLISH_QOS_0;
    return packet(buffers, message.retained() ? first | RETAIN : first, body);
  }

  private static ByteBuf packet(ByteBufAllocator buffers, int first, ByteBuf body) {
    ByteBuf packet = buffers.buffer(5 + body.readableBytes());
    packet.writeByte(first);
    int rest = body.readableBytes();
    while (rest > 0x7F) {
      packet.writeByte((rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    packet.writeByte(rest);
    return packet.writeBytes(body);
  }

  private static void text(ByteBuf out, String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    out.writeShort(utf8.length).writeBytes(utf8);
  }
}
