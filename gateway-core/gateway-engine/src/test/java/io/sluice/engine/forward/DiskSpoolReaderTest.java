package io.sluice.engine.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.Lane;
import io.sluice.api.config.Bytes;
import io.sluice.spool.ReaderStats;
import io.sluice.spool.SpoolEntry;
import io.sluice.spool.SpoolReader;
import io.sluice.spool.SpoolSettings;
import io.sluice.spool.SpoolSettings.Policy;
import io.sluice.spool.writer.SegmentedSpool;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class DiskSpoolReaderTest extends SpoolReaderContract {
  @TempDir Path directory;

  private SegmentedSpool spool;

  private record Entry(
      Lane lane, long receivedMicros, byte[] body, CompletableFuture<Long> sequence)
      implements SpoolEntry {
    @Override
    public void stored(long stored) {
      sequence.complete(stored);
    }

    @Override
    public void failed(String cause) {
      sequence.completeExceptionally(new IOException(cause));
    }
  }

  @BeforeEach
  void open() throws IOException {
    SpoolSettings settings =
        new SpoolSettings(
            new Bytes(512 << 20),
            new Bytes(64 << 10),
            10,
            20,
            Policy.REFUSE,
            Policy.REFUSE,
            Policy.REFUSE,
            null,
            new Bytes(1 << 20),
            new Bytes(32 << 20),
            null);
    spool = SegmentedSpool.open(settings, directory, Clock.systemUTC());
  }

  /** Whatever a test does, no record is lost count of. */
  @AfterEach
  void close() {
    assertThat(spool.ledger()).allMatch(ReaderStats::balances);
    spool.close();
  }

  @Override
  void append(Lane lane, long receivedMicros, byte[] body) throws Exception {
    Entry entry = new Entry(lane, receivedMicros, body, new CompletableFuture<>());
    assertThat(spool.append(entry)).isTrue();
    entry.sequence.get(30, TimeUnit.SECONDS);
  }

  @Override
  SpoolReader reader(String name) {
    return spool.reader(name);
  }
}
