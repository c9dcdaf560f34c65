package io.sluice.sim.audit;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What an audit found: all of it counted, by kind and by device, and of each kind the first in
 * words. Of one thread.
 */
public final class AuditFaults {
  /** Of each kind. */
  private static final int MOST_IN_WORDS = 100;

  private static final int MOST_DEVICES = 10_000;

  /** Kinds; the name in small letters is the key in report.json. */
  public enum Kind {
    LOST,
    DUPLICATED,
    DOUBLED,
    REORDERED,
    ALTERED,
    WRONG_UNIT,
    INVENTED,
    ID_REUSED,
    STRANGER,
    UNREADABLE,
    BAD_ACCEPTED,
    GOOD_REFUSED,
    ALARM_MISSING,
    ALARM_TWICE,
    ALARM_STILL_OPEN,
    ALARM_NOT_OPEN,
    ALARM_ALTERED,
    ALARM_INVENTED;

    String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  private final Map<Kind, Long> counts = new EnumMap<>(Kind.class);
  private final Map<Kind, List<String>> words = new EnumMap<>(Kind.class);
  private final Map<String, Map<String, Long>> devices = new TreeMap<>();

  /**
   * @param device empty where it is of none
   */
  public void add(Kind kind, String device, String what) {
    counts.merge(kind, 1L, Long::sum);
    List<String> said = words.computeIfAbsent(kind, each -> new ArrayList<>());
    if (said.size() < MOST_IN_WORDS) {
      said.add(what);
    }
    if (!device.isEmpty() && (devices.size() < MOST_DEVICES || devices.containsKey(device))) {
      devices
          .computeIfAbsent(device, each -> new LinkedHashMap<>())
          .merge(kind.label(), 1L, Long::sum);
    }
  }

  public long count(Kind kind) {
    return counts.getOrDefault(kind, 0L);
  }

  public List<String> inWords() {
    return words.values().stream().flatMap(List::stream).toList();
  }

  /** By device, then by kind. */
  public Map<String, Map<String, Long>> byDevice() {
    return devices;
  }
}
