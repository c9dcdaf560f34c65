package io.sluice.upstream.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Packets in the bytes of section 2.2 and 3 of MQTT 3.1.1. */
class AnswerFramesTest {
  private static final int BYTES_MAX = 100;

  /** What came, in its order: ids as they are, other packets by their type. */
  private final List<Object> told = new ArrayList<>();

  private EmbeddedChannel channel() {
    return new EmbeddedChannel(
        new AnswerFrames(told::add, BYTES_MAX),
        new MqttDecoder(BYTES_MAX),
        new ChannelInboundHandlerAdapter() {
          @Override
          public void channelRead(ChannelHandlerContext context, Object message) {
            MqttMessage packet = (MqttMessage) message;
            told.add(
                packet.decoderResult().isFailure()
                    ? "malformed"
                    : packet.fixedHeader().messageType().name());
            ReferenceCountUtil.release(message);
          }
        });
  }

  private static ByteBuf bytes(String hex) {
    return Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex));
  }

  @Test
  void acknowledgementsAndOtherPacketsKeepTheirOrder() {
    EmbeddedChannel channel = channel();
    channel.writeInbound(bytes("20020000" + "40020001" + "4002ffff" + "d000" + "40020003"));
    assertThat(told).containsExactly("CONNACK", 1, 65_535, "PINGRESP", 3);
    assertThat(channel.finish()).isFalse();
  }

  @Test
  void packetsMayBeCutAnywhere() {
    String stream =
        "20020000" + "40020001" + "50020007" + "40020102" + "d000" + "70020007" + "40020203";
    byte[] all = HexFormat.of().parseHex(stream);
    SplittableRandom random = new SplittableRandom(3);
    for (int round = 0; round < 500; round++) {
      told.clear();
      EmbeddedChannel channel = channel();
      int at = 0;
      while (at < all.length) {
        int count = 1 + random.nextInt(Math.min(7, all.length - at));
        channel.writeInbound(Unpooled.copiedBuffer(all, at, count));
        at += count;
      }
      assertThat(told).containsExactly("CONNACK", 1, "PUBREC", 0x102, "PINGRESP", "PUBCOMP", 0x203);
      assertThat(channel.finish()).isFalse();
    }
  }

  @Test
  void whatIsNoPacketIsForTheDecoderToJudge() {
    EmbeddedChannel zero = channel();
    zero.writeInbound(bytes("40020000"));
    EmbeddedChannel endless = channel();
    endless.writeInbound(bytes("40ffffffffff7f"));
    EmbeddedChannel tooLong = channel();
    tooLong.writeInbound(bytes("30" + "e501" + "0001"));
    assertThat(told).containsExactly("malformed", "malformed", "malformed");
  }
}
