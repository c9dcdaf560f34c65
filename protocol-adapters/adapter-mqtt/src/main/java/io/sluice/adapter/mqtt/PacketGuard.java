package io.sluice.adapter.mqtt;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/**
 * Walks the fixed headers before the decoder: first packet, reserved flags, size, number of
 * properties. Ends the connection at the first violation. Also knows whether a packet is
 * incomplete. Keeps CONNECT back until it is whole, so that of one that never is there are bytes
 * only, and no objects; consumes nothing else.
 */
final class PacketGuard extends ChannelInboundHandlerAdapter {
  private final int maxBytes;
  private final BeforeAdmission before;
  private final PropertyCount properties = new PropertyCount();
  private final Connection connection;
  private static final int FIRST_BYTES = 256;

  private boolean first = true;
  private boolean isConnectWhole;
  private int header = -1;
  private int length;
  private int shift;
  private long body;

  /** Whole packets that went by. */
  private long packets;

  /** What has come of CONNECT; null before it and behind it. */
  private @Nullable ByteBuf connect;

  PacketGuard(int maxBytes, Connection connection, BeforeAdmission before) {
    this.maxBytes = maxBytes;
    this.before = before;
    before.onRefusal(this::drop);
    this.connection = connection;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    if (connection.failed() || !walk(bytes)) {
      bytes.release();
      return;
    }
    connection.incomplete(header >= 0);
    if (packets == 0) {
      keep(bytes);
      return;
    }
    ByteBuf whole = bytes;
    if (!isConnectWhole) {
      isConnectWhole = true;
      before.complete();
      whole = connect == null ? bytes : keep(bytes);
      connect = null;
    }
    context.fireChannelRead(whole);
    if (header < 0 && packets != connection.packets()) {
      connection.fail((byte) 0x81, "a field is longer than its packet"); // the decoder waits for it
    }
  }

  /**
   * Copies: a buffer that was read into is far larger than the few bytes that may be in it. To the
   * heap: direct memory is scarce, comes in chunks, and the reading of all connections needs it.
   */
  private ByteBuf keep(ByteBuf bytes) {
    ByteBuf kept = connect;
    int wanted = (kept == null ? 0 : kept.readableBytes()) + bytes.readableBytes();
    if (kept == null || kept.writerIndex() + bytes.readableBytes() > kept.capacity()) {
      ByteBuf larger = Unpooled.buffer(Math.max(FIRST_BYTES, wanted + wanted / 2));
      if (kept != null) {
        larger.writeBytes(kept);
        kept.release();
      }
      kept = larger;
      connect = kept;
    }
    kept.writeBytes(bytes);
    bytes.release();
    return kept;
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    drop();
  }

  private void drop() {
    if (connect != null) {
      connect.release();
      connect = null;
    }
  }

  private boolean walk(ByteBuf bytes) {
    int at = bytes.readerIndex();
    int end = bytes.writerIndex();
    while (at < end) {
      if (body > 0) {
        int step = (int) Math.min(body, end - at);
        if (!properties.isDone() && !properties.take(bytes, at, at + step)) {
          return connection.fail(
              (byte) 0x97, "more than " + PropertyCount.MAX + " properties in a packet");
        }
        body -= step;
        at += step;
      } else if (header < 0) {
        header = bytes.getUnsignedByte(at++);
        length = 0;
        shift = 0;
        if (!mayStart(header)) {
          return false;
        }
        properties.begin(header);
        continue;
      } else if (!length(bytes.getUnsignedByte(at++))) {
        return false;
      } else if (shift >= 0) {
        continue;
      }
      if (body == 0) {
        header = -1;
        packets++;
      }
    }
    return true;
  }

  /** Takes one byte of the remaining length; shift turns -1 when it is complete. */
  private boolean length(int next) {
    length |= (next & 0x7F) << shift;
    shift += 7;
    if ((next & 0x80) == 0) {
      shift = -1;
      body = length;
      int max = packets == 0 ? Math.min(maxBytes, BeforeAdmission.CONNECT_MAX_BYTES) : maxBytes;
      return length <= max || connection.fail((byte) 0x95, "packet too large");
    }
    return shift < 28 || connection.fail((byte) 0x81, "remaining length of five bytes");
  }

  private boolean mayStart(int start) {
    int type = start >> 4;
    int flags = start & 15;
    if (first && type != 1) {
      return connection.fail((byte) 0x82, "the first packet must be CONNECT"); // [MQTT-3.1.0-1]
    }
    if (!first && type == 1) {
      return connection.fail((byte) 0x82, "second CONNECT"); // [MQTT-3.1.0-2]
    }
    first = false;
    boolean legal =
        switch (type) {
          case 3 -> (flags & 6) != 6 && (flags & 14) != 8; // [MQTT-3.3.1-4], [MQTT-3.3.1-2]
          case 6, 8, 10 -> flags == 2;
          case 1, 4, 5, 7, 12, 14, 15 -> flags == 0;
          default -> false; // server to client only, or reserved
        };
    return legal || connection.fail((byte) 0x81, "malformed fixed header"); // [MQTT-2.1.3-1]
  }
}
