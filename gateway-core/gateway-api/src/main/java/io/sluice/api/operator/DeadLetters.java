package io.sluice.api.operator;

import io.sluice.api.ContentType;
import io.sluice.api.RejectReason;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What was refused and kept, bounded by bytes: the oldest goes first. Thread-safe; reads disk. */
public interface DeadLetters {
  long count();

  /**
   * Newest first.
   *
   * @param before sequence below which to begin, or null
   */
  List<DeadLetter> list(@Nullable Long before, int limit);

  @Nullable DeadLetter get(long sequence);

  record DeadLetter(
      long sequence,
      long receivedMicros,
      RejectReason reason,
      String detail,
      String device,
      String protocol,
      String topic,
      ContentType contentType,
      byte[] payload) {}
}
