package io.sluice.engine.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.api.Lane;
import io.sluice.api.MessageClass;
import io.sluice.api.Quality;
import io.sluice.api.TimeSource;
import io.sluice.api.config.Bytes;
import io.sluice.api.upstream.Delivery;
import io.sluice.api.upstream.ForwardSettings;
import io.sluice.api.upstream.OutboundBatch;
import io.sluice.api.upstream.Upstream;
import io.sluice.engine.record.RecordFormat;
import io.sluice.engine.record.RecordWriter;
import io.sluice.spool.ReaderStats;
import io.sluice.spool.SpoolEntry;
import io.sluice.spool.SpoolSettings;
import io.sluice.spool.SpoolSettings.Policy;
import io.sluice.spool.writer.SegmentedSpool;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The Forwarder on the spool that it runs on. */
@Timeout(60)
@Tag("slow")
class ForwarderOnSpoolTest {
  private static final long PER_SECOND = 10_000;
  private static final long BACKLOG = 60_000;

  private static final ForwardLimits LIMITS =
      new ForwardLimits(4, 1 << 20, 2, 30_000, 2_000, 1, 4, 2_000);

  @TempDir private Path directory;

  @Test
  void everyRecordArrivesOverRestartsAndTheLedgerBalances() throws IOException {
    ScriptedUpstream upstream = new ScriptedUpstream();
    AtomicInteger sends = new AtomicInteger();
    List<String> setAside = new CopyOnWriteArrayList<>();
    upstream.script =
        ids ->
            switch (sends.incrementAndGet() % 5) {
              case 0 -> new Delivery.Retry(0, "lost");
              case 3 -> {
                setAside.add(ids.get(ids.size() / 2));
                yield new Delivery.Refused(ids.size() / 2, "never");
              }
              default -> new Delivery.Delivered();
            };
    List<MessageClass> classes = List.of(MessageClass.values());
    List<String> ids = new ArrayList<>();
    for (int run = 0; run < 4; run++) {
      try (SegmentedSpool spool = open()) {
        List<CompletableFuture<String>> stored = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
          stored.add(append(spool, classes.get(i % classes.size())));
        }
        stored.forEach(id -> ids.add(id.join()));
        Forwarder forwarder = start(spool, upstream, 100);
        int least = sends.get() + 8;
        await().until(() -> sends.get() >= least);
        forwarder.close();
      }
    }
    try (SegmentedSpool spool = open();
        Forwarder forwarder = start(spool, upstream, 100)) {
      await().until(() -> spool.ledger().stream().allMatch(line -> line.queued() == 0));
      assertThat(spool.ledger()).hasSize(Lane.values().length).allMatch(ReaderStats::balances);
      assertThat(spool.ledger().stream().mapToLong(ReaderStats::accepted).sum()).isEqualTo(4_000);
      assertThat(forwarder.view().backlogRecords()).isZero();
    }
    HashSet<String> seen = new HashSet<>(upstream.delivered);
    seen.addAll(setAside);
    assertThat(seen).containsExactlyInAnyOrderElementsOf(ids);
  }

  @Test
  void alarmsLetASecondsTelemetryPassAtMostWhileItSaturatesTheUpstream()
      throws IOException, InterruptedException {
    try (SegmentedSpool spool = open();
        SlowUpstream upstream = new SlowUpstream(PER_SECOND)) {
      long appended = fill(spool, upstream, 0);
      try (Forwarder forwarder = start(spool, upstream, 2_000)) {
        await().until(() -> forwarder.forwarded(Lane.TELEMETRY) > 5_000);
        Map<String, Long> accepted = new HashMap<>();
        Map<String, Long> appendedBefore = new HashMap<>();
        for (int i = 0; i < 60; i++) {
          appended = fill(spool, upstream, appended);
          String id = append(spool, MessageClass.ALARM).join();
          accepted.put(id, upstream.telemetry.get()); // from then on: a disk may stall before it
          appendedBefore.put(id, appended);
          // Not a wait for something to happen: it is the rate at which alarms come.
          TimeUnit.MILLISECONDS.sleep(30);
        }
        await().until(() -> upstream.passedBefore.keySet().containsAll(accepted.keySet()));
        assertThat(accepted.keySet())
            .filteredOn(id -> upstream.passedBefore.get(id) < appendedBefore.get(id))
            .as("those that had telemetry to pass")
            .hasSizeGreaterThan(30);
        // Counted in what went first: a busy machine makes both slower.
        accepted.forEach(
            (id, from) -> assertThat(upstream.passedBefore.get(id) - from).isLessThan(PER_SECOND));
      }
    }
  }

  /** Makes good what the far end has taken, so that it has telemetry however slow alarms come. */
  private static long fill(SegmentedSpool spool, SlowUpstream upstream, long appended) {
    long all = appended;
    while (all - upstream.telemetry.get() < BACKLOG) {
      var _ = append(spool, MessageClass.TELEMETRY);
      all++;
    }
    return all;
  }

  @Test
  void aPauseOutlivesRestartsAndSoDoesItsEnd() throws IOException {
    ScriptedUpstream upstream = new ScriptedUpstream();
    String id;
    try (SegmentedSpool spool = open();
        Forwarder forwarder = start(spool, upstream, 100)) {
      await().until(() -> forwarder.view().state().equals("connected"));
      forwarder.pause();
    }
    try (SegmentedSpool spool = open()) {
      assertThat(spool.renameReader("far", "hub")).isTrue();
      assertThat(spool.renameReader("hub", "far")).isTrue();
      try (Forwarder forwarder = start(spool, upstream, 100)) {
        await().until(() -> forwarder.view().state().equals("paused"));
        id = append(spool, MessageClass.ALARM).join();
        assertThat(forwarder.view().detail()).contains("sluice upstream resume far");
        assertThat(upstream.opened).hasValue(1);
        forwarder.resume();
        await().until(() -> upstream.delivered.contains(id));
      }
    }
    try (SegmentedSpool spool = open();
        Forwarder forwarder = start(spool, upstream, 100)) {
      await().until(() -> forwarder.view().state().equals("connected"));
      assertThat(upstream.delivered).containsExactly(id);
    }
  }

  /** Takes so many records a second, in the order in which they were sent. */
  private static final class SlowUpstream implements Upstream {
    /** Alarm → how much telemetry had arrived before it. */
    final Map<String, Long> passedBefore = new ConcurrentHashMap<>();

    final AtomicLong telemetry = new AtomicLong();
    private final ScheduledExecutorService farEnd = Executors.newSingleThreadScheduledExecutor();
    private final long recordsPerSecond;
    private long busyUntilNanos;

    SlowUpstream(long recordsPerSecond) {
      this.recordsPerSecond = recordsPerSecond;
    }

    @Override
    public void open() {
      busyUntilNanos = System.nanoTime();
    }

    @Override
    public CompletableFuture<Delivery> send(OutboundBatch batch) {
      List<String> alarms = new ArrayList<>();
      for (int i = 0; batch.lane() == Lane.ALARM && i < batch.count(); i++) {
        alarms.add(batch.id(i));
      }
      long now = System.nanoTime();
      long work = TimeUnit.SECONDS.toNanos(batch.count()) / recordsPerSecond;
      busyUntilNanos = Math.max(now, busyUntilNanos) + work;
      CompletableFuture<Delivery> verdict = new CompletableFuture<>();
      var _ =
          farEnd.schedule(
              () -> {
                alarms.forEach(id -> passedBefore.put(id, telemetry.get()));
                if (batch.lane() == Lane.TELEMETRY) {
                  telemetry.addAndGet(batch.count());
                }
                verdict.complete(new Delivery.Delivered());
              },
              busyUntilNanos - now,
              TimeUnit.NANOSECONDS);
      return verdict;
    }

    @Override
    public void close() {
      farEnd.shutdown();
    }
  }

  private SegmentedSpool open() throws IOException {
    return SegmentedSpool.open(
        new SpoolSettings(
            new Bytes(256 << 20),
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

  private static Forwarder start(SegmentedSpool spool, Upstream upstream, int batchRecords) {
    Forwarder forwarder =
        new Forwarder(
            new Forwarder.Target(
                "far",
                "test",
                upstream,
                RecordBatch.encoder(spool::epoch, new ForwardSettings("json", 50, 2_000))),
            spool.reader("far"),
            new ForwardSettings("json", 50, batchRecords),
            LIMITS,
            (name, batch, index, cause) -> {},
            Forwarder.Timing.by(java.time.InstantSource.system()));
    forwarder.start();
    return forwarder;
  }

  /** Completes with the id under which the record is forwarded. */
  private static CompletableFuture<String> append(SegmentedSpool spool, MessageClass of) {
    Entry entry = new Entry(spool, of, System.currentTimeMillis() * 1_000);
    if (!spool.append(entry)) {
      await().pollInterval(Duration.ofMillis(1)).until(() -> spool.append(entry));
    }
    return entry.id;
  }

  private static final class Entry implements SpoolEntry {
    final CompletableFuture<String> id = new CompletableFuture<>();
    private final SegmentedSpool spool;
    private final MessageClass messageClass;
    private final long receivedMicros;
    private final byte[] body;

    Entry(SegmentedSpool spool, MessageClass messageClass, long receivedMicros) {
      this.spool = spool;
      this.messageClass = messageClass;
      this.receivedMicros = receivedMicros;
      this.body =
          new RecordWriter(spool.dictionary())
              .begin(messageClass, receivedMicros, TimeSource.SERVER, receivedMicros, false)
              .identity("d", "factory", "plant-a", "cnc", "edge-01", "mqtt", "telemetry;json")
              .measurement("load", "%", Quality.GOOD, null, RecordFormat.NO_TIME)
              .value(42L)
              .finish();
    }

    @Override
    public Lane lane() {
      return messageClass.lane();
    }

    @Override
    public byte[] body() {
      return body;
    }

    @Override
    public long receivedMicros() {
      return receivedMicros;
    }

    @Override
    public void stored(long sequence) {
      String letter = messageClass.lane().jsonName().substring(0, 1);
      id.complete("edge-01-" + spool.epoch(lane(), sequence) + '-' + letter + sequence);
    }

    @Override
    public void failed(String cause) {
      id.completeExceptionally(new IOException(cause));
    }
  }
}
