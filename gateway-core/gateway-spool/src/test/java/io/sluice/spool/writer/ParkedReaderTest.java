package io.sluice.spool.writer;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.Lane;
import io.sluice.api.config.Bytes;
import io.sluice.spool.ReaderStats;
import io.sluice.spool.Spool;
import io.sluice.spool.SpoolBatch;
import io.sluice.spool.SpoolBatch.Stream;
import io.sluice.spool.SpoolEntry;
import io.sluice.spool.SpoolReader;
import io.sluice.spool.SpoolSettings;
import io.sluice.spool.SpoolSettings.Policy;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The place of an upstream that is taken out of the configuration for a while. */
@Timeout(60)
class ParkedReaderTest {
  @TempDir private Path directory;

  @Test
  void anUpstreamThatComesBackGetsWhatItHadNot() throws Exception {
    try (SegmentedSpool spool = open()) {
      var _ = spool.reader("cloud");
      append(spool, 100, 100);
    }
    try (SegmentedSpool spool = open()) {
      spool.retainReaders(List.of("archive"));
      assertThat(spool.parkedReaders()).containsExactly("cloud");
      takeAll(spool.reader("archive"));
      append(spool, 50, 100);
      assertThat(queued(spool, "cloud")).isEqualTo(150);
    }
    try (SegmentedSpool spool = open()) {
      SpoolReader back = spool.reader("cloud");
      spool.retainReaders(List.of("cloud", "archive"));
      assertThat(spool.parkedReaders()).isEmpty();
      assertThat(takeAll(back)).isEqualTo(150);
      assertThat(spool.ledger()).allMatch(ReaderStats::balances);
    }
  }

  @Test
  void aParkedPlaceHoldsNobodyUpAtTheBound() throws Exception {
    try (SegmentedSpool spool = open()) {
      var _ = spool.reader("cloud");
      append(spool, 10, 10_000);
    }
    try (SegmentedSpool spool = open()) {
      spool.retainReaders(List.of("archive"));
      SpoolReader archive = spool.reader("archive");
      for (int i = 0; i < 300; i++) {
        append(spool, 10, 10_000);
        takeAll(archive);
        spool.keep();
      }
      ReaderStats parked =
          spool.ledger().stream()
              .filter(line -> line.reader().equals("cloud") && line.lane() == Lane.TELEMETRY)
              .findFirst()
              .orElseThrow();
      assertThat(parked.accepted()).isEqualTo(3_010);
      assertThat(parked.dropped().get("overflow")).isPositive();
      assertThat(spool.ledger()).allMatch(ReaderStats::balances);
    }
  }

  @Test
  void aRenamedUpstreamGoesOnWhereItWas() throws Exception {
    try (SegmentedSpool spool = open()) {
      SpoolReader old = spool.reader("cloud");
      append(spool, 100, 100);
      assertThat(takeAll(old)).isEqualTo(100);
      append(spool, 7, 100);
    }
    try (SegmentedSpool spool = open()) {
      assertThat(spool.renameReader("cloud", "hub")).isTrue();
      assertThat(spool.renameReader("cloud", "hub")).isFalse();
      assertThat(takeAll(spool.reader("hub"))).isEqualTo(7);
      assertThat(spool.ledger()).noneMatch(line -> line.reader().equals("cloud"));
    }
    try (SegmentedSpool spool = open()) {
      assertThat(takeAll(spool.reader("hub"))).isZero();
    }
  }

  @Test
  void aParkedPlaceCanBeForgottenAndNoOther() throws Exception {
    try (SegmentedSpool spool = open()) {
      var _ = spool.reader("cloud");
      append(spool, 10, 100);
    }
    try (SegmentedSpool spool = open()) {
      var _ = spool.reader("archive");
      spool.retainReaders(List.of("archive"));
      assertThat(spool.forgetReader("archive")).isFalse();
      assertThat(spool.forgetReader("cloud")).isTrue();
      assertThat(spool.forgetReader("cloud")).isFalse();
    }
    try (SegmentedSpool spool = open()) {
      assertThat(spool.ledger()).noneMatch(line -> line.reader().equals("cloud"));
    }
  }

  private static long queued(Spool spool, String upstream) {
    return spool.ledger().stream()
        .filter(line -> line.reader().equals(upstream))
        .mapToLong(ReaderStats::queued)
        .sum();
  }

  private static int takeAll(SpoolReader reader) throws IOException {
    int count = 0;
    for (SpoolBatch batch = reader.read(Lane.TELEMETRY, Stream.LIVE, 1_000, 1 << 20);
        batch != null;
        batch = reader.read(Lane.TELEMETRY, Stream.LIVE, 1_000, 1 << 20)) {
      reader.commit(batch, batch.count(), Map.of());
      count += batch.count();
    }
    return count;
  }

  private SegmentedSpool open() throws IOException {
    return SegmentedSpool.open(
        new SpoolSettings(
            new Bytes(8 << 20),
            new Bytes(1 << 20),
            10,
            20,
            Policy.REFUSE,
            Policy.REFUSE,
            Policy.REFUSE,
            null,
            new Bytes(4 << 20),
            new Bytes(32 << 20),
            null),
        directory,
        Clock.systemUTC());
  }

  /** Together, so that a slow disk syncs them once. */
  private static void append(Spool spool, int count, int bytes) throws Exception {
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Entry entry = new Entry(new byte[bytes], new CompletableFuture<>());
      while (!spool.append(entry)) {
        java.util.concurrent.locks.LockSupport.parkNanos(1_000_000); // until there is room
      }
      entries.add(entry);
    }
    for (Entry entry : entries) {
      entry.sequence().get(45, TimeUnit.SECONDS);
    }
  }

  private record Entry(byte[] body, CompletableFuture<Long> sequence) implements SpoolEntry {
    @Override
    public Lane lane() {
      return Lane.TELEMETRY;
    }

    @Override
    public long receivedMicros() {
      return System.currentTimeMillis() * 1_000;
    }

    @Override
    public void stored(long stored) {
      sequence.complete(stored);
    }

    @Override
    public void failed(String cause) {
      sequence.completeExceptionally(new IOException(cause));
    }
  }
}
