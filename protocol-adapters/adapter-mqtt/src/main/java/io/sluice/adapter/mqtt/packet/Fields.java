package io.sluice.adapter.mqtt.packet;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.mqtt.MqttProperties;
import java.nio.charset.StandardCharsets;

/**
 * The fields of one packet that is there as a whole: MQTT 5 section 1.5. None is read beyond the
 * packet's end. One object serves all packets of a connection, one after another.
 */
final class Fields {
  /** Most properties in one place of a packet; devices send a handful. */
  static final int MAX_PROPERTIES = 32;

  /** A topic up to this length is kept, for the next packet that has it. */
  private static final int KNOWN_TOPIC_MAX = 256;

  private ByteBuf in = Unpooled.EMPTY_BUFFER;
  private int end;
  private String packet = "";

  private ByteBuf topicBuffer = Unpooled.EMPTY_BUFFER;
  private byte[] topicBytes = {};
  private String topic = "";

  /** What the client's CONNECT said, as far as it was read. */
  private long maxPacketBytes = Long.MAX_VALUE;

  /** The packet's variable header and payload begin at the reader's index. */
  void begin(ByteBuf bytes, int length, String name) {
    in = bytes;
    end = bytes.readerIndex() + length;
    packet = name;
  }

  /** The same packet from its begin: nothing behind it was read. */
  void again(int length) {
    in.readerIndex(end - length);
  }

  /** Bytes that are left of the packet. */
  int left() {
    return end - in.readerIndex();
  }

  long maxPacketBytes() {
    return maxPacketBytes;
  }

  MalformedPacket malformed(String what) {
    return new MalformedPacket(MalformedPacket.MALFORMED, packet + ": " + what);
  }

  MalformedPacket protocolError(String what) {
    return new MalformedPacket(MalformedPacket.PROTOCOL_ERROR, packet + ": " + what);
  }

  private void need(int bytes) {
    if (bytes > end - in.readerIndex()) {
      throw malformed("a field runs past the end of the packet");
    }
  }

  int one() {
    need(1);
    return in.readUnsignedByte();
  }

  int two() {
    need(2);
    return in.readUnsignedShort();
  }

  private int four() {
    need(4);
    return in.readInt();
  }

  /** A packet identifier, which is not 0 [MQTT-2.2.1-3]. */
  int packetId() {
    int id = two();
    if (id == 0) {
      throw malformed("packet identifier 0");
    }
    return id;
  }

  private int variable() {
    int value = 0;
    for (int shift = 0; shift < 28; shift += 7) {
      int next = one();
      value |= (next & 0x7F) << shift;
      if (next < 0x80) {
        return value;
      }
    }
    throw malformed("an integer of five bytes"); // section 1.5.5
  }

  /** The packet has no more fields. */
  void end() {
    if (left() > 0) {
      throw malformed(left() + " bytes too many");
    }
  }

  /** The rest of the packet. */
  ByteBuf rest() {
    return in.readRetainedSlice(left());
  }

  /** A copy of it. */
  byte[] restBytes() {
    byte[] bytes = new byte[left()];
    in.readBytes(bytes);
    return bytes;
  }

  /** Reads the length of properties that are none; else false. */
  boolean hasNoProperties() {
    return left() > 0 && in.readByte() == 0;
  }

  byte[] binary() {
    int length = two();
    need(length);
    byte[] bytes = new byte[length];
    in.readBytes(bytes);
    return bytes;
  }

  String text() {
    int length = two();
    need(length);
    int from = in.readerIndex();
    in.skipBytes(length);
    return text(from, length);
  }

  /** A topic name: what the packet before had costs nothing. */
  String topic() {
    int length = two();
    need(length);
    int from = in.readerIndex();
    in.skipBytes(length);
    if (length == topicBuffer.readableBytes()
        && ByteBufUtil.equals(in, from, topicBuffer, 0, length)) {
      return topic;
    }
    String found = text(from, length);
    if (found.indexOf('+') >= 0 || found.indexOf('#') >= 0) {
      throw malformed("a wildcard in the topic name"); // [MQTT-3.3.2-2]
    }
    if (length > 0 && length <= KNOWN_TOPIC_MAX) {
      topicBytes = ByteBufUtil.getBytes(in, from, length, true);
      topicBuffer = Unpooled.wrappedBuffer(topicBytes);
      topic = found;
    }
    return found;
  }

  /** The topic that was kept last; empty before the first. */
  String lastTopic() {
    return topic;
  }

