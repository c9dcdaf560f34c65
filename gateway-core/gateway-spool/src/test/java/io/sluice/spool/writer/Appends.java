package io.sluice.spool.writer;

import io.sluice.api.Lane;
import io.sluice.spool.SpoolBatch;
import io.sluice.spool.SpoolEntry;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/** An entry whose body tells its number, and whose verdict can be waited for. */
record Appends(Lane lane, byte[] body, CompletableFuture<Long> verdict) implements SpoolEntry {
  static Appends of(Lane lane, long number, int length) {
    ByteBuffer body = ByteBuffer.allocate(Math.max(8, length)).putLong(number);
    for (int i = 8; i < length; i++) {
      body.put((byte) (number * 31 + i));
    }
    return new Appends(lane, body.array(), new CompletableFuture<>());
  }

  static long number(SpoolBatch batch, int index) {
    return ByteBuffer.wrap(batch.bytes()).getLong(batch.offset(index));
  }

  @Override
  public long receivedMicros() {
    return 1_000_000 + ByteBuffer.wrap(body).getLong(0);
  }

  @Override
  public void stored(long sequence) {
    verdict.complete(sequence);
  }

  @Override
  public void failed(String cause) {
    verdict.completeExceptionally(new IllegalStateException(cause));
  }
}
