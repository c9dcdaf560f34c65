package io.sluice.adapter.mqtt.packet;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.Arrays;

/**
 * The bytes of one read in an array, and the plain PUBLISH packets among them: QoS 0 or 1, no other
 * flag, no property, the topic of the packet before. An array is read several times faster than a
 * network buffer, and its bytes are copied into payloads all the same. What is not plain, or not as
 * it should be, is left where it lies. Confined to the event loop.
 */
final class PlainPackets {
  /** PUBLISH of QoS 0; that of QoS 1 has bit 1. */
  static final int PUBLISH = 0x30;

  private static final int QOS_1 = 2;

  /** What is longer is left to the other way: it has few packets. */
  private static final int BYTES_MAX = 64 << 10;

  private static final int FIRST_BYTES = 4 << 10;
  private static final int LENGTH_BYTES_MAX = 4;

  /** One for each event loop. */
  private static final FastThreadLocal<PlainPackets> OF_LOOP =
      new FastThreadLocal<>() {
        @Override
        protected PlainPackets initialValue() {
          return new PlainPackets();
        }
      };

  private byte[] bytes = new byte[FIRST_BYTES];
  private ByteBuf in = Unpooled.EMPTY_BUFFER;
  private int base;
  private int end;
  private boolean isInUse;

  private PlainPackets() {}

  /** Whether a packet that begins so may be plain. */
  static boolean mayBe(int first) {
    return (first | QOS_1) == (PUBLISH | QOS_1);
  }

  /** Whether what was read is worth an array. */
  static boolean isOfUse(ByteBuf read) {
    return read.readableBytes() <= BYTES_MAX && mayBe(read.getUnsignedByte(read.readerIndex()));
  }

  /** Copies what is readable. To be given back. */
  static PlainPackets of(ByteBuf read) {
    PlainPackets known = OF_LOOP.get();
    // what is called while a read is taken apart might bring another one
    PlainPackets packets = known.isInUse ? new PlainPackets() : known;
    packets.begin(read);
    return packets;
  }

  void giveBack() {
    in = Unpooled.EMPTY_BUFFER;
    isInUse = false;
  }

  private void begin(ByteBuf read) {
    int length = read.readableBytes();
    if (bytes.length < length) {
      bytes = new byte[Math.max(length, Math.min(BYTES_MAX, 2 * bytes.length))];
    }
    isInUse = true;
    in = read;
    base = read.readerIndex();
    end = length;
    read.getBytes(base, bytes, 0, length);
  }

  /**
   * Gives the packet at the buffer's reader index on, and moves that behind it.
   *
   * @param topic of the packet before
   * @param topicBytes the same in UTF-8; empty where there was none
   * @param maxBytes of a packet's remaining length
   * @param hasProperties MQTT 5 is spoken
   * @return false, and nothing moved, where it is not plain or not whole
   */
  boolean next(
      String topic,
      byte[] topicBytes,
      int maxBytes,
      boolean hasProperties,
      PacketConnection connection) {
    int at = in.readerIndex() - base;
    int first = bytes[at++];
    if (!mayBe(first)) {
      return false;
    }
    int length = 0;
    for (int shift = 0; ; shift += 7) {
      if (at == end || shift == 7 * LENGTH_BYTES_MAX) {
        return false;
      }
      int next = bytes[at++];
      length |= (next & 0x7F) << shift;
      if (next >= 0) {
        break;
      }
    }
    int idBytes = first == PUBLISH ? 0 : 2;
    int head = 2 + topicBytes.length + idBytes + (hasProperties ? 1 : 0);
    int stop = at + length;
    if (length > maxBytes || stop > end || length < head || !isTopic(at, topicBytes)) {
      return false;
    }
    at += 2 + topicBytes.length;
    int packetId = idBytes == 0 ? 0 : two(at);
    at += idBytes;
    if ((idBytes > 0 && packetId == 0) || (hasProperties && bytes[at++] != 0)) {
      return false;
    }
    in.readerIndex(base + stop);
    connection.published(topic, packetId, Arrays.copyOfRange(bytes, at, stop));
    return true;
  }

  private boolean isTopic(int at, byte[] topic) {
    return topic.length > 0
        && two(at) == topic.length
        && Arrays.equals(bytes, at + 2, at + 2 + topic.length, topic, 0, topic.length);
  }

  private int two(int at) {
    return (bytes[at] & 0xFF) << 8 | (bytes[at + 1] & 0xFF);
  }
}
