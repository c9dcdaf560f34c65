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
 * At most {@value #KEPT} are kept, the newest. Not thread-safe.
 */
final class Stays {
  private static final int KEPT = 16;

  private record Stay(String gateway, long from) {}

  private final List<Stay> stays = new ArrayList<>(1);

  /**
   * A record of the device was received there then.
   *
   * @return whether that changes where the device was
   */
  boolean heard(String gateway, long receivedMicros) {
    if (stays.isEmpty()) {
      // before it was heard at all it was nowhere else
      stays.add(new Stay(gateway.intern(), Long.MIN_VALUE));
      return true;
    }
    int at = stays.size() - 1;
    while (at > 0 && stays.get(at).from > receivedMicros) {
      at--;
    }
    if (stays.get(at).gateway.equals(gateway)) {
      return false;
    }
    int next = at + 1;
    if (next < stays.size() && stays.get(next).gateway.equals(gateway)) {
      stays.set(next, new Stay(stays.get(next).gateway, receivedMicros));
    } else {
      stays.add(next, new Stay(gateway.intern(), receivedMicros));
    }
    if (stays.size() > KEPT) {
      stays.removeFirst();
    }
    return true;
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
    }
  }

  static Stays read(DataInput in) throws IOException {
    Stays stays = new Stays();
    for (long left = Numbers.read(in); left > 0; left--) {
      stays.stays.add(new Stay(in.readUTF().intern(), in.readLong()));
    }
    return stays;
  }
}
