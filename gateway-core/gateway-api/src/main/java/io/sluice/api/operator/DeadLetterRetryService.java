package io.sluice.api.operator;

import io.sluice.api.operator.DeadLetters.DeadLetter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Another try at what was refused, by a profile that reads it. Thread-safe; waits for the disk. */
public interface DeadLetterRetryService {
  /** What became of a dead letter. */
  enum State {
    /** Refused, and that is all. */
    REFUSED,
    /** Its record was stored, or the upstream that refused it has it. */
    RETRIED,
    /** The gateway stopped, or the disk failed, while its record was being stored. */
    UNSETTLED
  }

  State state(long sequence);

  /**
   * Decodes a letter by a profile, as if it arrived when it did; with {@code accept} the record is
   * stored, once: a letter that was retried is not taken again, whatever happened in between. What
   * an upstream refused is sent to that upstream again, by the same record id; the profile counts
   * for nothing then.
   */
  Retry retry(DeadLetter letter, String profile, boolean accept);

  /**
   * @param ok whether it could be decoded and, where asked for, stored
   * @param problem why not, with the remedy
   * @param records canonical JSON; before they are stored their sequence is 0
   */
  record Retry(boolean ok, @Nullable String problem, List<String> records, boolean accepted) {
    public static Retry failed(String problem) {
      return new Retry(false, problem, List.of(), false);
    }
  }
}
