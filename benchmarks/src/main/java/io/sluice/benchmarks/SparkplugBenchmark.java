package io.sluice.benchmarks;

import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.MessageClass;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.dialect.Part;
import io.sluice.api.dialect.SessionUnpacker;
import io.sluice.api.dialect.VendorSession;
import io.sluice.codec.sparkplug.SparkplugUnpackerFactory;
import io.sluice.engine.normalize.Normalizer;
import io.sluice.engine.normalize.profile.Profiles;
import io.sluice.engine.normalize.sample.Normalized;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** From the bytes of an NDATA by alias to an encoded record, of a node with so many metrics. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class SparkplugBenchmark {
  private static final String NODE = "spBv1.0/Plant/NDATA/Line7";
  private static final int SEQS = 256;
  private static final int DOUBLE = 10;

  private static final Device DEVICE =
      new Device(
          new DeviceId("Line7"), "none", "factory", "plant-a", null, null, true, true, false);

  /** Metrics of one message. */
  @Param({"1", "10", "100"})
  public int metrics;

  private final Normalizer normalizer =
      new Normalizer("edge-01", Profiles.load(List.of()).profiles());
  private final VendorSession session =
      ((SessionUnpacker) new SparkplugUnpackerFactory().create()).open(DEVICE);
  private final byte[][] data = new byte[SEQS][];
  private int next = 1;

  /** Bears the node. */
  @Setup
  public void born() throws PayloadException {
    for (int seq = 0; seq < SEQS; seq++) {
      data[seq] = payload(seq, false);
    }
    Objects.requireNonNull(
        session.unpack("spBv1.0/Plant/NBIRTH/Line7", payload(0, true), Messages.NOW, false));
  }

  /** Reads one message. */
  @Benchmark
  public Normalized dataByAlias() throws PayloadException {
    byte[] payload = data[next];
    next = (next + 1) % SEQS;
    List<Part> parts = Objects.requireNonNull(session.unpack(NODE, payload, Messages.NOW, true));
    return normalizer.normalize(
        DEVICE, DEVICE, MessageClass.TELEMETRY, parts.getFirst(), "mqtt", NODE, Messages.NOW);
  }

  /** By the numbers of sparkplug_b.proto. */
  private byte[] payload(int seq, boolean isBirth) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    number(1, Messages.NOW / 1_000, out);
    for (int i = 0; i < metrics; i++) {
      ByteArrayOutputStream metric = new ByteArrayOutputStream();
      if (isBirth) {
        bytes(1, ("Line/Metric " + i).getBytes(StandardCharsets.UTF_8), metric);
      }
      number(2, i, metric);
      number(3, Messages.NOW / 1_000, metric);
      if (isBirth) {
        number(4, DOUBLE, metric);
      }
      metric.write((13 << 3) | 1);
      long bits = Double.doubleToLongBits(20 + 0.1 * i);
      for (int shift = 0; shift < 64; shift += 8) {
        metric.write((int) (bits >>> shift));
      }
      bytes(2, metric.toByteArray(), out);
    }
    number(3, seq, out);
    return out.toByteArray();
  }

  private static void number(int field, long value, ByteArrayOutputStream out) {
    out.write(field << 3);
    varint(value, out);
  }

  private static void bytes(int field, byte[] value, ByteArrayOutputStream out) {
    out.write((field << 3) | 2);
    varint(value.length, out);
    out.writeBytes(value);
  }

  private static void varint(long value, ByteArrayOutputStream out) {
    long left = value;
    while (left > 127) {
      out.write((int) ((left & 127) | 128));
      left >>>= 7;
    }
    out.write((int) left);
  }
}
