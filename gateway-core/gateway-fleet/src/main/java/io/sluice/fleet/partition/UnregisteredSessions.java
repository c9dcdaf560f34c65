package io.sluice.fleet.partition;

import io.sluice.engine.coverage.slot.Calendar;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Devices of which only a session is known: the registry's topic has not told of them yet, or tells
 * of them no more. Each is kept for {@value #KEPT_HOURS} h after its gateway last told of it, and
 * {@value #MAX} of a partition. Not thread-safe.
 */
final class UnregisteredSessions {
  static final int MAX = 20_000;
  static final int KEPT_HOURS = 1;

  /** Of what was kept by an earlier run: it counts from the first look on. */
  private static final long BEFORE = Long.MIN_VALUE;

  /** When each was told of, the one that is longest ago first. */
  private final Map<String, Long> told = new LinkedHashMap<>();

  /** Whether there is room for that one. */
  boolean admits(String device) {
    return told.size() < MAX || told.containsKey(device);
  }

  void told(String device, long nowMicros) {
    told.remove(device);
    told.put(device, nowMicros);
  }

  /** It was kept by an earlier run. */
  void restored(String device) {
    told.put(device, BEFORE);
  }

  void forget(String device) {
    told.remove(device);
  }

  /** Forgets those of which nobody has told for too long, and names them. */
  List<String> expire(long nowMicros) {
    long oldest = nowMicros - KEPT_HOURS * Calendar.HOUR_MICROS;
    told.replaceAll((device, at) -> at == BEFORE ? (Long) nowMicros : at);
    List<String> old = new ArrayList<>();
    told.forEach((device, at) -> {
      if (at < oldest) {
        old.add(device);
      }
    });
    old.forEach(told::remove);
    return old;
  }

  int size() {
    return told.size();
  }
}
