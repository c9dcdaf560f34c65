package io.sluice.api.adapter;

import io.sluice.api.Lane;
import io.sluice.api.Limit;
import io.sluice.api.RejectReason;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The verdict on an uplink. Given exactly once for each. */
public sealed interface Receipt {
  /**
   * The record is on disk; it may be acknowledged.
   *
   * @param notice one sentence for the sender on fields that could not be taken as they came, or
   *     null where all were
   */
  record Stored(Lane lane, long sequence, @Nullable String notice) implements Receipt {
    public Stored(Lane lane, long sequence) {
      this(lane, sequence, null);
    }
  }

  /**
   * The uplink will never be accepted as it is. Where {@code deadLettered}, it is on disk in the
   * dead-letter store.
   *
   * @param detail one sentence for the sender: what is wrong, where, and the remedy
   */
  record Rejected(RejectReason reason, String detail, boolean deadLettered) implements Receipt {
    /** What an adapter answers where the gateway threw instead of giving a verdict. */
    public static final Rejected FAULT =
        new Rejected(
            RejectReason.INTERNAL, "the gateway failed at this message; its log tells more", false);
  }

  /**
   * The device sends more than it may. Nothing was kept; the same uplink may be offered again after
   * the time given.
   *
   * @param detail one sentence for the sender: which limit, and when to go on
   */
  record Limited(Limit limit, String detail, long retryAfterMillis) implements Receipt {}

  /**
   * The spool takes no more now, or something is being got ready. Nothing was kept; offer the same
   * uplink again later.
   *
   * @param awaited where something is being got ready, done when the uplink may be offered again,
   *     within a second or so: an adapter whose sender would have to send again does that instead.
   *     Else null
   */
  record Busy(long retryAfterMillis, @Nullable CompletionStage<?> awaited) implements Receipt {
    public Busy(long retryAfterMillis) {
      this(retryAfterMillis, null);
    }
  }
}
