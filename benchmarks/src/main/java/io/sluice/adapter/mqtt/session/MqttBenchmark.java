package io.sluice.adapter.mqtt.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.mqtt.MqttEncoder;
import io.sluice.adapter.mqtt.packet.ConnectGuard;
import io.sluice.adapter.mqtt.packet.PacketDecoder;
import io.sluice.adapter.netty.BeforeAdmission;
import io.sluice.adapter.netty.ListenerGroup;
import io.sluice.api.adapter.Peer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The MQTT adapter without a network: twenty PUBLISH of QoS 1 in one read, decoded, accepted and
 * acknowledged in one write. The gateway behind it says at once that it has them.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class MqttBenchmark {
  private static final int PUBLICATIONS = 20;
  private static final int PAYLOAD_BYTES = 165;
  private static final int PACKET_BYTES_MAX = 1 << 20;

  private final EmbeddedChannel channel = new EmbeddedChannel();
  private ByteBuf publications = Unpooled.EMPTY_BUFFER;

  @Setup
  public void connect() {
    StoringGateway gateway = new StoringGateway();
    Peer peer =
        new Peer("mqtt", new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000), false);
    LoopSink sink = new LoopSink(channel.eventLoop());
    MqttOptions options = MqttOptions.FOR_TESTS;
    BeforeAdmission before =
        new BeforeAdmission(
            new ListenerGroup("mqtt"),
            sink.waiting(),
            options.maxUnadmittedBytes().value(),
            gateway,
            peer);
    Connection connection =
        new Connection(channel, sink, gateway, options, new SleepingSessions(), peer, before, null);
    channel
        .pipeline()
        .addLast(before)
        .addLast(new ConnectGuard(PACKET_BYTES_MAX, connection, before))
        .addLast(new PacketDecoder(PACKET_BYTES_MAX, true, connection))
        .addLast(MqttEncoder.INSTANCE)
        .addLast(connection);
    channel.writeInbound(connectPacket());
    channel.runPendingTasks();
    takeAnswer(4);
    publications = publishPackets();
  }

  private static ByteBuf connectPacket() {
    byte[] client = "bench".getBytes(StandardCharsets.UTF_8);
    ByteBuf packet = Unpooled.buffer();
    packet.writeByte(0x10).writeByte(12 + client.length);
    packet.writeShort(4).writeBytes("MQTT".getBytes(StandardCharsets.UTF_8));
    packet.writeByte(4).writeByte(2).writeShort(60);
    return packet.writeShort(client.length).writeBytes(client);
  }

  private static ByteBuf publishPackets() {
    byte[] topic = "telemetry".getBytes(StandardCharsets.UTF_8);
    ByteBuf packets = Unpooled.buffer();
    for (int id = 1; id <= PUBLICATIONS; id++) {
      int length = 2 + topic.length + 2 + PAYLOAD_BYTES;
      packets.writeByte(0x32).writeByte((length & 0x7F) | 0x80).writeByte(length >> 7);
      packets.writeShort(topic.length).writeBytes(topic).writeShort(id).writeZero(PAYLOAD_BYTES);
    }
    return packets;
  }

  @Benchmark
  @OperationsPerInvocation(PUBLICATIONS)
  public int publishQos1() {
    channel.writeInbound(publications.retainedDuplicate());
    channel.runPendingTasks();
    return takeAnswer(4 * PUBLICATIONS);
  }

  private int takeAnswer(int bytes) {
    ByteBuf answer = channel.readOutbound();
    if (answer == null || answer.readableBytes() != bytes) {
      throw new IllegalStateException("not the answer that was expected: " + answer);
    }
    int first = answer.getByte(0);
    answer.release();
    return first;
  }

  @TearDown
  public void close() {
    var _ = channel.close();
    publications.release();
  }
}
