package io.sluice.adapter.mqttclient;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.sluice.adapter.testkit.seeded.Fuzz;
import io.sluice.adapter.testkit.seeded.Mutator;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Random and damaged packets of a broker: each is read, or the end is told once, whatever pieces
 * they come in; nothing is thrown and no memory is taken that was promised alone.
 */
@Tag(Fuzz.TAG)
class PacketReaderFuzzTest {
  private static final int MAX_BYTES = 600;
  private static final int BYTES_MAX = 300;

  private final Mutator mutator =
      new Mutator(
          List.of(
              hex("20020000"),
              hex("200600000321 0014".replace(" ", "")),
              hex("9004000100 01".replace(" ", "")),
              hex("90030001 01".replace(" ", "")),
              hex("320d0005706c616e7400017b7d0a0a"),
              hex("32100005706c616e74000103230002" + "7b7d"),
              hex("40020001"),
              hex("4003000110"),
              hex("d000"),
              hex("e000"),
              hex("e0028e00")),
          List.of(hex("ffffff7f"), hex("80808080"), hex("ffff"), "plant".getBytes(UTF_8)),
          MAX_BYTES);

  /** What was told, in order; the end as its sentence. */
  private static final class Told implements PacketReader.Receiver {
    private final List<String> packets = new ArrayList<>();
    private int ends;

    @Override
    public void connected(boolean isSessionPresent, int code, BrokerProperties properties) {
      packets.add("connected " + code);
    }

    @Override
    public void subscribed(int[] codes, BrokerProperties properties) {
      packets.add("subscribed " + codes.length);
    }

    @Override
    public void published(
        boolean isAgain,
        int qos,
        boolean isRetained,
        String topic,
        int packetId,
        BrokerProperties properties,
        byte[] payload) {
      packets.add("published " + topic + ' ' + packetId + ' ' + HexFormat.of().formatHex(payload));
    }

    @Override
    public void oversized(int qos, String topic, int packetId, long bytes) {
      packets.add("oversized " + topic + ' ' + bytes);
    }

    @Override
    public void acknowledged(int packetId, int code, BrokerProperties properties) {
      packets.add("acknowledged " + packetId);
    }

    @Override
    public void pinged() {
      packets.add("pinged");
    }

    @Override
    public void disconnected(int code, BrokerProperties properties) {
      packets.add("disconnected " + code);
    }

    @Override
    public void malformed(String what) {
      ends++;
      packets.add("malformed");
    }
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text);
  }

  @Test
  void packetsAreReadOrTheEndIsToldWhateverPiecesTheyComeIn() {
    Fuzz.of("packets of a broker", 4_000)
        .check(random -> {
          byte[] bytes = mutator.next(random);
          boolean isV5 = random.nextBoolean();
          Told whole = told(isV5, bytes, new int[] {bytes.length});
          Told pieces = told(isV5, bytes, cuts(random, bytes.length));
          assertThat(whole.ends).isLessThanOrEqualTo(1);
          assertThat(pieces.packets).isEqualTo(whole.packets);
        });
  }

  private static int[] cuts(SplittableRandom random, int length) {
    List<Integer> cuts = new ArrayList<>();
    for (int at = 0; at < length; ) {
      int next = Math.min(length, at + 1 + random.nextInt(8));
      cuts.add(next);
      at = next;
    }
    return cuts.stream().mapToInt(Integer::intValue).toArray();
  }

  private static Told told(boolean isV5, byte[] bytes, int[] ends) {
    Told told = new Told();
    EmbeddedChannel channel = new EmbeddedChannel(new PacketReader(isV5, BYTES_MAX, told));
    int from = 0;
    for (int end : ends) {
      ByteBuf piece = Unpooled.copiedBuffer(bytes, from, end - from);
      channel.writeInbound(piece);
      assertThat(piece.refCnt()).isLessThanOrEqualTo(1);
      from = end;
    }
    channel.finishAndReleaseAll();
    return told;
  }
}
