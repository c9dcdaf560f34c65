package io.sluice.adapter.mqtt.packet;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.util.ReferenceCountUtil;
import io.sluice.adapter.testkit.seeded.Fuzz;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What comes out of the decoder, whichever way a PUBLISH goes and wherever the bytes are cut. */
@Tag(Fuzz.TAG)
class PacketDecoderTest {
  private static final int MAX_BYTES = 4_096;

  /** Notes what it is given; ends at the packet of that number. */
  private static class Recorder extends ChannelInboundHandlerAdapter implements PacketConnection {
    final List<String> seen = new ArrayList<>();
    int plain;
    boolean isIncomplete;
    boolean isReading;
    private final boolean takesPlain;
    private final int endsAt;
    private boolean isSignedIn;

    Recorder(boolean takesPlain, int endsAt) {
      this.takesPlain = takesPlain;
      this.endsAt = endsAt;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      MqttMessage packet = (MqttMessage) message;
      isSignedIn = true;
      seen.add(described(packet));
      ReferenceCountUtil.release(packet);
    }

    private static String described(MqttMessage packet) {
      if (packet.decoderResult().isFailure()) {
        return String.valueOf(packet.decoderResult().cause().getMessage());
      }
      if (packet instanceof MqttPublishMessage publish
          && !publish.fixedHeader().isDup()
          && !publish.fixedHeader().isRetain()
          && publish.fixedHeader().qosLevel() != MqttQoS.EXACTLY_ONCE
          && publish.variableHeader().properties().isEmpty()) {
        int id =
            publish.fixedHeader().qosLevel() == MqttQoS.AT_MOST_ONCE
                ? 0
                : publish.variableHeader().packetId();
        return described(
            publish.variableHeader().topicName(), id, ByteBufUtil.getBytes(publish.payload()));
      }
      return packet.fixedHeader() + " " + packet.variableHeader();
    }

    private static String described(String topic, int packetId, byte[] payload) {
      return topic + " " + packetId + " " + Arrays.toString(payload);
    }

    @Override
    public boolean failed() {
      return seen.size() >= endsAt;
    }

    @Override
    public boolean fail(byte reason, String detail) {
      throw new AssertionError(detail);
    }

    @Override
    public void reading(boolean now) {
      isReading = now;
    }

    @Override
    public boolean takesPlain() {
      return takesPlain && isSignedIn;
    }

    @Override
    public void published(String topic, int packetId, byte[] payload) {
      assertThat(isReading).isTrue();
      plain++;
      seen.add(described(topic, packetId, payload));
    }

    @Override
    public void incomplete(boolean now) {
      isIncomplete = now;
    }

    @Override
    public void speaks(boolean isVersion5) {
      // told by the packets that follow
    }

    @Override
    public long maxPacketBytes() {
      return Long.MAX_VALUE;
    }

    @Override
    public void limitPacketBytes(long max) {
      // nothing is sent
    }
  }

  @Test
  void bothWaysOfAPublishTellTheSameWhereverBytesAreCut() {
    Fuzz.of("ways of a PUBLISH", 4_000)
        .check(random -> {
          ByteBuf stream = stream(random);
          int endsAt = random.nextInt(8) == 0 ? random.nextInt(1, 12) : Integer.MAX_VALUE;
          Recorder plain = new Recorder(true, endsAt);
          Recorder ordinary = new Recorder(false, endsAt);
          play(plain, stream, random);
          feed(ordinary, stream.duplicate());
          stream.release();
          assertThat(plain.seen).isEqualTo(ordinary.seen);
          assertThat(plain.isIncomplete).isEqualTo(ordinary.isIncomplete);
          assertThat(ordinary.plain).isZero();
        });
  }

  @Test
  void aPlainPublishGoesInShortAndOneWithAPropertyDoesNot() {
    Recorder recorder = new Recorder(true, Integer.MAX_VALUE);
    ByteBuf stream = Unpooled.buffer().writeBytes(connect(5));
    stream.writeBytes(publish(0x32, "a/b", 7, new byte[] {0}, "one"));
    stream.writeBytes(publish(0x32, "a/b", 8, new byte[] {2, 1, 1}, "two"));
    stream.writeBytes(publish(0x30, "a/b", 0, new byte[] {0}, ""));
    stream.writeBytes(publish(0x3A, "a/b", 9, new byte[] {0}, "again"));
    feed(recorder, stream);
    stream.release();
    assertThat(recorder.plain).isEqualTo(2);
    assertThat(recorder.seen).hasSize(5);
    assertThat(recorder.seen.get(1)).isEqualTo("a/b 7 [111, 110, 101]");
    assertThat(recorder.seen.get(3)).isEqualTo("a/b 0 []");
  }

  @Test
  void aLargePacketThatComesInSmallPiecesIsPutTogetherOnceAndLetGoOf() {
    Recorder recorder = new Recorder(true, Integer.MAX_VALUE);
    EmbeddedChannel channel = channel(recorder);
    channel.writeInbound(connect(4));
    ByteBuf packet = publish(0x32, "t", 1, new byte[0], "x".repeat(4_000));
    while (packet.readableBytes() > 1) {
      channel.writeInbound(packet.readBytes(Math.min(7, packet.readableBytes() - 1)));
    }
    assertThat(recorder.isIncomplete).isTrue();
    channel.writeInbound(packet.readBytes(1));
    assertThat(recorder.isIncomplete).isFalse();
    assertThat(recorder.plain).isEqualTo(1);
    packet.release();
    assertThat(channel.finish()).isFalse();
  }

