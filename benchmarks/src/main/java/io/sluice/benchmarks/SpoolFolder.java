package io.sluice.benchmarks;

import io.sluice.api.Lane;
import io.sluice.api.config.Bytes;
import io.sluice.spool.SpoolEntry;
import io.sluice.spool.SpoolSettings;
import io.sluice.spool.SpoolSettings.Policy;
import io.sluice.spool.writer.SegmentedSpool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Comparator;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

/** A spool in a temporary folder that goes with it. The oldest telemetry goes first. */
final class SpoolFolder implements AutoCloseable {
  private static final SpoolSettings SETTINGS =
      new SpoolSettings(
          new Bytes(1L << 30),
          new Bytes(64 << 20),
          10,
          20,
          Policy.DROP_OLDEST,
          Policy.REFUSE,
          Policy.REFUSE,
          null,
          new Bytes(64 << 20),
          new Bytes(32 << 20),
          null);

  final SegmentedSpool spool;
  private final Path directory;

  SpoolFolder() throws IOException {
    directory = Files.createTempDirectory("benchmark-spool");
    spool = SegmentedSpool.open(SETTINGS, directory, Clock.systemUTC());
  }

  private record Entry(byte[] body, CountDownLatch left) implements SpoolEntry {
    @Override
    public Lane lane() {
      return Lane.TELEMETRY;
    }

    @Override
    public long receivedMicros() {
      return Messages.NOW;
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

  /** Appends that many and waits until all are on disk. */
  void append(byte[] body, int count) throws InterruptedException {
    CountDownLatch left = new CountDownLatch(count);
    for (int i = 0; i < count; i++) {
      Entry entry = new Entry(body, left);
      while (!spool.append(entry)) {
        Thread.onSpinWait();
      }
    }
    left.await();
  }

  @Override
  public void close() throws IOException {
    spool.close();
    try (Stream<Path> all = Files.walk(directory)) {
      all.sorted(Comparator.reverseOrder()).forEach(SpoolFolder::delete);
    }
  }

  private static void delete(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
