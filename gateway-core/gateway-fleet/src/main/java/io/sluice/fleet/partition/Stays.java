package io.sluice.fleet.partition;

import io.sluice.engine.coverage.slot.GroupKey;
import io.sluice.engine.coverage.slot.Intervals;
import io.sluice.engine.coverage.slot.Intervals.Interval;
import io.sluice.engine.coverage.slot.Numbers;
import io.sluice.fleet.gateway.GatewayBook;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * At which gateway a device was, and since when, as its records tell by the time of their receipt:
 * an outage of a gateway excuses the devices that were at it, until they are heard at another one.
 * Records come late too, as those that lay at a gateway that was away: such a one may part a stay
 * in two. At most {@value #KEPT} stays are kept, the newest: what was before them counts as if no
 * gateway had been away. Not thread-safe.
 */
final class Stays {
  /** Some 30 bytes each in the state. */
  private static final int KEPT = 64;

  /** Of one stay. */
  private static final int RUNS = 8;

  /**
   * What is heard again after at most so many halves of its interval was not elsewhere meanwhile.
   */
  private static final int HALVES = 3;

  /** First and last time that it was heard there without a gap; microseconds. */
  private record Run(long first, long last) {}

  /** Of its runs, in their order, the newest are told apart. */
  private record Stay(String gateway, long from, List<Run> runs) {
    static Stay of(String gateway, long from, long heard) {
      return new Stay(gateway, from, new ArrayList<>(List.of(new Run(heard, heard))));
    }

    void heard(long micros, long interval) {
      int at = runs.size();
      while (at > 0 && runs.get(at - 1).first > micros) {
        at--;
      }
      runs.add(at, new Run(micros, micros));
      join(at, interval);
      join(at - 1, interval);
      if (runs.size() > RUNS) {
        join(0, Long.MAX_VALUE);
      }
    }

    /** Makes one of a run and the next where no record is missing between them. */
    private void join(int at, long interval) {
      if (at < 0 || at + 1 >= runs.size()) {
        return;
      }
      Run run = runs.get(at);
      Run next = runs.get(at + 1);
      if ((next.first - run.last) / HALVES <= interval / 2) {
        runs.set(at, new Run(run.first, Math.max(run.last, next.last)));
        runs.remove(at + 1);
      }
    }

    boolean isHeardUntil(long micros) {
      return !runs.isEmpty() && runs.getFirst().first <= micros;
    }

    /**
     * Leaves what was before that time; what was later is a stay of its own, null where nothing
     * was.
     */
    @Nullable Stay part(long micros, long interval) {
      List<Run> later = new ArrayList<>();
      while (!runs.isEmpty() && runs.getLast().last > micros) {
        Run run = runs.removeLast();
        if (run.first > micros) {
          later.addFirst(run);
        } else {
          runs.add(new Run(run.first, micros));
          later.addFirst(new Run(Math.min(run.last, micros + interval), run.last));
          break;
        }
      }
      return later.isEmpty() ? null : new Stay(gateway, later.getFirst().first, later);
    }
  }

  private final List<Stay> stays = new ArrayList<>(1);

  /**
   * A record of the device was received there then.
   *
   * @param interval of the device, microseconds
   * @return whether that changes where the device was
   */
  boolean heard(String gateway, long receivedMicros, long interval) {
    if (stays.isEmpty()) {
      // before it was heard at all it was nowhere else
      stays.add(Stay.of(gateway.intern(), Long.MIN_VALUE, receivedMicros));
      return true;
    }
    int at = stays.size() - 1;
    while (at > 0 && stays.get(at).from > receivedMicros) {
      at--;
    }
    Stay there = stays.get(at);
    if (there.gateway.equals(gateway)) {
      there.heard(receivedMicros, interval);
      return false;
    }
    Stay later = there.part(receivedMicros, interval);
    if (later != null) {
      stays.add(at + 1, later);
    }
    if (!there.isHeardUntil(receivedMicros)) {
      stays.remove(at);
      at--;
    }
    insert(gateway, receivedMicros, interval, at + 1);
    if (stays.size() > KEPT) {
      stays.removeFirst();
    }
    return true;
  }

  /** Between two stays elsewhere, or as more of one of them. */
  private void insert(String gateway, long micros, long interval, int place) {
    Stay before = place > 0 ? stays.get(place - 1) : null;
    Stay after = place < stays.size() ? stays.get(place) : null;
    if (before != null && before.gateway.equals(gateway)) {
      before.heard(micros, interval);
    } else if (after != null && after.gateway.equals(gateway)) {
      after.heard(micros, interval);
      stays.set(
          place, new Stay(after.gateway, before == null ? Long.MIN_VALUE : micros, after.runs));
    } else {
      long from = before == null ? Long.MIN_VALUE : micros;
      stays.add(place, Stay.of(gateway.intern(), from, micros));
    }
  }

  /** Where it is now; null where no gateway has heard it. */
  @Nullable String current() {
    return stays.isEmpty() ? null : stays.getLast().gateway;
  }

  /** When nothing counted of the device. */
  Intervals excluded(GatewayBook gateways, String device, GroupKey group) {
    if (stays.isEmpty()) {
      return gateways.excludedEverywhere(device, group);
    }
    if (stays.size() == 1) {
      return gateways.excluded(stays.getFirst().gateway, device, group);
    }
    List<Interval> all = new ArrayList<>();
    for (int i = 0; i < stays.size(); i++) {
      Stay stay = stays.get(i);
      long to = i + 1 < stays.size() ? stays.get(i + 1).from : Intervals.OPEN;
      Intervals there = Intervals.of(List.of(new Interval(stay.from, to)));
      all.addAll(gateways.excluded(stay.gateway, device, group).within(there).list());
    }
    return Intervals.of(all);
  }

  void write(DataOutput out) throws IOException {
    Numbers.write(out, stays.size());
    for (Stay stay : stays) {
      out.writeUTF(stay.gateway);
      out.writeLong(stay.from);
      Numbers.write(out, stay.runs.size());
      for (Run run : stay.runs) {
        out.writeLong(run.first);
        Numbers.write(out, run.last - run.first);
      }
    }
  }

  static Stays read(DataInput in) throws IOException {
    Stays stays = new Stays();
    for (long left = Numbers.read(in); left > 0; left--) {
      String gateway = in.readUTF().intern();
      long from = in.readLong();
      int count = (int) Numbers.read(in);
      List<Run> runs = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        long first = in.readLong();
        runs.add(new Run(first, first + Numbers.read(in)));
      }
      stays.stays.add(new Stay(gateway, from, runs));
    }
    return stays;
  }
}
