package io.sluice.fleet.view;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What is to be told of instances that do not answer: of each one line a minute at most, whatever
 * the reasons, and one once it answers again. Thread-safe.
 */
final class PeerTroubles {
  private static final long TELL_MILLIS = 60_000;

  private final LongSupplier millis;
  private final Map<String, Trouble> all = new HashMap<>();

  /** Of one instance. */
  private static final class Trouble {
    private long toldMillis;
    private long sinceMillis;
    private boolean isAway;
    private boolean isTold;
    private int untold;
    private String why = "";
  }

  /**
   * @param millis a time that only goes on
   */
  PeerTroubles(LongSupplier millis) {
    this.millis = millis;
  }

  /** The line that is to be told, if any, of one that has not answered. */
  synchronized @Nullable String fails(String peer, String why) {
    long now = millis.getAsLong();
    Trouble trouble = all.get(peer);
    boolean isFirst = trouble == null;
    if (trouble == null) {
      trouble = new Trouble();
      all.put(peer, trouble);
    }
    if (!trouble.isAway) {
      trouble.isAway = true;
      trouble.isTold = false;
      trouble.sinceMillis = now;
    }
    boolean isNews = !trouble.isTold || !why.equals(trouble.why);
    if (!isFirst && (!isNews || now - trouble.toldMillis < TELL_MILLIS)) {
      trouble.untold++;
      return null;
    }
    String more =
        trouble.untold == 0 ? "" : " (" + trouble.untold + " times more since the last such line)";
    trouble.untold = 0;
    trouble.isTold = true;
    trouble.toldMillis = now;
    trouble.why = why;
    return "instance " + peer + " does not answer: " + why + "; what it has is missing" + more;
  }

  /** The line that is to be told, if any, of one that has answered. */
  synchronized @Nullable String answers(String peer) {
    Trouble trouble = all.get(peer);
    if (trouble == null || !trouble.isAway) {
      return null;
    }
    trouble.isAway = false;
    long seconds = (millis.getAsLong() - trouble.sinceMillis) / 1_000;
    return trouble.isTold ? "instance " + peer + " answers again, after " + seconds + " s" : null;
  }

  /** Forgets those that have no part any more. */
  synchronized void retain(Set<String> peers) {
    all.keySet().retainAll(peers);
  }
}
