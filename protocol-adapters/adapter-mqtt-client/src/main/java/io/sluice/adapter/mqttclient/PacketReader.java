package io.sluice.adapter.mqttclient;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Reads the packets of a broker: MQTT 3.1.1 and 5, sections 2 and 3. A publication that is larger
 * than the gateway takes is passed over as it comes, so that it costs no memory and nobody is
 * disconnected for it: the broker would send it again for ever. Confined to the event loop.
 */
final class PacketReader extends ByteToMessageDecoder {
  /** Is told of each packet, in order. */
  interface Receiver {
    /** CONNACK. */
    void connected(boolean isSessionPresent, int code, BrokerProperties properties);

    /** SUBACK. */
    void subscribed(int[] codes, BrokerProperties properties);

    /**
     * PUBLISH.
     *
     * @param packetId 0 at QoS 0
     */
    void published(
        boolean isAgain,
        int qos,
        boolean isRetained,
        String topic,
        int packetId,
        BrokerProperties properties,
        byte[] payload);

    /** PUBLISH that is too large: its topic alone is read. */
    void oversized(int qos, String topic, int packetId, long bytes);

    /** PUBACK. */
    void acknowledged(int packetId, int code, BrokerProperties properties);

    /** PINGRESP. */
    void pinged();

    /** DISCONNECT. */
    void disconnected(int code, BrokerProperties properties);

    /** It is not MQTT: nothing more is read. */
    void malformed(String what);
  }

  private static final int LENGTH_BYTES_MAX = 4;
  private static final int CONNACK = 2;
  private static final int PUBLISH = 3;
  private static final int PUBACK = 4;
  private static final int SUBACK = 9;
  private static final int UNSUBACK = 11;
  private static final int PINGRESP = 13;
  private static final int DISCONNECT = 14;

  /** A topic up to this length is kept, for the next packet that has it. */
  private static final int KNOWN_TOPIC_MAX = 256;

  private final boolean isV5;
  private final int bytesMax;
  private final Receiver receiver;
  private long toSkip;
  private boolean isBroken;
  private byte[] topicBytes = {};
  private String topic = "";

  /**
   * @param bytesMax of a packet that is read as a whole
   */
  PacketReader(boolean isV5, int bytesMax, Receiver receiver) {
    this.isV5 = isV5;
    this.bytesMax = bytesMax;
    this.receiver = receiver;
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    if (isBroken) {
      in.skipBytes(in.readableBytes());
      return;
    }
    if (toSkip > 0) {
      int now = (int) Math.min(toSkip, in.readableBytes());
      in.skipBytes(now);
      toSkip -= now;
      return;
    }
    try {
      readNext(in);
    } catch (MalformedAnswer | IndexOutOfBoundsException fault) {
      isBroken = true;
      in.skipBytes(in.readableBytes());
      receiver.malformed(
          fault instanceof MalformedAnswer
              ? String.valueOf(fault.getMessage())
              : "a field runs past the end of its packet");
    }
  }

  /** Reads one packet, or nothing while it is not whole. */
  private void readNext(ByteBuf in) {
    int at = in.readerIndex();
    int first = in.getUnsignedByte(at++);
    int length = 0;
    int shift = 0;
    int next;
    do {
      if (at == in.writerIndex()) {
        return;
      }
      if (shift == 7 * LENGTH_BYTES_MAX) {
        throw new MalformedAnswer("a remaining length of five bytes");
      }
      next = in.getUnsignedByte(at++);
      length |= (next & 0x7F) << shift;
      shift += 7;
    } while (next >= 0x80);
    if (length > bytesMax) {
      readOversized(in, first, at, length);
      return;
    }
    if (in.writerIndex() - at < length) {
      return;
    }
    ByteBuf packet = in.slice(at, length);
    in.readerIndex(at + length);
    dispatch(first, packet);
  }

