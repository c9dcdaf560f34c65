package io.sluice.engine.deadletter;

import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.Lane;
import io.sluice.api.MessageClass;
import io.sluice.api.RejectReason;
import io.sluice.api.adapter.Receipt;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.dialect.Part;
import io.sluice.api.dialect.Unpacker;
import io.sluice.api.operator.DeadLetterRetryService;
import io.sluice.api.operator.DeadLetters.DeadLetter;
import io.sluice.engine.dialect.RoutedTopic;
import io.sluice.engine.forward.SetAsideRecord;
import io.sluice.engine.normalize.Normalizer;
import io.sluice.engine.normalize.profile.Profiles;
import io.sluice.engine.normalize.sample.Normalized;
import io.sluice.engine.record.StoredJson;
import io.sluice.spool.Spool;
import io.sluice.spool.Terms;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes dead letters in again, by the ordinary way: pipeline, spool, receipt. What is begun is
 * marked on disk first, so that a letter is stored at most once, also across kill -9; one that was
 * under way then is unsettled and not tried again. One at a time.
 *
 * <p>What an upstream refused is stored already: it is sent to that upstream again, with the id
 * that it had, and marked once it is there.
 */
public final class DeadLetterRetries implements DeadLetterRetryService, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DeadLetterRetries.class);
  private static final long STORE_TIMEOUT_SECONDS = 10;
  private static final long SEND_TIMEOUT_SECONDS = 10;

  /** Sends a refused record to its upstream once more. */
  @FunctionalInterface
  public interface Resender {
    /**
     * @return empty once the upstream has the record, else why it was not taken; null where no
     *     upstream of that name is configured. Who waits no longer completes it
     */
    @Nullable CompletableFuture<Optional<String>> resend(SetAsideRecord record);
  }

  private final Normalizer normalizer;
  private volatile Profiles profiles;
  private final Readmission ingest;
  private final Spool spool;
  private final Resender resender;
  private final RetriedLetters marks;

  private DeadLetterRetries(
      Normalizer normalizer,
      Profiles profiles,
      Readmission ingest,
      Spool spool,
      Resender resender,
      RetriedLetters marks) {
    this.normalizer = normalizer;
    this.profiles = profiles;
    this.ingest = ingest;
    this.spool = spool;
    this.resender = resender;
    this.marks = marks;
  }

  /**
   * @param file where the marks are kept
   * @param ingest where a letter goes that can be decoded now
   * @throws IOException where it cannot be read or written
   */
  public static DeadLetterRetries open(
      Path file,
      Normalizer normalizer,
      Profiles profiles,
      Readmission ingest,
      Spool spool,
      Resender resender)
      throws IOException {
    RetriedLetters marks = RetriedLetters.open(file, spool.epoch(), oldestKept(spool));
    return new DeadLetterRetries(normalizer, profiles, ingest, spool, resender, marks);
  }

  /** Has these take the place of the profiles. Any thread. */
  public void use(Profiles others) {
    profiles = others;
  }

  private static long oldestKept(Spool spool) {
    List<Spool.StoredEntry> newest = spool.deadLetters(null, 1);
    return newest.isEmpty() ? 0 : newest.getFirst().sequence() - spool.deadLetterCount() + 1;
  }

  @Override
  public synchronized State state(long sequence) {
    return marks.state(sequence);
  }

  @Override
  public synchronized Retry retry(DeadLetter letter, String profile, boolean accept) {
    if (letter.reason() == RejectReason.UPSTREAM_REFUSED) {
      return resend(letter, accept);
    }
    String problem = problem(letter, profile, accept);
    if (problem != null) {
      return Retry.failed(problem);
    }
    Device device = ingest.find(letter.device());
    if (device == null || device.retired()) {
      return Retry.failed("device \"" + letter.device() + "\" is not registered; add it first");
    }
    RoutedTopic route = ingest.routeOf(device, letter.topic());
    Part part;
    try {
      part = part(letter, device, route);
    } catch (PayloadException e) {
      return Retry.failed(String.valueOf(e.getMessage()));
    }
    Device subject =
        part == null || route == null
            ? ingest.subjectOf(device, letter.topic())
            : ingest.subjectOf(device, route, part);
    if (letter.reason() == RejectReason.UNKNOWN_CHILD && subject == null) {
      return Retry.failed(
          "the child that the topic names is not registered; add it with parent: " + device.id());
    }
    Device as = by(subject == null ? device : subject, profile);
    try {
      Normalized normalized = normalize(letter, as, part);
      return accept ? store(letter, as, normalized) : shown(normalized, 0, false);
    } catch (PayloadException e) {
      return Retry.failed(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw new UncheckedIOException("the marks of retried dead letters cannot be written", e);
    }
  }

  private @Nullable String problem(DeadLetter letter, String profile, boolean accept) {
    if (profiles.find(profile) == null) {
      return "no profile \""
          + profile
          + "\"; there are "
          + profiles.ids().stream().sorted().toList();
    }
    if (!accept) {
      return null;
    }
    return switch (marks.state(letter.sequence())) {
      case REFUSED -> null;
      case RETRIED -> "the letter was retried already; its record is stored";
      case UNSETTLED ->
          "the gateway stopped while the letter was being stored, so that its record may be there;"
              + " look for it, and send it anew where it is not";
    };
  }

  private Retry resend(DeadLetter letter, boolean accept) {
    SetAsideRecord record = record(letter.sequence());
    if (record == null) {
      return Retry.failed(
          "the letter does not keep the record as it was stored (an earlier version wrote it, or the"
              + " record cannot be read), so that it cannot be sent again");
    }
    if (accept && marks.state(letter.sequence()) == State.RETRIED) {
      return Retry.failed("the letter was retried already; the upstream has its record");
    }
    if (accept) {
      String problem = send(record);
      if (problem != null) {
        return Retry.failed("upstream " + record.upstream() + ": " + problem);
      }
      markSent(letter, record.upstream());
    }
    String json =
        StoredJson.of(record.body(), record.lane(), record.sequence(), record.epoch(), Terms.NONE);
    return new Retry(true, null, List.of(json), accept);
  }

  private @Nullable SetAsideRecord record(long sequence) {
    List<Spool.StoredEntry> found = spool.deadLetters(sequence + 1, 1);
    return found.isEmpty() || found.getFirst().sequence() != sequence
        ? null
        : DeadLetterFormat.record(found.getFirst());
  }

  private @Nullable String send(SetAsideRecord record) {
    CompletableFuture<Optional<String>> outcome = resender.resend(record);
    if (outcome == null) {
      return "is not configured any more";
    }
    String late = "no answer yet; the record may have arrived, and can be retried by the same id";
    try {
      return outcome.get(SEND_TIMEOUT_SECONDS, TimeUnit.SECONDS).orElse(null);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (TimeoutException e) {
      LOG.warn("upstream {}: no answer to a record sent again", record.upstream());
    } catch (ExecutionException e) {
      return String.valueOf(e.getCause());
    }
    outcome.complete(Optional.of(late));
    return late;
  }

  /** One that was sent again and is not marked may be sent once more, by the same id: no harm. */
  private void markSent(DeadLetter letter, String upstream) {
    LOG.info("dead letter {} was sent to upstream {} again", letter.sequence(), upstream);
    try {
      marks.begin(letter.sequence(), oldestKept(spool));
      marks.done(letter.sequence());
    } catch (IOException e) {
      throw new UncheckedIOException("the marks of retried dead letters cannot be written", e);
    }
  }

  private static Device by(Device device, String profile) {
    return new Device(
        device.id(),
        profile,
        device.sector(),
        device.site(),
        device.interval(),
        device.parent(),
        device.planned(),
        device.commissioned(),
        device.retired(),
        device.timezone());
  }

  /** What a letter is that a dialect takes apart; null of any other. */
  private static @Nullable Part part(DeadLetter letter, Device device, @Nullable RoutedTopic route)
      throws PayloadException {
    Unpacker unpacker = route == null ? null : route.unpacker();
    if (unpacker == null) {
      return null;
    }
    DeviceId parent = device.parent();
    List<Part> parts =
        unpacker.unpack(
            parent == null ? device.id() : parent,
            letter.topic(),
            letter.payload(),
            letter.receivedMicros());
    if (parts.size() == 1) {
      return parts.getFirst();
    }
    throw new PayloadException(
        parts.isEmpty()
            ? "nothing of such a message is kept any more"
            : "the letter is of several devices; have the device send it again");
  }

  private Normalized normalize(DeadLetter letter, Device device, @Nullable Part part)
      throws PayloadException {
    RoutedTopic route = ingest.routeOf(device, letter.topic());
    if (part != null && route != null) {
      MessageClass own = part.messageClass();
      return normalizer.normalize(
          null,
          device,
          own == null ? route.messageClass() : own,
          part,
          letter.protocol(),
          letter.topic(),
          letter.receivedMicros());
    }
    return normalizer.normalize(
        device,
        route == null ? MessageClass.TELEMETRY : route.messageClass(),
        route == null ? letter.contentType() : route.contentType(letter.contentType()),
        letter.protocol(),
        letter.topic(),
        letter.payload(),
        letter.receivedMicros());
  }

  private Retry store(DeadLetter letter, Device device, Normalized normalized) throws IOException {
    marks.begin(letter.sequence(), oldestKept(spool));
    CompletableFuture<Receipt> verdict = new CompletableFuture<>();
    ingest.readmit(
        new RetriedUplink(letter, device.id(), System.nanoTime(), verdict), device, normalized);
    Receipt receipt = await(verdict);
    if (receipt instanceof Receipt.Stored stored) {
      LOG.info("dead letter {} of {} was retried", letter.sequence(), device.id());
      marks.done(letter.sequence());
      return shown(normalized, stored.sequence(), true);
    }
    if (receipt == null) {
      return Retry.failed(
          "the spool gave no answer; the letter is unsettled until it is looked for");
    }
    marks.free(letter.sequence());
    return Retry.failed("the spool takes no more now; try again later");
  }

  private static @Nullable Receipt await(CompletableFuture<Receipt> verdict) {
    try {
      return verdict.get(STORE_TIMEOUT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("a retried dead letter got no receipt: {}", e.toString());
      return null;
    }
  }

  private Retry shown(Normalized normalized, long sequence, boolean accepted) {
    Lane lane = normalized.messageClass().lane();
    String json =
        StoredJson.of(
            normalized.body(), lane, sequence, spool.epoch(lane, sequence), spool.terms());
    return new Retry(true, null, List.of(json), accepted);
  }

  @Override
  public synchronized void close() throws IOException {
    marks.close();
  }
}
