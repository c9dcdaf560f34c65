package io.sluice.engine.coverage.slot;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The bytes of a span in {@code coverage.db}. */
final class ExpectationPeriodFormat {
  private ExpectationPeriodFormat() {}

  static void write(ExpectationPeriod span, DataOutput out) throws IOException {
    Numbers.write(out, span.serial);
    out.writeUTF(span.group.sector());
    out.writeUTF(span.group.site());
    out.writeUTF(span.group.model());
    Numbers.write(out, span.shape.count());
    out.writeLong(span.shape.intervalMicros());
    out.writeInt(span.shape.mark());
    out.writeLong(span.from);
    out.writeLong(span.to);
    span.grid.write(out);
    out.writeLong(span.newestBlock);
    SlotCounts hours = span.hours;
    SlotCounts days = span.days;
    out.writeBoolean(hours != null && days != null);
    if (hours != null && days != null) {
      hours.write(out);
      days.write(out);
    }
    for (SlotPage page : span.recent) {
      out.writeLong(page == null ? ExpectationPeriod.NEVER : page.block);
      if (page != null) {
        page.write(out);
      }
    }
  }

  /**
   * @param before the span of the device that was read before it, or null
   * @param now what the device is held to now; where the metrics are others, the saved ones are
   *     known by their number alone, and nothing is added to the span any more
   * @param applied what did not count when it was saved
   */
  static ExpectationPeriod read(
      DeviceCoverage device,
      @Nullable ExpectationPeriod before,
      ReportingExpectation now,
      ExcludedTimes applied,
      DataInput in)
      throws IOException {
    int serial = (int) Numbers.read(in);
    GroupKey group = GroupKey.read(in);
    int count = (int) Numbers.read(in);
    long interval = in.readLong();
    boolean isKnown = in.readInt() == now.mark() && count == now.count();
    boolean isNow = isKnown && interval == now.intervalMicros();
    ReportingExpectation shape =
        isNow ? now : new ReportingExpectation(isKnown ? now.metrics() : Map.of(), count, interval);
    long from = in.readLong();
    long to = in.readLong();
    Grid own = Grid.read(from, in);
    Grid grid =
        before != null && before.to == from && before.shape.equals(shape) && before.grid.adopt(own)
            ? before.grid
            : own;
    ExpectationPeriod span =
        new ExpectationPeriod(
            device.number, serial, group, shape, from, applied.of(device.id, group), grid);
    span.to = to;
    span.newestBlock = in.readLong();
    if (in.readBoolean()) {
      SlotCounts hours = new SlotCounts(ExpectationPeriod.HOURS_KEPT);
      SlotCounts days = new SlotCounts(ExpectationPeriod.DAYS_KEPT);
      hours.read(in);
      days.read(in);
      span.hours = hours;
      span.days = days;
    }
    for (int i = 0; i < ExpectationPeriod.PAGES_KEPT; i++) {
      long block = in.readLong();
      if (block != ExpectationPeriod.NEVER) {
        SlotPage page = span.empty(block);
        page.read(in);
        span.recent[i] = page;
      }
    }
    return span;
  }
}
