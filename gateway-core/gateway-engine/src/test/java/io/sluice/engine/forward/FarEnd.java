package io.sluice.engine.forward;

import io.sluice.api.upstream.Delivery;
import io.sluice.api.upstream.OutboundBatch;
import io.sluice.api.upstream.RecordVerdicts;
import io.sluice.api.upstream.Upstream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A far end that answers record by record in the order in which they come, as a broker does, and
 * does with each what the test says.
 */
final class FarEnd implements Upstream {
  /** What becomes of a record. */
  enum Answer {
    CONFIRM,
    REFUSE,
    FAIL,
    NO_DESTINATION,
    /** Ends the connection; this record and those behind it are not answered. */
    CLOSE,
    /** Is never answered; those behind it are. The connection ends soon after. */
    SILENT
  }

  /** A record on its way. */
  record Sent(String id, String device) {}

  final List<String> delivered = new CopyOnWriteArrayList<>();
  final AtomicInteger sent = new AtomicInteger();
  final AtomicInteger opened = new AtomicInteger();
  volatile Function<Sent, Answer> script = sent -> Answer.CONFIRM;

  private final List<Runnable> unanswered = new ArrayList<>();
  private volatile @Nullable String ended;
  private boolean isSuspectNamed;

  @Override
  public void open() throws IOException {
    opened.incrementAndGet();
    ended = null;
    isSuspectNamed = false;
  }

  @Override
  public CompletableFuture<Delivery> send(OutboundBatch batch) {
    if (ended != null) {
      return CompletableFuture.completedFuture(new Delivery.Retry(0, ended));
    }
    sent.addAndGet(batch.count());
    RecordVerdicts verdicts = new RecordVerdicts(batch.count());
    int silent = -1;
    for (int i = 0; i < batch.count(); i++) {
      Sent record = new Sent(batch.id(i), batch.device(i));
      switch (script.apply(record)) {
        case CONFIRM -> {
          delivered.add(record.id());
          verdicts.confirm(i);
        }
        case REFUSE -> verdicts.refuse(i, "never");
        case FAIL -> verdicts.fail(i, "not now");
        case NO_DESTINATION -> verdicts.missDestination(i, record.device() + " is not there");
        case CLOSE -> {
          ended = "closed by the far end";
          suspect(verdicts, i);
          return CompletableFuture.completedFuture(new Delivery.Parted(verdicts, ended));
        }
        case SILENT -> silent = silent < 0 ? i : silent;
      }
    }
    if (silent < 0) {
      return CompletableFuture.completedFuture(new Delivery.Parted(verdicts, null));
    }
    CompletableFuture<Delivery> verdict = new CompletableFuture<>();
    ended = "a record is not acknowledged, and later ones are";
    int index = silent;
    unanswered.add(() -> {
      suspect(verdicts, index);
      verdict.complete(new Delivery.Parted(verdicts, ended));
    });
    return verdict;
  }

  private void suspect(RecordVerdicts verdicts, int index) {
    if (!isSuspectNamed) {
      isSuspectNamed = true;
      verdicts.suspect(index);
    }
  }

  @Override
  public @Nullable String ended() {
    return ended;
  }

  @Override
  public void close() {
    unanswered.forEach(Runnable::run);
    unanswered.clear();
  }
}
