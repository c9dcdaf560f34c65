package io.sluice.spool.writer;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.adapter.testkit.seeded.Campaign;
import io.sluice.api.Lane;
import io.sluice.api.config.Bytes;
import io.sluice.spool.SpoolEntry;
import io.sluice.spool.SpoolSettings;
import io.sluice.spool.SpoolSettings.Policy;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A start reads the last segment of each lane, and of the others their headers. */
@Tag(Campaign.TAG)
class SpoolRestartTest {
  private static final Logger LOG = LoggerFactory.getLogger(SpoolRestartTest.class);
  private static final long SHORT_BYTES = 12L << 20;
  private static final long LONG_BYTES = 1L << 30;
  private static final int BODY_BYTES = 4_000;

  @TempDir Path directory;

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

  private static SpoolSettings settings(long segmentBytes) {
    return new SpoolSettings(
        new Bytes(2L << 30),
        new Bytes(segmentBytes),
        10,
        20,
        Policy.REFUSE,
        Policy.REFUSE,
        Policy.REFUSE,
        null,
        new Bytes(256 << 20),
        new Bytes(32 << 20),
        null);
  }

  @Test
  void onlyTheLastSegmentsAreReadAtAStart() throws Exception {
    long segmentBytes = Campaign.isLong() ? 64 << 20 : 1 << 20;
    int records = (int) ((Campaign.isLong() ? LONG_BYTES : SHORT_BYTES) / BODY_BYTES);
    try (SegmentedSpool spool =
        SegmentedSpool.open(settings(segmentBytes), directory, Clock.systemUTC())) {
      spool.reader("a");
      fill(spool, records);
    }
    HookedFiles files = new HookedFiles();
    long started = System.nanoTime();
    try (SegmentedSpool spool =
        SegmentedSpool.open(settings(segmentBytes), directory, Clock.systemUTC(), files)) {
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started);
      long read = files.bytesRead();
      long bytes = spool.lanes().stream().mapToLong(lane -> lane.bytes()).sum();
      LOG.info("a spool of {} MB opens in {} ms, {} MB read", bytes >> 20, millis, read >> 20);
      assertThat(bytes).isGreaterThan((long) records * BODY_BYTES);
      assertThat(read).isLessThan(segmentBytes + (1 << 20));
      assertThat(spool.reader("a").queued(Lane.TELEMETRY)).isEqualTo(records);
    }
  }

  private static void fill(SegmentedSpool spool, int records) throws InterruptedException {
    CountDownLatch left = new CountDownLatch(records);
    Entry entry = new Entry(new byte[BODY_BYTES], left);
    for (int i = 0; i < records; i++) {
      while (!spool.append(entry)) {
        Thread.onSpinWait();
      }
    }
    left.await();
  }
}
