package io.sluice.engine.coverage.slot;

import static io.sluice.engine.coverage.slot.Calendar.HOUR_MICROS;

import io.sluice.api.MessageClass;
import org.jspecify.annotations.Nullable;

/**
 * A time during which one device was held to one shape in one group: a change of any of these ends
 * it and begins the next. Times are microseconds since the epoch. Not thread-safe.
 *
 * <p>Slots lie on a {@link Grid}; a sample belongs to the slot within ±I/2 of it. A slot belongs to
 * the window, exclusion and span in which its centre lies, and to nothing else: so due is a count
 * of slots, filled never exceeds it, and sums over any split of time or groups are exact
 * (docs/coverage.md). The slots of the newest hours are kept here, older ones on the {@link
 * SlotPageCache}; the sums of hours and days here.
 */
public final class ExpectationPeriod {
  /** Hours whose sums are kept: the 24 of a day, its ends, and 12 that a slot may be ahead. */
  static final int HOURS_KEPT = 38;

  /** Days whose sums are kept: the 30, and one each for their two ends. */
  public static final int DAYS_KEPT = 32;

  /** Newest pages that are kept here: the two of a window of an hour, and one that is ahead. */
  static final int PAGES_KEPT = 3;

  private static final long LONG_BLOCK_MICROS = 2 * Calendar.DAY_MICROS;

  private static final long ALARM_LATE_MICROS = 10_000_000L;
  private static final long OPEN = Intervals.OPEN;
  static final long NEVER = Long.MIN_VALUE;

  final int device;

  /** Which of the device's: ascending, never given twice. */
  final int serial;

  public final GroupKey group;
  public final ReportingExpectation shape;
  final long from;
  final Grid grid;

  // SpanFormat sets these, when it reads a span
  long to = OPEN;
  long newestBlock = NEVER;
  final @Nullable SlotPage[] recent = new SlotPage[PAGES_KEPT];
  @Nullable SlotCounts hours;
  @Nullable SlotCounts days;

  /** When nothing counts. */
  private Intervals excluded;

  /**
   * @param device its number
   * @param excluded when nothing counts
   */
  public ExpectationPeriod(
      int device,
      int serial,
      GroupKey group,
      ReportingExpectation shape,
      long from,
      Intervals excluded) {
    this(device, serial, group, shape, from, excluded, new Grid(from));
  }

  public ExpectationPeriod(
      int device,
      int serial,
      GroupKey group,
      ReportingExpectation shape,
      long from,
      Intervals excluded,
      Grid grid) {
    this.device = device;
    this.serial = serial;
    this.group = group;
    this.shape = shape;
    this.from = from;
    this.excluded = excluded;
    this.grid = grid;
  }

  /** The span that follows this one; it stays on the grid where the interval is the same. */
  ExpectationPeriod next(GroupKey group, ReportingExpectation shape, long at, Intervals excluded) {
    long begin = Math.max(from, at);
    Grid following = shape.equals(this.shape) ? grid : new Grid(begin);
    return new ExpectationPeriod(device, serial + 1, group, shape, begin, excluded, following);
  }

  long to() {
    return to;
  }

  boolean isOpen() {
    return to == OPEN;
  }

  boolean contains(long micros) {
    return micros >= from && micros < to;
  }

  boolean isOnGridOf(ExpectationPeriod other) {
    return grid == other.grid;
  }

  /** The time of the slot that a sample belongs to; the first sample sets where the slots lie. */
  long slotMicros(long micros) {
    grid.begin(micros);
    return centre(slot(micros));
  }

  long slot(long micros) {
    long interval = shape.intervalMicros();
    return Math.floorDiv(micros - grid.anchor() + interval / 2, interval);
  }

  private long centre(long slot) {
    return grid.anchor() + slot * shape.intervalMicros();
  }

  /** The page of the slot of that time, made where there is none. */
  SlotPage pageOf(long slotMicros, SlotPageCache shelf) {
    return page(block(slotMicros), shelf);
  }

  /**
   * Counts one value in a slot.
   *
   * @param page that it is on
   * @param slot its number
   * @param slotMicros its time
   */
  void fill(
      SlotPage page, long slot, long slotMicros, int metric, boolean isGood, SlotPageCache shelf) {
    int changed = page.fill(slot, metric, isGood);
    if (changed == 0) {
      return;
    }
    if (page.block <= newestBlock - PAGES_KEPT) {
      shelf.put(this, page);
    }
    if (contains(slotMicros) && !excluded.contains(slotMicros)) {
      int filled = changed & SlotPage.FILLED;
      count(slotMicros, filled, (changed & SlotPage.GOOD) == 0 ? 0 : 1, shelf.calendar());
    }
  }

