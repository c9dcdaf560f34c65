package io.sluice.spool.writer;

import io.sluice.api.Lane;
import io.sluice.api.config.Bytes;
import io.sluice.api.config.Secret;
import io.sluice.spool.Spool;
import io.sluice.spool.SpoolBatch;
import io.sluice.spool.SpoolBatch.Stream;
import io.sluice.spool.SpoolEncryption;
import io.sluice.spool.SpoolEntry;
import io.sluice.spool.SpoolReader;
import io.sluice.spool.SpoolSettings;
import io.sluice.spool.SpoolSettings.Policy;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/**
 * Records a second that two threads append, synced, and that one reader then reads. Arguments: an
 * empty directory, records in all.
 */
final class SpoolBenchmark {
  private static final int THREADS = 2;
  private static final int BODY_BYTES = 200;

  private SpoolBenchmark() {}

  private record Entry(byte[] body, CountDownLatch left) implements SpoolEntry {
    @Override
    public Lane lane() {
      return Lane.TELEMETRY;
    }

    @Override
    public long receivedMicros() {
      return 1;
    }

    @Override
    public void stored(long sequence) {
      left.countDown();
    }

    @Override
    public void failed(String cause) {
      throw new IllegalStateException(cause);
    }
  }

  public static void main(String[] arguments) throws Exception {
    int records = Integer.parseInt(arguments[1]) / THREADS * THREADS;
    SpoolSettings settings =
        new SpoolSettings(
            new Bytes(2L << 30),
            new Bytes(64 << 20),
            10,
            20,
            Policy.REFUSE,
            Policy.REFUSE,
            Policy.REFUSE,
            null,
            new Bytes(64 << 20),
            new Bytes(32 << 20),
            arguments.length > 2 ? new SpoolEncryption(new Secret(arguments[2])) : null);
    try (SegmentedSpool spool =
        SegmentedSpool.open(settings, Path.of(arguments[0]), Clock.systemUTC())) {
      SpoolReader reader = spool.reader("benchmark");
      for (int round = 0; round < 3; round++) {
        long start = System.nanoTime();
        append(spool, records);
        long middle = System.nanoTime();
        read(reader, records);
        long end = System.nanoTime();
        System.out.printf(
            "appended and synced %,.0f/s, read %,.0f/s%n",
            records * 1e9 / (middle - start), records * 1e9 / (end - middle));
      }
    }
  }

  private static void append(Spool spool, int records) throws InterruptedException {
    CountDownLatch left = new CountDownLatch(records);
    Entry entry = new Entry(new byte[BODY_BYTES], left);
    for (int thread = 0; thread < THREADS; thread++) {
      Thread.ofPlatform()
          .start(() -> {
            for (int i = 0; i < records / THREADS; i++) {
              while (!spool.append(entry)) {
                Thread.onSpinWait();
              }
            }
          });
    }
    left.await();
  }

  private static void read(SpoolReader reader, int records) throws Exception {
    int count = 0;
    while (count < records) {
      SpoolBatch batch = reader.read(Lane.TELEMETRY, Stream.LIVE, 1_000, 256 << 10);
      if (batch == null) {
        throw new IllegalStateException("records are missing");
      }
      count += batch.count();
      reader.commit(batch, batch.count(), Map.of());
    }
  }
}
