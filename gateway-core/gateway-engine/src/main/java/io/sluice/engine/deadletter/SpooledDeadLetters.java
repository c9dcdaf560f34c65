package io.sluice.engine.deadletter;

import io.sluice.api.operator.DeadLetters;
import io.sluice.spool.Spool;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The dead letters that the spool keeps. Thread-safe. */
public final class SpooledDeadLetters implements DeadLetters {
  private final Spool spool;

  public SpooledDeadLetters(Spool spool) {
    this.spool = spool;
  }

  @Override
  public long count() {
    return spool.deadLetterCount();
  }

  @Override
  public List<DeadLetter> list(@Nullable Long before, int limit) {
    return spool.deadLetters(before, limit).stream().map(DeadLetterFormat::decode).toList();
  }

  @Override
  public @Nullable DeadLetter get(long sequence) {
    return list(sequence + 1, 1).stream()
        .filter(letter -> letter.sequence() == sequence)
        .findFirst()
        .orElse(null);
  }
}
