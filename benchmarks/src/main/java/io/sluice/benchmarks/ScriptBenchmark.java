package io.sluice.benchmarks;

import io.sluice.api.ContentType;
import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.MessageClass;
import io.sluice.api.codec.PayloadException;
import io.sluice.engine.normalize.Normalizer;
import io.sluice.engine.normalize.profile.Profiles;
import io.sluice.engine.normalize.sample.Normalized;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** From the bytes of a LoRaWAN uplink to an encoded record, by a script. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class ScriptBenchmark {
  private static final byte[] LHT65 = HexFormat.of().parseHex("CBF60B0D0376010ADD7FFF");
  private static final byte[] AM319 =
      HexFormat.of()
          .parseHex(
              "0367EE0004687C05000106CB02077DA803087D250009736627" + "0A7D04000B7D20000C7D3000");

  private final Normalizer normalizer =
      new Normalizer(
          "edge-01", Profiles.load(List.of(Messages.profiles().resolve("lorawan"))).profiles());

  private Normalized read(String profile, byte[] payload, int port) throws PayloadException {
    Device device =
        new Device(
            new DeviceId("a84041ffff000001"),
            profile,
            "farm",
            "north",
            null,
            null,
            true,
            true,
            false);
    return normalizer.normalize(
        device,
        device,
        MessageClass.TELEMETRY,
        ContentType.UNSPECIFIED,
        "mqtt",
        "telemetry",
        payload,
        port,
        Messages.NOW);
  }

  @Benchmark
  public Normalized draginoLht65() throws PayloadException {
    return read("dragino-lht65", LHT65, 2);
  }

  /** Ten values, each by its channel and type. */
  @Benchmark
  public Normalized milesightAm319() throws PayloadException {
    return read("milesight-am319", AM319, 85);
  }
}
