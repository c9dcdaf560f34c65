package io.sluice.adapter.coap.fast;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.coap.Token;
import org.eclipse.californium.core.network.serialization.UdpDataSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Writes the answers to plain uplinks to one socket, without a flush. A failed send is ignored:
 * CoAP clients retransmit (RFC 7252 section 4.2). Confined to the event loop.
 */
final class AnswerWriter {
  private static final int HEADER_BYTES = 4;
  private static final int ACK = 0x60;
  private static final int CHANGED = 0x44;

  private final Channel channel;
  private final MessageIds messageIds;
  private final UdpDataSerializer serializer = new UdpDataSerializer();

  AnswerWriter(Channel channel, MessageIds messageIds) {
    this.channel = channel;
    this.messageIds = messageIds;
  }

  /**
   * The response as a datagram: the acknowledgement of a Confirmable request (RFC 7252 section
   * 5.2.1), else a Non-confirmable message. Null where no Message ID is free: the peer has had
   * 65536 answers in a few minutes, and this one is lost.
   */
  byte @Nullable [] bytes(PlainExchange exchange, Response response) {
    response.setToken(new Token(tokenBytes(exchange.token(), exchange.tokenLength())));
    response.setDestinationContext(NettyUdpConnector.context(exchange.address()));
    if (exchange.isConfirmable()) {
      response.setType(CoAP.Type.ACK);
      response.setMID(exchange.messageId());
    } else {
      response.setType(CoAP.Type.NON);
      if (messageIds.next(response) < 0) {
        return null;
      }
    }
    return serializer.getByteArray(response);
  }

  /** Writes 2.04 as the acknowledgement. */
  void writeChanged(InetSocketAddress to, int messageId, long token, int tokenLength) {
    if (channel.isWritable()) {
      ByteBuf out = channel.alloc().directBuffer(HEADER_BYTES + Long.BYTES);
      out.writeInt(((ACK | tokenLength) << 24) | (CHANGED << 16) | messageId);
      for (int shift = 8 * (tokenLength - 1); shift >= 0; shift -= 8) {
        out.writeByte((int) (token >>> shift));
      }
      write(to, out);
    }
  }

  void write(InetSocketAddress to, byte[] bytes) {
    if (channel.isWritable()) {
      write(to, channel.alloc().directBuffer(bytes.length).writeBytes(bytes));
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // see above: a failed send is ignored
  private void write(InetSocketAddress to, ByteBuf out) {
    channel.write(new DatagramPacket(out, to), channel.voidPromise());
  }

  /**
   * The request without options and payload. It stands for the request at Californium: its bytes
   * are the same each time, so that Californium recognizes a duplicate.
   */
  static byte[] bareRequest(byte code, int messageId, long token, int tokenLength) {
    return ByteBuffer.allocate(HEADER_BYTES + tokenLength)
        .put((byte) (0x40 | tokenLength))
        .put(code)
        .putShort((short) messageId)
        .put(tokenBytes(token, tokenLength))
        .array();
  }

  private static byte[] tokenBytes(long token, int tokenLength) {
    byte[] all = ByteBuffer.allocate(Long.BYTES).putLong(token).array();
    return Arrays.copyOfRange(all, Long.BYTES - tokenLength, Long.BYTES);
  }
}