  /** The same in UTF-8. Must not be changed. */
  byte[] lastTopicBytes() {
    return topicBytes;
  }

  private String text(int from, int length) {
    for (int at = from; at < from + length; at++) {
      int next = in.getByte(at);
      if (next < 0x20 || next == 0x7F) {
        return beyondAscii(from, length);
      }
    }
    return in.toString(from, length, StandardCharsets.US_ASCII);
  }

  /**
   * UTF-8 without U+0000 and surrogates [MQTT-1.5.4-1], [MQTT-1.5.4-2]. Control characters and what
   * Unicode calls no character may be refused by the same section, and are.
   */
  private String beyondAscii(int from, int length) {
    if (!ByteBufUtil.isText(in, from, length, StandardCharsets.UTF_8)) {
      throw malformed("a text is not UTF-8");
    }
    String text = in.toString(from, length, StandardCharsets.UTF_8);
    text.codePoints()
        .filter(Fields::isRefused)
        .findFirst()
        .ifPresent(point -> {
          throw malformed("U+%04X in a text".formatted(point));
        });
    return text;
  }

  private static boolean isRefused(int point) {
    return Character.isISOControl(point)
        || (point >= 0xFDD0 && point <= 0xFDEF)
        || (point & 0xFFFE) == 0xFFFE;
  }

  /** The properties in a place of the packet; none where MQTT 5 is not spoken. */
  MqttProperties properties(Property.Place place) {
    int length = variable();
    if (length == 0) {
      return MqttProperties.NO_PROPERTIES;
    }
    need(length);
    int packetEnd = end;
    end = in.readerIndex() + length;
    MqttProperties properties = new MqttProperties();
    long seen = 0;
    for (int count = 1; left() > 0; count++) {
      if (count > MAX_PROPERTIES) {
        throw new MalformedPacket(
            MalformedPacket.QUOTA,
            "%s: more than %d properties in a packet".formatted(packet, MAX_PROPERTIES));
      }
      Property property = property(place);
      long bit = property == Property.USER_PROPERTY ? 0 : 1L << property.id;
      if ((seen & bit) != 0) {
        throw protocolError(property.title + " comes twice");
      }
      seen |= bit;
      properties.add(value(property));
    }
    end = packetEnd;
    return properties;
  }

  private Property property(Property.Place place) {
    int id = variable();
    Property property = Property.of(id);
    if (property == null) {
      throw malformed("property 0x%02X is unknown".formatted(id));
    }
    if (property.isServers(place)) {
      throw protocolError(property.title + " is the server's to send");
    }
    if (!property.belongsTo(place)) {
      throw malformed(
          "%s is no property of %s"
              .formatted(property.title, place == Property.Place.WILL ? "a will" : packet));
    }
    return property;
  }

  private MqttProperties.MqttProperty<?> value(Property property) {
    return switch (property.form) {
      case BYTE -> number(property, one());
      case TWO -> number(property, two());
      case FOUR -> number(property, four());
      case VARIABLE -> number(property, variable());
      case TEXT -> new MqttProperties.StringProperty(property.id, text());
      case TOPIC -> new MqttProperties.StringProperty(property.id, topicName(property));
      case BINARY -> new MqttProperties.BinaryProperty(property.id, binary());
      case PAIR -> new MqttProperties.UserProperty(text(), text());
    };
  }

  private MqttProperties.MqttProperty<?> number(Property property, int value) {
    long unsigned = Integer.toUnsignedLong(value);
    if (unsigned < property.least || unsigned > property.greatest) {
      throw protocolError(
          "%s is %d, and must be %d to %d"
              .formatted(property.title, unsigned, property.least, property.greatest));
    }
    if (property == Property.MAXIMUM_PACKET_SIZE) {
      maxPacketBytes = unsigned;
    }
    return new MqttProperties.IntegerProperty(property.id, value);
  }

  private String topicName(Property property) {
    String name = text();
    String fault = TopicFilter.faultOfName(name);
    if (fault != null) {
      throw protocolError(property.title + " " + fault); // [MQTT-3.3.2-14]
    }
    return name;
  }

  /** A topic filter of SUBSCRIBE or UNSUBSCRIBE. */
  String filter(boolean isVersion5) {
    String filter = text();
    String fault = TopicFilter.fault(filter, isVersion5);
    if (fault != null) {
      throw malformed(fault);
    }
    return filter;
  }
}
