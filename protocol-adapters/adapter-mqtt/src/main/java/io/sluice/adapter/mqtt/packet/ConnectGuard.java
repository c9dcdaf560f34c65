package io.sluice.adapter.mqtt.packet;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.sluice.adapter.netty.BeforeAdmission;
import org.jspecify.annotations.Nullable;

/**
 * Keeps CONNECT back until it is whole, so that of one that never is there are bytes only, and no
 * objects; then leaves the pipeline. What does not begin as a CONNECT ends the connection.
 */
public final class ConnectGuard extends ChannelInboundHandlerAdapter {
  private static final int FIRST_BYTES = 256;
  private static final int CONNECT = 0x10;
  private static final int LENGTH_BYTES_MAX = 4;

  private final int maxBytes;
  private final PacketConnection connection;
  private final BeforeAdmission before;

  /** What has come so far; null before that and where it is whole. */
  private @Nullable ByteBuf kept;

  public ConnectGuard(int maxBytes, PacketConnection connection, BeforeAdmission before) {
    this.maxBytes = Math.min(maxBytes, BeforeAdmission.SIGN_IN_MAX_BYTES);
    this.connection = connection;
    this.before = before;
    before.onRefusal(this::drop);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    if (connection.failed() || !bytes.isReadable()) {
      bytes.release();
      return;
    }
    ByteBuf all = kept == null ? bytes : keep(bytes);
    int missing = missing(all);
    if (connection.failed()) {
      kept = null;
      all.release();
    } else if (missing <= 0) {
      kept = null;
      before.complete();
      context.fireChannelRead(all);
      context.pipeline().remove(this);
    } else if (kept == null) {
      keep(bytes);
    }
  }

  /** How many bytes CONNECT lacks, as far as can be seen. Ends the connection where it is none. */
  private int missing(ByteBuf all) {
    int at = all.readerIndex();
    int end = all.writerIndex();
    int first = all.getUnsignedByte(at++);
    if (first >> 4 != CONNECT >> 4) {
      connection.fail((byte) 0x82, "the first packet must be CONNECT"); // [MQTT-3.1.0-1]
      return 0;
    }
    if (first != CONNECT) {
      // [MQTT-2.1.3-1]
      connection.fail((byte) 0x81, "CONNECT: malformed fixed header 0x%02X".formatted(first));
      return 0;
    }
    int length = 0;
    for (int shift = 0; shift < 7 * LENGTH_BYTES_MAX; shift += 7) {
      if (at == end) {
        return 1;
      }
      int next = all.getUnsignedByte(at++);
      length |= (next & 0x7F) << shift;
      if (next < 0x80) {
        if (length > maxBytes) {
          connection.fail((byte) 0x95, "CONNECT of %d bytes: packet too large".formatted(length));
        }
        return at + length - end;
      }
    }
    connection.fail((byte) 0x81, "CONNECT: remaining length of five bytes");
    return 0;
  }

  /**
   * Copies: a buffer that was read into is far larger than the few bytes that may be in it. To the
   * heap: direct memory is scarce, comes in chunks, and the reading of all connections needs it.
   */
  private ByteBuf keep(ByteBuf bytes) {
    ByteBuf buffer = kept;
    int wanted = (buffer == null ? 0 : buffer.readableBytes()) + bytes.readableBytes();
    if (buffer == null || buffer.writerIndex() + bytes.readableBytes() > buffer.capacity()) {
      ByteBuf larger = Unpooled.buffer(Math.max(FIRST_BYTES, wanted + wanted / 2));
      if (buffer != null) {
        larger.writeBytes(buffer);
        buffer.release();
      }
      buffer = larger;
      kept = buffer;
    }
    buffer.writeBytes(bytes);
    bytes.release();
    return buffer;
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    drop();
  }

  private void drop() {
    if (kept != null) {
      kept.release();
      kept = null;
    }
  }
}