  private void count(long micros, int filled, int good, Calendar calendar) {
    SlotCounts hours = this.hours;
    SlotCounts days = this.days;
    if (hours == null || days == null) {
      hours = new SlotCounts(HOURS_KEPT);
      days = new SlotCounts(DAYS_KEPT);
      this.hours = hours;
      this.days = days;
    }
    hours.add(calendar.hour(micros), filled, good);
    days.add(calendar.day(micros), filled, good);
  }

  /** Which page a time is on: pages are of an hour, or of two days where slots are hours apart. */
  private long block(long micros) {
    return Math.floorDiv(micros, blockMicros());
  }

  private long blockMicros() {
    return shape.intervalMicros() <= HOUR_MICROS ? HOUR_MICROS : LONG_BLOCK_MICROS;
  }

  /** The page of that number, made where there is none. */
  private SlotPage page(long block, SlotPageCache shelf) {
    SlotPage page = find(block, shelf);
    if (page != null) {
      return page;
    }
    SlotPage made = empty(block);
    if (newestBlock != NEVER && block <= newestBlock - PAGES_KEPT) {
      shelf.put(this, made);
      return made;
    }
    newestBlock = Math.max(newestBlock, block);
    for (int i = 0; i < PAGES_KEPT; i++) {
      SlotPage old = recent[i];
      if (old != null && old.block <= newestBlock - PAGES_KEPT) {
        shelf.put(this, old);
        recent[i] = null;
      }
    }
    recent[(int) Math.floorMod(block, (long) PAGES_KEPT)] = made;
    return made;
  }

  SlotPage empty(long block) {
    long first = slotFrom(block * blockMicros());
    int slots = Math.toIntExact(slotFrom((block + 1) * blockMicros()) - first);
    return new SlotPage(block, first, slots, shape.count());
  }

  /** The hour in which the page of that number ends. */
  long lastHour(long block) {
    return (block + 1) * (blockMicros() / HOUR_MICROS) - 1;
  }

  private @Nullable SlotPage find(long block, SlotPageCache shelf) {
    if (newestBlock == NEVER || block > newestBlock) {
      return null;
    }
    if (block <= newestBlock - PAGES_KEPT) {
      return shelf.find(this, block);
    }
    SlotPage page = recent[(int) Math.floorMod(block, (long) PAGES_KEPT)];
    return page != null && page.block == block ? page : null;
  }

  /** The first slot at that time or after it. */
  private long slotFrom(long micros) {
    return Math.ceilDiv(micros - grid.anchor(), shape.intervalMicros());
  }

  /** Slots of one metric whose centre lies in that time and in this span, excluded ones too. */
  public long slots(long start, long end) {
    long low = Math.max(start, from);
    long high = Math.min(end, to);
    return low < high ? slotFrom(high) - slotFrom(low) : 0;
  }

  /** Slots of one metric whose centre lies in that time and in this span, and counts. */
  private long due(long start, long end) {
    long due = slots(start, end);
    long low = Math.max(start, from);
    for (int i = excluded.size() - 1; i >= 0 && excluded.to(i) > low; i--) {
      due -= slots(Math.max(low, excluded.from(i)), Math.min(end, excluded.to(i)));
    }
    return due;
  }

  /**
   * Adds what a window has of this span to {@code sum}: due, filled, good.
   *
   * @param end not after the present
   */
  public void count(long start, long end, SlotPageCache shelf, long[] sum) {
    long due = due(start, end) * shape.count();
    if (due > 0) {
      sum[0] += due;
      sums(start, end, shelf, sum);
    }
  }

  /** Whether the device was held to it at some time of the window. */
  public boolean touches(long start, long end) {
    return Math.min(end, to) > Math.max(start, from);
  }

  /**
   * Adds filled and good to places 1 and 2: by days as far as they are full, then by hours, the
   * rest slot by slot.
   */
  private void sums(long start, long end, SlotPageCache shelf, long[] found) {
    SlotCounts hours = this.hours;
    SlotCounts days = this.days;
    if (hours == null || days == null) {
      return;
    }
    Calendar calendar = shelf.calendar();
    long at = Math.min(end, calendar.hourStart(calendar.hour(start - 1) + 1));
    filled(start, at, excluded, shelf, found);
    long midnight = calendar.dayStart(calendar.day(at - 1) + 1);
    if (end > midnight && calendar.day(end) > calendar.day(midnight)) {
      hours.sum(calendar.hour(at), calendar.hour(midnight), found);
      days.sum(calendar.day(midnight), calendar.day(end), found);
      at = calendar.dayStart(calendar.day(end));
    }
    if (shape.intervalMicros() > Calendar.DAY_MICROS) {
      // a slot may be so far ahead that the hours before it are not kept any more
      filled(at, end, excluded, shelf, found);
      return;
    }
    hours.sum(calendar.hour(at), calendar.hour(end), found);
    filled(Math.max(at, calendar.hourStart(calendar.hour(end))), end, excluded, shelf, found);
  }

