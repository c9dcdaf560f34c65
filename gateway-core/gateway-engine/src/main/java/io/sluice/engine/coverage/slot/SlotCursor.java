package io.sluice.engine.coverage.slot;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Counts the values of one device and time: {@link #begin}, then {@link #fill} for each. The slot
 * is looked for once. Used again; not thread-safe.
 */
public final class SlotCursor {
  private final SlotPageCache shelf;
  private @Nullable DeviceCoverage device;
  private @Nullable ExpectationPeriod span;
  private long micros;
  private long oldest;

  // once a value was counted
  private boolean isFound;
  private @Nullable ExpectationPeriod owner;
  private @Nullable SlotPage page;
  private long slotMicros;
  private long slot;

  public SlotCursor(SlotPageCache shelf) {
    this.shelf = shelf;
  }

  /**
   * Goes to the time of a sample.
   *
   * @param oldest the time before which nothing changes any more
   * @return what the device is to report then, by name; null where it is not expected to
   */
  public @Nullable Map<String, Integer> begin(DeviceCoverage device, long micros, long oldest) {
    this.device = device;
    this.micros = micros;
    this.oldest = oldest;
    span = device.at(micros);
    isFound = false;
    page = null;
    return span == null ? null : span.shape.metrics();
  }

  /**
   * Counts one value.
   *
   * @param metric its place among what the device is to report
   */
  public void fill(int metric, boolean isGood) {
    if (!isFound) {
      find();
    }
    SlotPage on = page;
    if (on != null && owner != null) {
      owner.fill(on, slot, slotMicros, metric, isGood, shelf);
    }
  }

  /** Only now: what the device is not to report says nothing of where its slots lie. */
  private void find() {
    isFound = true;
    ExpectationPeriod in = span;
    if (in == null || device == null) {
      return;
    }
    slotMicros = in.slotMicros(micros);
    if (slotMicros < oldest) {
      return;
    }
    ExpectationPeriod holder = in.contains(slotMicros) ? in : device.at(slotMicros);
    ExpectationPeriod to = holder != null && holder.isOnGridOf(in) ? holder : in;
    owner = to;
    slot = to.slot(slotMicros);
    page = to.pageOf(slotMicros, shelf);
  }
}
