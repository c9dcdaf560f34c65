package io.sluice.adapter.mqtt.packet;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.mqtt.MqttEncoder;

/**
 * Sends no packet that is larger than the client takes [MQTT-3.1.2-24]. An answer that is ends the
 * connection; commands and records are measured before. In the pipeline of clients alone that
 * announced a Maximum Packet Size.
 */
public final class PacketSizeLimit extends ChannelOutboundHandlerAdapter {
  private final PacketConnection connection;

  private PacketSizeLimit(PacketConnection connection) {
    this.connection = connection;
  }

  public static void addTo(ChannelPipeline pipeline, PacketConnection connection) {
    ChannelHandlerContext encoder = pipeline.context(MqttEncoder.class);
    if (encoder != null) {
      pipeline.addBefore(encoder.name(), null, new PacketSizeLimit(connection));
    }
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // the promise says what became of it
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    long size = message instanceof ByteBuf packets ? firstPacket(packets) : 0;
    if (size <= connection.maxPacketBytes()) {
      context.write(message, promise);
      return;
    }
    ByteBuf packet = (ByteBuf) message;
    boolean isPublication = packet.getUnsignedByte(packet.readerIndex()) >> 4 == 3;
    packet.release();
    promise.trySuccess();
    if (!isPublication) {
      connection.fail(
          MalformedPacket.TOO_LARGE,
          "an answer of %d bytes is more than the client's Maximum Packet Size of %d"
              .formatted(size, connection.maxPacketBytes()));
    }
  }

  /** The size of the first packet; those behind it in one buffer are as short as that one. */
  private static long firstPacket(ByteBuf packets) {
    int at = packets.readerIndex() + 1;
    int length = 0;
    for (int shift = 0; at < packets.writerIndex(); shift += 7) {
      int next = packets.getUnsignedByte(at++);
      length |= (next & 0x7F) << shift;
      if (next < 0x80) {
        break;
      }
    }
    return at - packets.readerIndex() + (long) length;
  }
}
