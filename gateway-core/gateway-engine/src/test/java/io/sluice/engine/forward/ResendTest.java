package io.sluice.engine.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import io.sluice.api.Lane;
import io.sluice.api.MessageClass;
import io.sluice.api.Quality;
import io.sluice.api.RejectReason;
import io.sluice.api.TimeSource;
import io.sluice.api.adapter.Uplink;
import io.sluice.api.config.Bytes;
import io.sluice.api.operator.DeadLetterRetryService.Retry;
import io.sluice.api.operator.DeadLetterRetryService.State;
import io.sluice.api.operator.DeadLetters.DeadLetter;
import io.sluice.api.upstream.ForwardSettings;
import io.sluice.engine.deadletter.DeadLetterRetries;
import io.sluice.engine.deadletter.RefusedRecords;
import io.sluice.engine.deadletter.SpooledDeadLetters;
import io.sluice.engine.dialect.ShippedDialects;
import io.sluice.engine.forward.FarEnd.Answer;
import io.sluice.engine.ingest.IngestPipeline;
import io.sluice.engine.ingest.TrafficMeter;
import io.sluice.engine.ingest.Vocabulary;
import io.sluice.engine.limits.DeviceLimits;
import io.sluice.engine.limits.LimitSettings;
import io.sluice.engine.normalize.Normalizer;
import io.sluice.engine.normalize.profile.Profiles;
import io.sluice.engine.record.RecordFormat;
import io.sluice.engine.record.RecordWriter;
import io.sluice.spool.ReaderStats;
import io.sluice.spool.SpoolEntry;
import io.sluice.spool.SpoolSettings;
import io.sluice.spool.SpoolSettings.Policy;
import io.sluice.spool.writer.SegmentedSpool;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an upstream refused, is mended there, and is sent once more. */
@Timeout(60)
@Tag("slow")
class ResendTest {
  private static final ForwardLimits LIMITS =
      new ForwardLimits(4, 1 << 20, 1, 30_000, 2_000, 1, 8, 2_000);

  private static final IngestPipeline.Observer NO_OBSERVER =
      new IngestPipeline.Observer() {
        @Override
        public void stored(DeviceId id, Uplink uplink) {}

        @Override
        public void refused(Uplink uplink, RejectReason reason, String detail) {}
      };

  @TempDir private Path directory;

  private final FarEnd farEnd = new FarEnd();
  private SegmentedSpool spool;
  private Forwarder forwarder;
  private DeadLetterRetries retries;

