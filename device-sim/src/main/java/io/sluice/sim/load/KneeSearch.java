package io.sluice.sim.load;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds the highest rate that a server takes within given bounds: doubles the rate until a step
 * fails, then halves the gap between the highest that held and the lowest that failed.
 */
final class KneeSearch {
  private static final int MOST_DOUBLINGS = 16;

  /** Share of what was due that may be waiting to be sent at the end. */
  private static final double KEEPS_UP = 0.02;

  /** Runs a load at a rate, messages a second. */
  interface Load {
    LoadResult at(double rate) throws IOException, InterruptedException;
  }

  /**
   * @param p99Micros highest latency of 99 in 100, from when a message was due
   * @param loss share of messages that may stay unanswered, 0 to 1
   */
  record Bounds(long p99Micros, double loss) {}

  /**
   * One load.
   *
   * @param fault why it is not within the bounds; empty where it is
   */
  record Step(double rate, LoadResult result, String fault) {
    boolean holds() {
      return fault.isEmpty();
    }
  }

  private final Load load;
  private final Bounds bounds;
  private final int halvings;
  private final List<Step> steps = new ArrayList<>();

  /**
   * @param halvings how often the gap is halved: 4 finds the knee to a sixteenth of it
   */
  KneeSearch(Load load, Bounds bounds, int halvings) {
    this.load = load;
    this.bounds = bounds;
    this.halvings = halvings;
  }

  /** Every step in its order; the one with the highest rate that holds is the knee. */
  List<Step> from(double first) throws IOException, InterruptedException {
    double held = 0;
    double failed = Double.POSITIVE_INFINITY;
    double rate = first;
    for (int i = 0; i < MOST_DOUBLINGS && failed == Double.POSITIVE_INFINITY; i++) {
      if (tried(rate).holds()) {
        held = rate;
        rate *= 2;
      } else {
        failed = rate;
      }
    }
    for (int i = 0; i < halvings && failed < Double.POSITIVE_INFINITY; i++) {
      double between = (held + failed) / 2;
      if (tried(between).holds()) {
        held = between;
      } else {
        failed = between;
      }
    }
    return List.copyOf(steps);
  }

  private Step tried(double rate) throws IOException, InterruptedException {
    LoadResult result = load.at(rate);
    Step step = new Step(rate, result, fault(result));
    steps.add(step);
    return step;
  }

  private String fault(LoadResult result) {
    if (result.errors() > 0 || result.lostConnections() > 0) {
      return result.errors() + " errors, " + result.lostConnections() + " connections lost";
    }
    double unanswered = result.sent() == 0 ? 1 : (double) result.unanswered() / result.sent();
    if (unanswered > bounds.loss()) {
      return "%.1f %% unanswered".formatted(unanswered * 100);
    }
    long due = result.sent() + result.unsent();
    double behind = due == 0 ? 1 : (double) result.unsent() / due;
    if (behind > KEEPS_UP) {
      return "%.1f %% behind the rate".formatted(behind * 100);
    }
    Double p99 = result.p99Micros();
    if (p99 == null) {
      return "no latency";
    }
    return p99 > bounds.p99Micros() ? "p99 %,.0f us".formatted(p99) : "";
  }
}
