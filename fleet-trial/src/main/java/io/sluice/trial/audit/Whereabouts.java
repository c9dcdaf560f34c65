package io.sluice.trial.audit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * At which gateway a device was, by the rule of fleet-view.md: at that which received its last
 * record, from the slot on that this record fills; before its first record where it was then.
 */
final class Whereabouts {
  private final List<Stay> heard = new ArrayList<>(1);

  /** Heard there, and so there since a time. */
  private record Stay(String gateway, long received, long since) {}

  /**
   * A record of it.
   *
   * @param received by the gateway, microseconds since the epoch
   * @param time its own, microseconds
   * @param interval of the device, microseconds
   */
  void heard(String gateway, long received, long time, long interval) {
    heard.add(new Stay(gateway, received, Math.clamp(time, received - interval / 2, received)));
  }

  /** All records are known: leaves one stay for each time that it came to another. */
  void settle() {
    heard.sort(Comparator.comparingLong(Stay::since));
    List<Stay> stays = new ArrayList<>();
    for (Stay each : heard) {
      if (stays.isEmpty() || !stays.getLast().gateway.equals(each.gateway)) {
        stays.add(each);
      }
    }
    heard.clear();
    heard.addAll(stays);
  }

  long moves() {
    return Math.max(0, heard.size() - 1);
  }

  /** Where it was; null where nobody has heard it at all. */
  @Nullable String at(long micros) {
    String there = heard.isEmpty() ? null : heard.getFirst().gateway;
    for (Stay each : heard) {
      if (each.since > micros) {
        break;
      }
      there = each.gateway;
    }
    return there;
  }
}
