package io.sluice.sim.figures;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * When no device of the fleet had an answer from the server, and whether connections were refused
 * meanwhile: what the fleet knows of the server's being away. Thread-safe.
 */
public final class Silences {
  private static final long LEAST_MILLIS = 1_000;
  private static final int MOST = 4_096;

  private final LongSupplier nowMillis;
  private final List<Silence> all = new ArrayList<>();
  private long leastMillis = LEAST_MILLIS;
  private long lastMillis;
  private long refused;

  /**
   * One of them.
   *
   * @param fromMillis the last answer before it, or the run's start
   * @param toMillis the first answer after it, or now
   * @param refused connections that found nobody
   */
  public record Silence(long fromMillis, long toMillis, long refused) {
    long millis() {
      return toMillis - fromMillis;
    }
  }

  /**
   * @param nowMillis the fleet's clock
   */
  Silences(LongSupplier nowMillis) {
    this.nowMillis = nowMillis;
    this.lastMillis = nowMillis.getAsLong();
  }

  /** The server answered some device. */
  public synchronized void answered() {
    long now = nowMillis.getAsLong();
    if (now - lastMillis >= leastMillis) {
      all.add(new Silence(lastMillis, now, refused));
      if (all.size() == MOST) {
        forgetShort();
      }
    }
    lastMillis = now;
    refused = 0;
  }

  /** A connection found nobody who listens. */
  public synchronized void refused() {
    refused++;
  }

  /** In their order; the last one lasts until now. */
  public synchronized List<Silence> all() {
    List<Silence> silences = new ArrayList<>(all);
    silences.add(new Silence(lastMillis, nowMillis.getAsLong(), refused));
    return List.copyOf(silences);
  }

  /** The longer ones tell more. */
  private void forgetShort() {
    while (all.size() > MOST / 2) {
      leastMillis *= 2;
      all.removeIf(silence -> silence.millis() < leastMillis && silence.refused() == 0);
      if (leastMillis > 1L << 40) {
        all.subList(0, MOST / 2).clear();
      }
    }
  }
}
