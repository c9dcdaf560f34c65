package io.sluice.spool.writer;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.Lane;
import io.sluice.spool.ReaderStats;
import io.sluice.spool.Spool;
import io.sluice.spool.SpoolBatch;
import io.sluice.spool.SpoolBatch.Stream;
import io.sluice.spool.SpoolReader;
import io.sluice.spool.SpoolSettings.Policy;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Producers and readers at once, while the bound drops segments under them. */
class SpoolStressTest {
  private static final int PRODUCERS = 4;
  private static final int EACH = 4_000;
  private static final int BODY_BYTES = 1_000;

  @TempDir Path directory;

  @Test
  @Timeout(120)
  void theLedgerBalancesWhileProducersReadersAndTheBoundWorkAtOnce() throws Exception {
    AtomicBoolean isProduced = new AtomicBoolean();
    try (SegmentedSpool spool =
            SegmentedSpool.open(
                SegmentedSpoolTest.settings(Policy.DROP_OLDEST), directory, Clock.systemUTC());
        ExecutorService threads = Executors.newFixedThreadPool(PRODUCERS + 2)) {
      SpoolReader quick = spool.reader("quick");
      SpoolReader slow = spool.reader("slow");
      Future<Long> quickCount = threads.submit(() -> consume(quick, 500, isProduced));
      Future<Long> slowCount = threads.submit(() -> consume(slow, 1, isProduced));
      var producers =
          IntStream.range(0, PRODUCERS)
              .mapToObj(n -> threads.submit(producer(spool, (long) n * EACH)))
              .toList();
      for (Future<?> producer : producers) {
        producer.get();
      }
      isProduced.set(true);
      Map<String, Long> delivered = Map.of("quick", quickCount.get(), "slow", slowCount.get());
      for (ReaderStats line : spool.ledger()) {
        assertThat(line.balances()).as("%s", line).isTrue();
        if (line.lane() == Lane.TELEMETRY) {
          assertThat(line.accepted()).isEqualTo(PRODUCERS * EACH);
          assertThat(line.queued()).isZero();
          assertThat(line.dropped()).doesNotContainKey("damaged");
          // What was dropped while its batch was under way counts as dropped.
          assertThat(line.delivered()).isLessThanOrEqualTo(delivered.get(line.reader()));
        }
      }
      assertThat(spool.fault()).isNull();
    }
  }

  private static Callable<Void> producer(Spool spool, long from) {
    return () -> {
      Appends last = null;
      for (long n = from; n < from + EACH; n++) {
        last = Appends.of(Lane.TELEMETRY, n, BODY_BYTES);
        while (!spool.append(last)) {
          Thread.onSpinWait();
        }
      }
      if (last != null) {
        last.verdict().get(45, TimeUnit.SECONDS);
      }
      return null;
    };
  }

  /** Reads until all is produced and read; sequences must only rise. */
  private static long consume(SpoolReader reader, int maxRecords, AtomicBoolean isProduced)
      throws IOException, InterruptedException {
    long count = 0;
    long before = 0;
    while (true) {
      boolean isLast = isProduced.get();
      SpoolBatch batch = reader.read(Lane.TELEMETRY, Stream.LIVE, maxRecords, 100_000);
      if (batch != null) {
        for (int i = 0; i < batch.count(); i++) {
          assertThat(batch.sequence(i)).isGreaterThan(before);
          before = batch.sequence(i);
        }
        count += batch.count();
        reader.commit(batch, batch.count(), Map.of());
      } else if (isLast) {
        return count;
      } else {
        reader.awaitReadable(20);
      }
    }
  }
}