  @BeforeEach
  void start() throws IOException {
    spool =
        SegmentedSpool.open(
            new SpoolSettings(
                new Bytes(64 << 20),
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
            directory.resolve("spool"),
            Clock.systemUTC());
    Normalizer normalizer = new Normalizer("edge-01", Profiles.NONE);
    IngestPipeline pipeline = pipeline(normalizer);
    retries =
        DeadLetterRetries.open(
            directory.resolve("retried-letters"),
            normalizer,
            Profiles.NONE,
            pipeline,
            spool,
            record -> record.upstream().equals("far") ? forwarder.resend(record) : null);
    forwarder =
        new Forwarder(
            new Forwarder.Target(
                "far",
                "test",
                farEnd,
                RecordBatch.encoder(spool::epoch, new ForwardSettings("json", 50, 500))),
            spool.reader("far"),
            new ForwardSettings("json", 50, 500),
            LIMITS,
            new RefusedRecords(spool),
            Forwarder.Timing.by(InstantSource.system()));
    forwarder.start();
  }

  @AfterEach
  void stop() throws IOException {
    forwarder.close();
    retries.close();
    spool.close();
  }

  @Test
  void aRefusedAlarmArrivesByItsOwnIdOnceItIsMendedThere() {
    farEnd.script = sent -> sent.device().equals("d3") ? Answer.REFUSE : Answer.CONFIRM;
    String id = append(MessageClass.ALARM, "d3");
    append(MessageClass.TELEMETRY, "d4");
    DeadLetter letter = awaitLetter();
    assertThat(new String(letter.payload(), StandardCharsets.UTF_8)).contains('"' + id + '"');
    assertThat(letter.device()).isEqualTo("d3");

    Retry shown = retries.retry(letter, "", false);
    assertThat(shown.ok()).isTrue();
    assertThat(shown.records().getFirst()).contains('"' + id + '"');
    assertThat(farEnd.delivered).doesNotContain(id);

    Retry early = retries.retry(letter, "", true);
    assertThat(early.problem()).isEqualTo("upstream far: refused again: never");
    assertThat(retries.state(letter.sequence())).isEqualTo(State.REFUSED);
    assertThat(spool.deadLetterCount()).isEqualTo(1);

    farEnd.script = sent -> Answer.CONFIRM;
    Retry mended = retries.retry(letter, "", true);
    assertThat(mended.problem()).isNull();
    assertThat(mended.accepted()).isTrue();
    assertThat(farEnd.delivered).contains(id);
    assertThat(retries.state(letter.sequence())).isEqualTo(State.RETRIED);
    assertThat(retries.retry(letter, "", true).problem()).contains("retried already");
    assertThat(farEnd.delivered).containsOnlyOnce(id);
    await().until(() -> spool.ledger().stream().allMatch(line -> line.queued() == 0));
    assertThat(spool.ledger()).allMatch(ReaderStats::balances);
  }

  @Test
  void aLineThatIsDownOrEndsAtTheRecordSaysSoAndTheLetterStays() throws IOException {
    farEnd.script = sent -> Answer.REFUSE;
    String id = append(MessageClass.ALARM, "d3");
    DeadLetter letter = awaitLetter();

    farEnd.script = sent -> Answer.CLOSE;
    assertThat(retries.retry(letter, "", true).problem())
        .isEqualTo("upstream far: closed by the far end");
    farEnd.script = sent -> Answer.NO_DESTINATION;
    await()
        .untilAsserted(() ->
            assertThat(retries.retry(letter, "", true).problem())
                .isEqualTo("upstream far: d3 is not there"));
    farEnd.script = sent -> Answer.CONFIRM;
    forwarder.pause();
    await().until(() -> forwarder.view().state().equals("paused"));
    assertThat(retries.retry(letter, "", true).problem()).isEqualTo("upstream far: it is paused");
    forwarder.resume();
    await().until(() -> retries.retry(letter, "", true).ok());
    assertThat(farEnd.delivered).containsExactly(id);
  }

  @Test
  void aRecordOfAnUpstreamThatIsGoneStays() throws IOException {
    farEnd.script = sent -> Answer.REFUSE;
    append(MessageClass.ALARM, "d3");
    DeadLetter letter = awaitLetter();
    retries.close();
    Normalizer normalizer = new Normalizer("edge-01", Profiles.NONE);
    retries =
        DeadLetterRetries.open(
            directory.resolve("retried-letters"),
            normalizer,
            Profiles.NONE,
            pipeline(normalizer),
            spool,
            record -> null);
    assertThat(retries.retry(letter, "", true).problem())
        .isEqualTo("upstream far: is not configured any more");
  }

  @Test
  void aLetterOfAnEarlierVersionIsShownAndSaysThatItCannotBeSent() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(1);
      for (String text :
          List.of(
              RejectReason.UPSTREAM_REFUSED.name(),
              "upstream far: never",
              "d3",
              "mqtt",
              "telemetry",
              ContentType.JSON.name())) {
        out.writeUTF(text);
      }
      out.write("{\"id\":\"edge-01-old-a1\"}".getBytes(StandardCharsets.UTF_8));
    }
    assertThat(spool.appendDeadLetter(new Entry(MessageClass.ALARM, bytes.toByteArray()))).isTrue();
    DeadLetter letter = awaitLetter();
    assertThat(new String(letter.payload(), StandardCharsets.UTF_8)).contains("edge-01-old-a1");
    assertThat(retries.retry(letter, "", false).problem()).contains("an earlier version");
    assertThat(retries.retry(letter, "", true).problem()).contains("cannot be sent again");
    assertThat(farEnd.sent).hasValue(0);
  }

  private IngestPipeline pipeline(Normalizer normalizer) {
    return new IngestPipeline(
        id -> null,
        new Vocabulary(ShippedDialects.usual(), Profiles.NONE),
        normalizer,
        spool,
        new TrafficMeter(),
        new DeviceLimits(LimitSettings.DEFAULTS, System::nanoTime),
        NO_OBSERVER);
  }

  private DeadLetter awaitLetter() {
    SpooledDeadLetters letters = new SpooledDeadLetters(spool);
    await().until(() -> letters.count() == 1);
    return letters.list(null, 1).getFirst();
  }

  /** Returns the id under which the record is forwarded. */
  private String append(MessageClass of, String device) {
    long now = System.currentTimeMillis() * 1_000;
    byte[] body =
        new RecordWriter(spool.dictionary())
            .begin(of, now, TimeSource.SERVER, now, false)
            .identity(device, "factory", "plant-a", "cnc", "edge-01", "mqtt", "telemetry;json")
            .measurement("load", "%", Quality.GOOD, null, RecordFormat.NO_TIME)
            .value(42L)
            .finish();
    Entry entry = new Entry(of, body);
    assertThat(spool.append(entry)).isTrue();
    long sequence = entry.sequence.join();
    String letter = of.lane().jsonName().substring(0, 1);
    return "edge-01-" + spool.epoch(of.lane(), sequence) + '-' + letter + sequence;
  }

  private record Entry(MessageClass of, byte[] body, CompletableFuture<Long> sequence)
      implements SpoolEntry {
    Entry(MessageClass of, byte[] body) {
      this(of, body, new CompletableFuture<>());
    }

    @Override
    public Lane lane() {
      return of.lane();
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
