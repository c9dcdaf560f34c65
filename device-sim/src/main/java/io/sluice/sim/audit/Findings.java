package io.sluice.sim.audit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Gathers what an audit of a gateway finds, within bounds. Of one thread. */
public final class Findings {
  /** Of each kind. */
  private static final int MOST_IN_WORDS = 100;

  private static final int MOST_DEVICES = 10_000;

  private final String title;
  private final Map<String, Long> figures = new LinkedHashMap<>();
  private final Map<String, List<String>> words = new LinkedHashMap<>();
  private final Map<String, Map<String, Long>> devices = new TreeMap<>();

  /**
   * @param title what is judged
   * @param figures what is counted, in the order in which it is told
   */
  public Findings(String title, String... figures) {
    this.title = title;
    for (String figure : figures) {
      this.figures.put(figure, 0L);
    }
  }

  /** Counts one more. */
  public void count(String figure) {
    count(figure, 1);
  }

  /** Counts so many more. */
  public void count(String figure, long more) {
    figures.merge(figure, more, Long::sum);
  }

  /**
   * Something is wrong.
   *
   * @param kind in one or two words, the same for all of a kind
   * @param device empty where it is of none
   */
  public void add(String kind, String device, String what) {
    List<String> said = words.computeIfAbsent(kind, each -> new ArrayList<>());
    if (said.size() < MOST_IN_WORDS) {
      said.add(what);
    }
    if (!device.isEmpty() && (devices.size() < MOST_DEVICES || devices.containsKey(device))) {
      devices.computeIfAbsent(device, each -> new LinkedHashMap<>()).merge(kind, 1L, Long::sum);
    }
  }

  /** What was found until now. */
  public Verdict verdict() {
    return new Verdict(
        title,
        new LinkedHashMap<>(figures),
        devices,
        words.values().stream().flatMap(List::stream).toList());
  }
}
