package io.sluice.engine.deadletter;

import io.sluice.api.ContentType;
import io.sluice.api.Lane;
import io.sluice.api.RejectReason;
import io.sluice.engine.forward.DeadLetterSink;
import io.sluice.engine.forward.SetAsideRecord;
import io.sluice.engine.record.CorruptRecordException;
import io.sluice.engine.record.EncodedRecord;
import io.sluice.engine.record.RecordWriter;
import io.sluice.spool.Spool;
import io.sluice.spool.SpoolBatch;
import io.sluice.spool.SpoolEntry;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Keeps what an upstream will never take in the dead-letter log, so that it can be sent again.
 * Thread-safe.
 */
public final class RefusedRecords implements DeadLetterSink {
  private static final long KEEP_TIMEOUT_SECONDS = 5;

  private final Spool spool;

  public RefusedRecords(Spool spool) {
    this.spool = spool;
  }

  @Override
  public void save(String upstream, SpoolBatch batch, int index, String cause)
      throws IOException, InterruptedException {
    Kept entry = new Kept(batch.receivedMicros(index), body(upstream, batch, index, cause));
    if (!spool.appendDeadLetter(entry)) {
      throw new IOException("the dead-letter log takes no more now");
    }
    try {
      entry.verdict.get(KEEP_TIMEOUT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("the dead-letter log did not take the record: " + e.getMessage(), e);
    }
  }

  private byte[] body(String upstream, SpoolBatch batch, int index, String cause) {
    String detail = "upstream " + upstream + ": " + cause;
    byte[] bytes = batch.bytes();
    int offset = batch.offset(index);
    int length = batch.length(index);
    try {
      EncodedRecord view = new EncodedRecord();
      long sequence = batch.sequence(index);
      String epoch = spool.epoch(batch.lane(), sequence);
      view.wrap(bytes, offset, length, batch.lane(), sequence, epoch, batch.terms());
      byte[] body = RecordWriter.alone(view); // a letter outlives what the segment defines
      long received = batch.receivedMicros(index);
      return DeadLetterFormat.encode(
          detail,
          new SetAsideRecord(upstream, batch.lane(), sequence, epoch, received, body),
          view);
    } catch (CorruptRecordException e) {
      return DeadLetterFormat.encode(
          RejectReason.UPSTREAM_REFUSED,
          detail,
          "",
          "",
          "",
          ContentType.BYTES,
          Arrays.copyOfRange(bytes, offset, offset + length));
    }
  }

  /** A record on its way to the dead-letter log. */
  private record Kept(long receivedMicros, byte[] body, CompletableFuture<Long> verdict)
      implements SpoolEntry {
    Kept(long receivedMicros, byte[] body) {
      this(receivedMicros, body, new CompletableFuture<>());
    }

    @Override
    public Lane lane() {
      return Lane.EVENT;
    }

    @Override
    public void stored(long sequence) {
      verdict.complete(sequence);
    }

    @Override
    public void failed(String cause) {
      verdict.completeExceptionally(new IOException(cause));
    }
  }
}
