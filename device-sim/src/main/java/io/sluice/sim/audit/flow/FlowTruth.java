package io.sluice.sim.audit.flow;

import io.sluice.sim.audit.Findings;
import io.sluice.sim.audit.Verdict;
import io.sluice.sim.audit.flow.FlowLook.Said;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the backlog of an upstream really was at each look, and what the gateway said of it. Written
 * after upstreams.md, spool.md and the API's description.
 *
 * <p>A message that was acknowledged before the gateway was asked, and that the far end had not got
 * a while after, was certainly waiting. One that was never sent was not, and neither was one that
 * the far end had got a while before.
 */
final class FlowTruth {
  private static final String LOOKS = "looks";
  private static final String WAITING = "most that waited";
  private static final String HOURS = "hours compared";

  /** How long what is on its way at the far end, or its confirmation, may take. */
  private static final long ON_ITS_WAY_MILLIS = 5_000;

  /** Growth is known from so much time on, and is that of so much time at the most. */
  private static final long LEAST_GROWTH_MILLIS = 12_000;

  private static final long MOST_GROWTH_MILLIS = 310_000;

  /** Sizes of records differ, and so does what a lane holds besides. */
  private static final double EITHER_WAY = 2;

  /** What waits so long is a backlog. */
  private static final long WAIT_MILLIS = 2_000;

  private static final double SLOWEST = 1;
  private static final double MOSTLY = 0.8;

  private final List<FlowLook> looks;
  private final long others;
  private final Findings findings = new Findings("backlog and hours left", LOOKS, WAITING, HOURS);

  /**
   * @param looks the first is of before the fleet played
   * @param others records at the far end that are not of the fleet, and repetitions
   */
  FlowTruth(List<FlowLook> looks, long others) {
    this.looks = looks;
    this.others = others;
  }

  Verdict verdict() {
    if (looks.stream().anyMatch(look -> look.arrived() < 0)) {
      return findings.verdict(); // nobody knows any more what the far end has
    }
    long most = 0;
    for (int i = 1; i < looks.size(); i++) {
      findings.count(LOOKS);
      most = Math.max(most, low(i));
      waiting(i);
      counted(i);
      hours(i);
    }
    findings.count(WAITING, most);
    return findings.verdict();
  }

  private Said first() {
    return looks.getFirst().said();
  }

  /** How often records certainly waited for the far end, for two seconds and more. */
  long backlogs() {
    long times = 0;
    boolean isCounted = false;
    int since = -1;
    for (int i = 1; i < looks.size(); i++) {
      if (looks.get(i).arrived() < 0 || low(i) == 0) {
        since = -1;
        isCounted = false;
        continue;
      }
      since = since < 0 ? i : since;
      if (!isCounted && looks.get(i).toMillis() - looks.get(since).fromMillis() >= WAIT_MILLIS) {
        isCounted = true;
        times++;
      }
    }
    return times;
  }

  /** Records that certainly waited. */
  long low(int look) {
    return Math.max(0, looks.get(look).acked() - arrived(late(look)));
  }

  /** Records that may have waited. */
  long high(int look) {
    return Math.max(
        0, first().backlog() + looks.get(look).messages() + others - arrived(early(look)));
  }

  /** At the far end since the fleet plays. */
  private long arrived(int look) {
    return looks.get(look).arrived() - looks.getFirst().arrived();
  }

  /** The first look that is a while after, or the last. */
  private int late(int look) {
    int late = look;
    while (late < looks.size() - 1
        && looks.get(late).toMillis() - looks.get(look).toMillis() < ON_ITS_WAY_MILLIS) {
      late++;
    }
    return late;
  }

  /** The last look that is a while before, or the first. */
  private int early(int look) {
    int early = look;
    while (early > 0
        && looks.get(look).fromMillis() - looks.get(early).toMillis() < ON_ITS_WAY_MILLIS) {
      early--;
    }
    return early;
  }

