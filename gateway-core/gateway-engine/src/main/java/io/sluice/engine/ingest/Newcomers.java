package io.sluice.engine.ingest;

import io.sluice.api.Device;
import org.jspecify.annotations.Nullable;

/** Registers children that their concentrators bring. Thread-safe, never blocks. */
@FunctionalInterface
public interface Newcomers {
  /** Nobody comes by himself. */
  Newcomers NONE = (concentrator, child) -> Verdict.UNASKED;

  /** What becomes of a child that nobody registered. */
  Verdict bring(Device concentrator, String child);

  /**
   * The verdict on one child.
   *
   * @param isUnderWay whether it is being registered: its message is offered again
   * @param refusal why it is not, one sentence with the remedy; null: nothing lets it come
   */
  record Verdict(boolean isUnderWay, @Nullable String refusal) {
    public static final Verdict UNASKED = new Verdict(false, null);
    public static final Verdict UNDER_WAY = new Verdict(true, null);
  }
}