  /** The same slot by slot. */
  private void filled(long start, long end, Intervals excluded, SlotPageCache shelf, long[] found) {
    long low = Math.max(start, from);
    long high = Math.min(end, to);
    if (low >= high || newestBlock == NEVER) {
      return;
    }
    long last = Math.min(newestBlock, block(high - 1));
    for (long block = block(low); block <= last; block++) {
      SlotPage page = find(block, shelf);
      if (page == null) {
        continue;
      }
      page.count(slotFrom(low), slotFrom(high), found);
      for (int i = 0; i < excluded.size(); i++) {
        long gapStart = Math.max(low, excluded.from(i));
        long gapEnd = Math.min(high, excluded.to(i));
        if (gapStart < gapEnd) {
          long[] without = new long[3];
          page.count(slotFrom(gapStart), slotFrom(gapEnd), without);
          found[1] -= without[1];
          found[2] -= without[2];
        }
      }
    }
  }

  /** Adds due, filled and good of one metric to {@code sum}: slot by slot, so of a day at most. */
  public void count(int metric, long start, long end, SlotPageCache shelf, long[] sum) {
    long low = Math.max(start, from);
    long high = Math.min(end, to);
    if (low >= high) {
      return;
    }
    sum[0] += due(low, high);
    long last = Math.min(newestBlock, block(high - 1));
    for (long block = block(low); newestBlock != NEVER && block <= last; block++) {
      SlotPage page = find(block, shelf);
      if (page != null) {
        for (long slot = slotFrom(Math.max(low, block * blockMicros()));
            slot < slotFrom(Math.min(high, (block + 1) * blockMicros()));
            slot++) {
          if (!excluded.contains(centre(slot))) {
            page.count(metric, slot, slot + 1, sum);
          }
        }
      }
    }
  }

  /**
   * From now on nothing counts that lies in these, and what does not does.
   *
   * @param oldest what lies before stays as it was counted
   * @return whether that is a change
   */
  boolean exclude(Intervals after, long oldest, SlotPageCache shelf) {
    Intervals before = excluded;
    excluded = after;
    Intervals more = after.without(before);
    Intervals less = before.without(after);
    adjust(more, -1, oldest, shelf);
    adjust(less, 1, oldest, shelf);
    return more.size() + less.size() > 0;
  }

  /** How late a sample may be and be timely: L in docs/coverage.md. */
  public long allowedMicros(MessageClass kind) {
    if (kind == MessageClass.ALARM) {
      return ALARM_LATE_MICROS;
    }
    return switch (group.sector()) {
      case "factory" -> 5_000_000L;
      case "public-service" -> 900_000_000L;
      case "emergency" -> ALARM_LATE_MICROS;
      default -> 2 * shape.intervalMicros();
    };
  }

  boolean isExcluded(long micros) {
    return excluded.contains(micros);
  }

  private void adjust(Intervals ranges, int sign, long oldest, SlotPageCache shelf) {
    for (int i = 0; i < ranges.size(); i++) {
      adjust(
          Math.max(oldest, ranges.from(i)),
          Math.min(to, ranges.to(i)),
          sign,
          Intervals.NONE,
          shelf);
    }
  }

  /** Counts the slots of a time anew, or takes them back. */
  private void adjust(long start, long end, int sign, Intervals excluded, SlotPageCache shelf) {
    long first = Math.max(start, from);
    if (newestBlock == NEVER || first >= end) {
      return;
    }
    Calendar calendar = shelf.calendar();
    long stop = Math.min(end, (newestBlock + 1) * blockMicros());
    for (long low = first; low < stop; ) {
      long next = Math.min(stop, calendar.hourStart(calendar.hour(low) + 1));
      long[] found = new long[3];
      filled(low, next, excluded, shelf, found);
      if (found[1] > 0) {
        count(low, sign * (int) found[1], sign * (int) found[2], calendar);
      }
      low = next;
    }
  }

  /**
   * Ends it, not before it began: the gateway's clock may have gone back. A slot that a sample has
   * filled ahead of the end goes over to the span that follows, where it is on the same grid.
   *
   * @param following null where none does
   */
  void end(long at, @Nullable ExpectationPeriod following, SlotPageCache shelf) {
    long end = Math.max(from, at);
    adjust(end, OPEN, -1, excluded, shelf);
    if (following != null && isOnGridOf(following)) {
      for (long block = block(end); newestBlock != NEVER && block <= newestBlock; block++) {
        SlotPage page = find(block, shelf);
        if (page != null) {
          following.page(block, shelf).add(page);
        }
      }
      following.adjust(end, OPEN, 1, following.excluded, shelf);
    }
    to = end;
  }

  boolean endedBefore(long micros) {
    return to < micros;
  }
}
