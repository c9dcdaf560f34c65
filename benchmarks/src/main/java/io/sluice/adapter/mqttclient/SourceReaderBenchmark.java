package io.sluice.adapter.mqttclient;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** From the bytes of a read, twenty PUBLISH of QoS 1, to topics and payloads. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SourceReaderBenchmark {
  private static final int PUBLICATIONS = 20;
  private static final int PAYLOAD_BYTES = 165;

  /** Of how many devices they are, one after the other. */
  @Param({"1", "20"})
  public int topics;

  private final Counted counted = new Counted();
  private final EmbeddedChannel channel =
      new EmbeddedChannel(new PacketReader(false, 1 << 20, counted));
  private ByteBuf publications = Unpooled.EMPTY_BUFFER;

  private static final class Counted implements PacketReader.Receiver {
    private long bytes;

    @Override
    public void connected(boolean isSessionPresent, int code, BrokerProperties properties) {
      bytes++;
    }

    @Override
    public void subscribed(int[] codes, BrokerProperties properties) {
      bytes++;
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
      bytes += topic.length() + payload.length;
    }

    @Override
    public void oversized(int qos, String topic, int packetId, long length) {
      bytes++;
    }

    @Override
    public void acknowledged(int packetId, int code, BrokerProperties properties) {
      bytes++;
    }

    @Override
    public void pinged() {
      bytes++;
    }

    @Override
    public void disconnected(int code, BrokerProperties properties) {
      bytes++;
    }

    @Override
    public void malformed(String what) {
      throw new IllegalStateException(what);
    }
  }

  /** Writes the packets. */
  @Setup
  public void packets() {
    ByteBuf all = Unpooled.buffer();
    for (int i = 0; i < PUBLICATIONS; i++) {
      byte[] topic =
          "application/1/device/24e124445d19%04d/event/up"
              .formatted(i % topics)
              .getBytes(StandardCharsets.US_ASCII);
      int length = 2 + topic.length + 2 + PAYLOAD_BYTES;
      all.writeByte(0x32).writeByte((length & 0x7F) | 0x80).writeByte(length >> 7);
      all.writeShort(topic.length).writeBytes(topic).writeShort(i + 1).writeZero(PAYLOAD_BYTES);
    }
    publications = Unpooled.unreleasableBuffer(all);
  }

  @Benchmark
  @OperationsPerInvocation(PUBLICATIONS)
  public long publications() {
    channel.writeInbound(publications.duplicate());
    return counted.bytes;
  }
}
