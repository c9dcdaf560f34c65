package io.sluice.engine.normalize;

import io.sluice.api.ByteSink;
import io.sluice.api.ContentType;
import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.Lane;
import io.sluice.api.MessageClass;
import io.sluice.engine.record.RecordJson;
import io.sluice.engine.record.RecordView;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;

/**
 * What one message of 165 bytes and six fields costs: run {@code main} with the test class path.
 * Prints nanoseconds of CPU a message, the best of the rounds.
 */
final class NormalizerBenchmark {
  private static final int ROUNDS = 10;
  private static final int PER_ROUND = 400_000;

  /** The thread's own time: other work on the machine counts less. */
  private static final ThreadMXBean CPU = ManagementFactory.getThreadMXBean();

  private NormalizerBenchmark() {}

  public static void main(String[] args) throws Exception {
    byte[] json =
        ("{\"ts\":1767225599123,\"voltage\":230.12,\"current\":4.213,\"power\":968.7,"
                + "\"energy\":48213.551,\"powerFactor\":0.981,\"frequency\":49.98,"
                + "\"serial\":\"SN-0012345678\",\"seq\":1234567890}")
            .getBytes(StandardCharsets.UTF_8);
    System.out.println("payload: " + json.length + " bytes");
    Normalizer normalizer = new Normalizer("edge-01", Bench.shipped());
    Device device =
        new Device(
            new DeviceId("meter-0001"),
            "energy-meter",
            "factory",
            "plant-a",
            null,
            null,
            true,
            true,
            false);
    RecordView view = new RecordView();
    ByteSink sink = new ByteSink(4096);
    long check = 0;
    long bestDecode = Long.MAX_VALUE;
    long bestWrite = Long.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      byte[] body = new byte[0];
      long start = CPU.getCurrentThreadCpuTime();
      for (int i = 0; i < PER_ROUND; i++) {
        body =
            normalizer
                .normalize(
                    device,
                    MessageClass.TELEMETRY,
                    ContentType.UNSPECIFIED,
                    "mqtt",
                    "telemetry",
                    json,
                    Bench.NOW + i)
                .body();
        check += body.length;
      }
      long middle = CPU.getCurrentThreadCpuTime();
      for (int i = 0; i < PER_ROUND; i++) {
        sink.clear();
        RecordJson.write(view.wrap(body, 0, body.length, Lane.TELEMETRY, i, "k3x9"), sink);
        check += sink.length();
      }
      long end = CPU.getCurrentThreadCpuTime();
      bestDecode = Math.min(bestDecode, (middle - start) / PER_ROUND);
      bestWrite = Math.min(bestWrite, (end - middle) / PER_ROUND);
    }
    System.out.println("normalize: " + bestDecode + " ns, RecordJson: " + bestWrite + " ns");
    System.out.println("(" + check + ")");
  }
}