  private void waiting(int look) {
    Said said = looks.get(look).said();
    compare("backlog", "records wait, by backlogRecords", said.backlog(), look);
    compare("ledger", "records wait, by the ledger", said.queued(), look);
  }

  private void compare(String kind, String what, long there, int look) {
    long dropped = looks.get(look).said().dropped() - first().dropped();
    long low = Math.max(0, low(look) - Math.max(0, dropped));
    if (there < low || there > high(look)) {
      add(kind, look, "%,d %s, really %s".formatted(there, what, range(low, high(look))));
    }
  }

  /** What was accepted and what was delivered since the fleet plays. */
  private void counted(int look) {
    Said said = looks.get(look).said();
    long accepted = said.accepted() - first().accepted();
    long sent = looks.get(look).messages() + others;
    if (accepted < looks.get(look).acked() || accepted > sent) {
      add(
          "accepted",
          look,
          "%,d records are counted as accepted, really %s"
              .formatted(accepted, range(looks.get(look).acked(), sent)));
    }
    long delivered = said.delivered() - first().delivered();
    long low = arrived(early(look)) - others;
    long high = arrived(late(look)) + first().backlog();
    if (delivered < low || delivered > high) {
      add(
          "delivered",
          look,
          "%,d records are counted as delivered, really %s"
              .formatted(delivered, range(Math.max(0, low), high)));
    }
  }

  private void hours(int look) {
    Said said = looks.get(look).said();
    double bytes = said.bytesARecord();
    boolean isOfTelemetry = said.queued() > 0 && said.telemetry() >= MOSTLY * said.queued();
    double[] rates = rates(look);
    if (rates == null || rates[1] <= 0 || bytes == 0 || said.capacityBytes() == 0) {
      return;
    }
    Double there = said.hoursLeft();
    double free = said.capacityBytes() - low(look) * bytes;
    if (there != null) {
      findings.count(HOURS);
      double least =
          Math.max(0, said.capacityBytes() - high(look) * bytes * EITHER_WAY)
              / (rates[1] * bytes * EITHER_WAY)
              / 3600;
      if (there < least) {
        add(
            "hours",
            look,
            "%.2f hours are left, really %.2f at least by what came and what went"
                .formatted(there, least));
      }
    }
    if (rates[0] > SLOWEST && isOfTelemetry) {
      double most = free * EITHER_WAY / (rates[0] * bytes) / 3600;
      if (there == null) {
        findings.count(HOURS);
        add(
            "hours",
            look,
            "nothing fills up, really %.2f hours are left at the most".formatted(most));
      } else if (there > most) {
        add("hours", look, "%.2f hours are left, really %.2f at the most".formatted(there, most));
      }
    }
  }

  /**
   * The least and the greatest growth of what waits, records a second, over the spans of time by
   * which the gateway may reckon; null where too little is known.
   */
  private double @Nullable [] rates(int look) {
    double least = Double.MAX_VALUE;
    double greatest = -Double.MAX_VALUE;
    long now = looks.get(look).toMillis();
    for (int from = 0; from < look; from++) {
      long millis = now - looks.get(from).fromMillis();
      if (millis >= LEAST_GROWTH_MILLIS && millis <= MOST_GROWTH_MILLIS) {
        double seconds = millis / 1e3;
        least = Math.min(least, (low(look) - high(from)) / seconds);
        greatest = Math.max(greatest, (high(look) - low(from)) / seconds);
      }
    }
    if (greatest == -Double.MAX_VALUE) {
      return null;
    }
    // it may have been watching long before the fleet played
    double longest = MOST_GROWTH_MILLIS / 1e3;
    least = Math.min(least, (low(look) - first().backlog()) / longest);
    return new double[] {least, greatest};
  }

  private void add(String kind, int look, String what) {
    long at = (looks.get(look).fromMillis() - looks.getFirst().fromMillis()) / 1_000;
    findings.add(kind, "", "at %d s: %s".formatted(at, what));
  }

  private static String range(long low, long high) {
    return low == high ? "%,d".formatted(low) : "%,d to %,d".formatted(low, high);
  }
}