  private void dispatch(int first, ByteBuf packet) {
    switch (first >> 4) {
      case PUBLISH -> publish(first, packet);
      case PUBACK -> {
        int id = packet.readUnsignedShort();
        int code = packet.isReadable() ? packet.readUnsignedByte() : 0;
        receiver.acknowledged(id, code, propertiesIfAny(packet));
      }
      case PINGRESP -> receiver.pinged();
      case CONNACK -> {
        boolean isSessionPresent = (packet.readByte() & 1) != 0;
        int code = packet.readUnsignedByte();
        receiver.connected(isSessionPresent, code, propertiesIfAny(packet));
      }
      case SUBACK -> subscribed(packet);
      case DISCONNECT -> {
        int code = packet.isReadable() ? packet.readUnsignedByte() : 0;
        receiver.disconnected(code, propertiesIfAny(packet));
      }
      case UNSUBACK -> {
        // nothing is unsubscribed
      }
      default ->
          throw new MalformedAnswer(
              "a packet of type %d, which no broker sends".formatted(first >> 4));
    }
  }

  private BrokerProperties propertiesIfAny(ByteBuf packet) {
    return isV5 && packet.isReadable() ? BrokerProperties.read(packet) : BrokerProperties.NONE;
  }

  private void subscribed(ByteBuf packet) {
    packet.skipBytes(2);
    BrokerProperties properties = propertiesIfAny(packet);
    int[] codes = new int[packet.readableBytes()];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = packet.readUnsignedByte();
    }
    receiver.subscribed(codes, properties);
  }

  private void publish(int first, ByteBuf packet) {
    int qos = qos(first);
    String to = topic(packet);
    int packetId = qos == 0 ? 0 : packet.readUnsignedShort();
    BrokerProperties properties = isV5 ? BrokerProperties.read(packet) : BrokerProperties.NONE;
    byte[] payload = new byte[packet.readableBytes()];
    packet.readBytes(payload);
    receiver.published((first & 8) != 0, qos, (first & 1) != 0, to, packetId, properties, payload);
  }

  private static int qos(int first) {
    int qos = (first >> 1) & 3;
    if (qos > 1) {
      throw new MalformedAnswer("a publication of QoS %d, where 1 was asked for".formatted(qos));
    }
    return qos;
  }

  /** A topic name: what the packet before had costs nothing. */
  private String topic(ByteBuf packet) {
    int length = packet.readUnsignedShort();
    if (length > packet.readableBytes()) {
      throw new MalformedAnswer("a topic runs past the end of its packet");
    }
    int from = packet.readerIndex();
    packet.skipBytes(length);
    if (length == topicBytes.length && isSame(packet, from)) {
      return topic;
    }
    String found = packet.toString(from, length, StandardCharsets.UTF_8);
    if (length <= KNOWN_TOPIC_MAX) {
      byte[] bytes = new byte[length];
      packet.getBytes(from, bytes);
      topicBytes = bytes;
      topic = found;
    }
    return found;
  }

  private boolean isSame(ByteBuf packet, int from) {
    for (int i = 0; i < topicBytes.length; i++) {
      if (packet.getByte(from + i) != topicBytes[i]) {
        return false;
      }
    }
    return true;
  }

  private void readOversized(ByteBuf in, int first, int at, int length) {
    if (first >> 4 != PUBLISH) {
      throw new MalformedAnswer("an answer of %d bytes".formatted(length));
    }
    int qos = qos(first);
    int there = in.writerIndex() - at;
    int head = there < 2 ? 2 : 2 + in.getUnsignedShort(at) + (qos == 0 ? 0 : 2);
    if (there < head) {
      return;
    }
    int topicLength = in.getUnsignedShort(at);
    String to = in.toString(at + 2, topicLength, StandardCharsets.UTF_8);
    int packetId = qos == 0 ? 0 : in.getUnsignedShort(at + 2 + topicLength);
    in.readerIndex(at + head);
    toSkip = (long) length - head;
    receiver.oversized(qos, to, packetId, length);
  }
}
