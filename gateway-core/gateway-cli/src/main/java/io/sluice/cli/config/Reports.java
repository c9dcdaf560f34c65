package io.sluice.cli.config;

import io.sluice.engine.config.Fault;
import io.sluice.engine.config.Faults;
import java.io.PrintWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;

/** How faults are told: one a line, and of one kind the first few only. */
public final class Reports {
  /** Who has more of a kind mends them all in one way. */
  static final int MOST_OF_A_KIND = 20;

  private static final Pattern PLACE = Pattern.compile("^.+?:[0-9]+:[0-9]+: (\\S+: )?");

  private Reports() {}

  /** Prints faults, one a line; returns whether there are any. */
  public static boolean print(Faults faults, PrintWriter err) {
    return print(faults.list(), faults.kinds(), faults.count(), err);
  }

  /**
   * Prints faults, one a line; returns whether there are any.
   *
   * @param kinds how many there are of each kind, those not in the list included
   * @param count all that there are
   */
  static boolean print(List<Fault> faults, Map<String, Integer> kinds, int count, PrintWriter err) {
    int left = count - printByKind("", faults, Fault::kind, kinds, err);
    if (left > 0) {
      err.println("sluice: and " + left + " faults more");
    }
    err.flush();
    return count > 0;
  }

  /** Prints lines of the form that faults have, each with the prefix. */
  public static void printLines(String prefix, List<String> lines, PrintWriter err) {
    Map<String, Integer> kinds = new HashMap<>();
    lines.forEach(line -> kinds.merge(kindOf(line), 1, Integer::sum));
    printByKind(prefix, lines, Reports::kindOf, kinds, err);
  }

  /** Prints the first few of each kind and how many more there are; returns how many it told of. */
  private static <T> int printByKind(
      String prefix,
      List<T> all,
      Function<T, String> kindOf,
      Map<String, Integer> kinds,
      PrintWriter err) {
    Map<String, Integer> met = new HashMap<>();
    int told = 0;
    for (T each : all) {
      String kind = kindOf.apply(each);
      int nth = met.merge(kind, 1, Integer::sum);
      if (nth <= MOST_OF_A_KIND) {
        err.println(prefix + each);
        told++;
      }
      if (nth == MOST_OF_A_KIND) {
        told += printMore(prefix, kind, kinds.getOrDefault(kind, nth) - nth, err);
      }
    }
    return told;
  }

  private static String kindOf(String line) {
    return Fault.kindOf(PLACE.matcher(line).replaceFirst(""));
  }

  private static int printMore(String prefix, String kind, int more, PrintWriter err) {
    if (more > 0) {
      String who = prefix.isEmpty() ? "sluice: " : prefix;
      err.println(who + "and " + more + " more of this kind: " + kind);
    }
    return more;
  }
}
