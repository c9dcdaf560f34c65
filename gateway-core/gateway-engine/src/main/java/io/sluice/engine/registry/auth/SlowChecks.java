package io.sluice.engine.registry.auth;

import io.sluice.api.AddressKey;
import io.sluice.api.adapter.Admission;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/**
 * Checks that take milliseconds, on the threads of {@link PasswordHashExecutor}. A check that finds
 * no room is answered {@link Admission.Busy}. Thread-safe; never blocks.
 */
final class SlowChecks implements AutoCloseable {
  private static final int CHECK_MILLIS = 10;
  private static final long MIN_RETRY_MILLIS = 500;
  private static final long MAX_RETRY_MILLIS = 30_000;

  private final PasswordHashExecutor lanes;

  /**
   * @param limit most that may wait in the lane of the known, and in that of the trusted
   */
  SlowChecks(int threads, int limit) {
    this.lanes = new PasswordHashExecutor(threads, limit);
  }

  CompletionStage<Admission> run(
      PasswordHashExecutor.Standing standing, AddressKey from, Supplier<Admission> check) {
    CompletableFuture<Admission> verdict = new CompletableFuture<>();
    lanes.offer(
        standing,
        from,
        new FairLane.Work() {
          @Override
          public void run() {
            try {
              verdict.complete(check.get());
            } catch (RuntimeException | Error e) {
              verdict.completeExceptionally(e); // who waits must not wait for ever
            }
          }

          @Override
          public void givenUp() {
            verdict.complete(busy());
          }
        });
    return verdict;
  }

  private Admission busy() {
    long untilFree = (long) lanes.waiting() * CHECK_MILLIS / lanes.threadCount();
    long base = Math.clamp(untilFree, MIN_RETRY_MILLIS, MAX_RETRY_MILLIS);
    // spread, or all that were refused together come back together
    return new Admission.Busy(base + ThreadLocalRandom.current().nextLong(base));
  }

  @Override
  public void close() {
    lanes.close();
  }
}
