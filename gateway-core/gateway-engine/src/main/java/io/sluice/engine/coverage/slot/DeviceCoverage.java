package io.sluice.engine.coverage.slot;

import io.sluice.engine.registry.presence.Presence;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** One device: its spans, newest last, and when it was heard. Not thread-safe. */
public final class DeviceCoverage {
  /** Bounds what a device that is changed over and over can take. */
  private static final int SPANS_MAX = 32;

  private static final long NEVER = Long.MIN_VALUE;

  /** Bits of a byte that was a boolean once. */
  private static final int WAS_CONNECTED = 1;

  private static final int HAD_SESSION = 2;
  private static final int IS_LOST = 4;
  private static final int WAS_STOPPED = 8;

  public final int number;
  public final String id;
  public final SampledPeriods times;
  private final ArrayDeque<ExpectationPeriod> spans = new ArrayDeque<>(1);
  private GroupKey group;
  private boolean planned;
  private boolean retired;
  private long lastReceivedMicros = NEVER;
  private long lastSampleMicros = NEVER;

  /** What the last look at it said, for the list of what has changed. */
  public boolean wasConnected;

  /** Whether it was last in contact by a session of its own, as far as was ever seen. */
  private boolean hadSession;

  /** Whether another device sends for it: then no session of its own is missing. */
  private boolean isChild;

  /** Whether that list has it as lost; a device that connects first has not returned. */
  public boolean isLost;

  public boolean wasStopped;

  /** That of its group, where it was looked for since it came into that group. */
  public @Nullable Lateness lateness;

  /** Whether it has changed since it was saved. */
  public boolean isDirty = true;

  public DeviceCoverage(int number, String id, GroupKey group, Calendar calendar) {
    this.number = number;
    this.id = id;
    this.group = group;
    this.times = new SampledPeriods(calendar);
  }

  public GroupKey group() {
    return group;
  }

  public boolean isPlanned() {
    return planned && !retired;
  }

  /** Commissioned and not retired. */
  public boolean isCommissioned() {
    return current() != null;
  }

  /** The span that is open, or null where the device is not commissioned. */
  @Nullable
  public ExpectationPeriod current() {
    ExpectationPeriod last = spans.peekLast();
    return last != null && last.isOpen() ? last : null;
  }

  /** Takes over by which way it is in contact. */
  public void contact(Presence.Contact contact) {
    boolean has =
        switch (contact) {
          case LIVE, ENDED -> true;
          case SESSIONLESS -> false;
          case UNKNOWN, GONE -> hadSession;
        };
    isDirty |= has != hadSession;
    hadSession = has;
  }

  /** Whether it is gone when it has no session, by what is known of its contact now. */
  public boolean hasSessions(Presence.Contact contact) {
    boolean isOwnGone =
        contact == Presence.Contact.ENDED || (contact == Presence.Contact.UNKNOWN && hadSession);
    return contact == Presence.Contact.GONE || (isOwnGone && !isChild);
  }

  public boolean isStopped(long micros) {
    ExpectationPeriod current = current();
    return current != null && current.isExcluded(micros);
  }

  /**
   * Takes over what the registry says from {@code at} on.
   *
   * @param excluded when nothing counts of a device in that group
   */
  public void change(
      GroupKey group,
      ReportingExpectation shape,
      Standing standing,
      long at,
      Intervals excluded,
      SlotPageCache shelf) {
    this.group = group;
    this.lateness = null;
    this.planned = standing.planned();
    this.retired = standing.retired();
    this.isChild = standing.isChild();
    isDirty = true;
    ExpectationPeriod open = current();
    boolean isSame =
        open != null && standing.expected() && open.group.equals(group) && open.shape.equals(shape);
    if (isSame) {
      return;
    }
    ExpectationPeriod following = null;
    if (standing.expected()) {
      following =
          open == null ? first(group, shape, at, excluded) : open.next(group, shape, at, excluded);
      spans.addLast(following);
    }
    if (open != null) {
      open.end(at, following, shelf);
    }
    if (spans.size() > SPANS_MAX) {
      spans.removeFirst();
    }
  }

  private ExpectationPeriod first(
      GroupKey group, ReportingExpectation shape, long at, Intervals excluded) {
    ExpectationPeriod last = spans.peekLast();
    // a clock that has gone back does not make two spans overlap
    return last == null
        ? new ExpectationPeriod(number, 0, group, shape, at, excluded)
        : new ExpectationPeriod(
            number, last.serial + 1, group, shape, Math.max(at, last.to()), excluded);
  }