  @Test
  void aReadWithinAReadHasBytesOfItsOwn() {
    Recorder inner = new Recorder(true, Integer.MAX_VALUE);
    EmbeddedChannel second = channel(inner);
    second.writeInbound(connect(4), publish(0x32, "t", 1, new byte[0], "first"));
    Recorder outer =
        new Recorder(true, Integer.MAX_VALUE) {
          @Override
          public void published(String topic, int packetId, byte[] payload) {
            second.writeInbound(publish(0x32, "t", packetId, new byte[0], "inner"));
            super.published(topic, packetId, payload);
          }
        };
    EmbeddedChannel first = channel(outer);
    ByteBuf stream = Unpooled.buffer();
    for (int id = 1; id < 5; id++) {
      stream.writeBytes(publish(0x32, "u", id, new byte[0], "outer"));
    }
    first.writeInbound(connect(4), stream);
    assertThat(outer.plain).isEqualTo(4);
    assertThat(inner.plain).isEqualTo(5);
    assertThat(outer.seen.getLast()).isEqualTo("u 4 [111, 117, 116, 101, 114]");
    assertThat(inner.seen.getLast()).isEqualTo("t 4 [105, 110, 110, 101, 114]");
    first.finishAndReleaseAll();
    second.finishAndReleaseAll();
  }

  private static EmbeddedChannel channel(Recorder recorder) {
    return new EmbeddedChannel(new PacketDecoder(MAX_BYTES, true, recorder), recorder);
  }

  private static void feed(Recorder recorder, ByteBuf stream) {
    EmbeddedChannel channel = channel(recorder);
    channel.writeInbound(stream.retainedDuplicate());
    channel.finishAndReleaseAll();
  }

  private static void play(Recorder recorder, ByteBuf stream, SplittableRandom random) {
    EmbeddedChannel channel = channel(recorder);
    List<ByteBuf> pieces = new ArrayList<>();
    int at = stream.readerIndex();
    while (at < stream.writerIndex()) {
      int length = Math.min(stream.writerIndex() - at, random.nextInt(1, 400));
      ByteBuf piece = Unpooled.buffer(length).writeBytes(stream, at, length);
      pieces.add(piece);
      channel.writeInbound(piece);
      at += length;
    }
    boolean isIncomplete = recorder.isIncomplete;
    channel.finishAndReleaseAll();
    recorder.isIncomplete = isIncomplete;
    assertThat(pieces).allMatch(piece -> piece.refCnt() == 0);
  }

  private static ByteBuf stream(SplittableRandom random) {
    int level = random.nextInt(2) + 4;
    ByteBuf stream = Unpooled.buffer().writeBytes(connect(level));
    for (int i = random.nextInt(12); i > 0; i--) {
      ByteBuf packet = packet(level, random);
      if (random.nextInt(40) == 0) {
        packet.setByte(random.nextInt(packet.readableBytes()), random.nextInt(256));
      }
      stream.writeBytes(packet);
    }
    return random.nextInt(3) == 0
        ? stream.writerIndex(stream.writerIndex() - random.nextInt(stream.readableBytes() / 2))
        : stream;
  }

  private static ByteBuf packet(int level, SplittableRandom random) {
    if (random.nextInt(6) == 0) {
      return Unpooled.wrappedBuffer(new byte[] {(byte) 0xC0, 0});
    }
    int first =
        switch (random.nextInt(8)) {
          case 0 -> 0x30;
          case 1 -> 0x34;
          case 2 -> 0x3A;
          case 3 -> 0x33;
          default -> 0x32;
        };
    String topic =
        switch (random.nextInt(6)) {
          case 0 -> "événement/" + random.nextInt(3);
          case 1 -> "";
          case 2 -> random.nextInt(20) == 0 ? "a/#" : "a/b";
          default -> "telemetry";
        };
    byte[] properties =
        level == 4 ? new byte[0] : random.nextInt(3) == 0 ? new byte[] {2, 1, 1} : new byte[] {0};
    return publish(
        first, topic, random.nextInt(0x1_0000), properties, "x".repeat(random.nextInt(300)));
  }

  private static ByteBuf publish(
      int first, String topic, int packetId, byte[] properties, String payload) {
    byte[] name = topic.getBytes(StandardCharsets.UTF_8);
    ByteBuf body = Unpooled.buffer().writeShort(name.length).writeBytes(name);
    if ((first & 6) != 0) {
      body.writeShort(packetId);
    }
    body.writeBytes(properties).writeBytes(payload.getBytes(StandardCharsets.UTF_8));
    ByteBuf packet = Unpooled.buffer().writeByte(first);
    int left = body.readableBytes();
    do {
      packet.writeByte(left < 0x80 ? left : (left & 0x7F) | 0x80);
      left >>= 7;
    } while (left > 0);
    return packet.writeBytes(body);
  }

  private static ByteBuf connect(int level) {
    ByteBuf packet = Unpooled.buffer();
    packet.writeByte(0x10).writeByte(level == 5 ? 14 : 13);
    packet.writeShort(4).writeBytes("MQTT".getBytes(StandardCharsets.UTF_8));
    packet.writeByte(level).writeByte(2).writeShort(60);
    if (level == 5) {
      packet.writeByte(0);
    }
    return packet.writeShort(1).writeByte('c');
  }
}
