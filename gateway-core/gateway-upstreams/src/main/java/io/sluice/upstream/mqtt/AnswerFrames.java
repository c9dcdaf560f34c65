package io.sluice.upstream.mqtt;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Takes from the broker's bytes what comes most: a PUBACK of four bytes, which says that a packet
 * was taken and nothing else (section 3.4 of MQTT 3.1.1 and 5). Its number goes to the session.
 * Every other packet goes on whole to the decoder behind, which judges it.
 */
final class AnswerFrames extends ByteToMessageDecoder {
  /** Type 4 without flags, and a remaining length of 2. */
  private static final int PUBACK = 0x4002;

  private static final int PUBACK_BYTES = 4;

  /** Of a remaining length: section 2.2.3 of 3.1.1, 1.5.5 of 5. */
  private static final int LENGTH_BYTES_MAX = 4;

  private final IntConsumer acknowledged;
  private final int bytesMax;

  /**
   * @param acknowledged takes ids of packets that were taken
   * @param bytesMax of a packet that the decoder behind takes; a larger one it need not see whole
   */
  AnswerFrames(IntConsumer acknowledged, int bytesMax) {
    this.acknowledged = acknowledged;
    this.bytesMax = bytesMax;
  }

  @Override
  protected void decode(ChannelHandlerContext own, ByteBuf in, List<Object> out) {
    int at = in.readerIndex();
    int left = in.readableBytes();
    while (left >= PUBACK_BYTES && in.getUnsignedShort(at) == PUBACK) {
      int id = in.getUnsignedShort(at + 2);
      if (id == 0) {
        break; // which no packet has: the decoder says so
      }
      acknowledged.accept(id);
      at += PUBACK_BYTES;
      left -= PUBACK_BYTES;
    }
    in.readerIndex(at);
    int length = packetBytes(in);
    if (length > 0 && length <= left) {
      out.add(in.readRetainedSlice(length));
    }
  }

  /**
   * Of the packet that begins here; 0 while that is not known, all where it is none or too long.
   */
  private int packetBytes(ByteBuf in) {
    int at = in.readerIndex() + 1;
    int remaining = 0;
    for (int i = 0; i < LENGTH_BYTES_MAX; i++) {
      if (at + i >= in.writerIndex()) {
        return 0;
      }
      int part = in.getUnsignedByte(at + i);
      remaining |= (part & 0x7F) << (7 * i);
      if (part < 0x80) {
        return remaining > bytesMax ? in.readableBytes() : 2 + i + remaining;
      }
    }
    return in.readableBytes();
  }
}