  /**
   * @param planned whether it belongs to the plan
   * @param commissioned whether it is to report
   * @param isChild whether another device sends for it
   */
  public record Standing(boolean planned, boolean commissioned, boolean retired, boolean isChild) {
    boolean expected() {
      return commissioned && !retired;
    }
  }

  /** Takes over what does not count, as far back as what still changes. */
  public void exclude(ExcludedTimes now, long oldest, SlotPageCache shelf) {
    for (ExpectationPeriod span : spans) {
      isDirty |= span.exclude(now.of(id, span.group), oldest, shelf);
    }
  }

  /** Something of it was accepted. */
  public void heard(long receivedMicros) {
    lastReceivedMicros = Math.max(lastReceivedMicros, receivedMicros);
    isDirty = true;
  }

  /** A sample of it has that own time. */
  public void sampled(long micros) {
    lastSampleMicros = Math.max(lastSampleMicros, micros);
    times.add(micros);
  }

  /** When something of it was last accepted, microseconds; {@link Long#MIN_VALUE} where never. */
  public long lastReceivedMicros() {
    return lastReceivedMicros;
  }

  /** The newest own time of a sample, microseconds; {@link Long#MIN_VALUE} where none came. */
  public long lastSampleMicros() {
    return lastSampleMicros;
  }

  /** The span in which it was at that time, or null. */
  @Nullable ExpectationPeriod at(long micros) {
    ExpectationPeriod last = spans.peekLast();
    if (last != null && last.contains(micros)) {
      return last;
    }
    for (ExpectationPeriod span : spans) {
      if (span.contains(micros)) {
        return span;
      }
    }
    return null;
  }

  public Iterable<ExpectationPeriod> spans() {
    return spans;
  }

  /** Forgets what ended before that time. */
  public void forgetBefore(long micros) {
    ExpectationPeriod oldest = spans.peekFirst();
    while (oldest != null && oldest.endedBefore(micros)) {
      spans.removeFirst();
      oldest = spans.peekFirst();
    }
  }

  public void write(DataOutput out) throws IOException {
    out.writeUTF(id);
    out.writeUTF(group.sector());
    out.writeUTF(group.site());
    out.writeUTF(group.model());
    out.writeBoolean(planned);
    out.writeBoolean(retired);
    out.writeLong(lastReceivedMicros);
    out.writeLong(lastSampleMicros);
    out.writeByte(
        (wasConnected ? WAS_CONNECTED : 0)
            | (hadSession ? HAD_SESSION : 0)
            | (isLost ? IS_LOST : 0)
            | (wasStopped ? WAS_STOPPED : 0));
    times.write(out);
    Numbers.write(out, spans.size());
    for (ExpectationPeriod span : spans) {
      ExpectationPeriodFormat.write(span, out);
    }
  }

  /**
   * @param now what the device is held to now
   * @param applied what did not count when it was saved
   */
  public static DeviceCoverage read(
      int number, ShapeOf now, ExcludedTimes applied, Calendar calendar, DataInput in)
      throws IOException {
    String id = in.readUTF();
    GroupKey group = GroupKey.read(in);
    DeviceCoverage device = new DeviceCoverage(number, id, group, calendar);
    device.planned = in.readBoolean();
    device.retired = in.readBoolean();
    device.lastReceivedMicros = in.readLong();
    device.lastSampleMicros = in.readLong();
    int flags = in.readByte();
    device.wasConnected = (flags & WAS_CONNECTED) != 0;
    device.hadSession = (flags & HAD_SESSION) != 0;
    device.isLost = (flags & IS_LOST) != 0;
    device.wasStopped = (flags & WAS_STOPPED) != 0;
    device.times.read(in);
    ReportingExpectation shape = now.of(id);
    long count = Numbers.read(in);
    for (long i = 0; i < count; i++) {
      device.spans.addLast(
          ExpectationPeriodFormat.read(device, device.spans.peekLast(), shape, applied, in));
    }
    device.isDirty = false;
    return device;
  }

  /** What a device is held to; {@link ReportingExpectation#NOTHING} where it is not known. */
  public interface ShapeOf {
    ReportingExpectation of(String id);
  }
}
