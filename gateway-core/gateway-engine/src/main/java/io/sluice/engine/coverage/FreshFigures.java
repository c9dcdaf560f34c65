package io.sluice.engine.coverage;

import java.util.function.LongSupplier;

/**
 * The sums of the book, made anew where they are old, or from after a clock's step. How old they
 * may be goes by what they cost. Thread-safe.
 */
final class FreshFigures {
  private static final long FRESH_MIN_MICROS = 1_000_000;
  private static final long FRESH_MAX_MICROS = 10_000_000;

  /** The share of the time that summing up may take. */
  private static final int FRESH_PER_COST = 50;

  private final CoverageState book;
  private final CoverageState.Sessions sessions;
  private final LongSupplier nowMicros;
  private volatile CoverageFigures figures;
  private volatile long freshMicros = FRESH_MIN_MICROS;

  FreshFigures(CoverageState book, CoverageState.Sessions sessions, LongSupplier nowMicros) {
    this.book = book;
    this.sessions = sessions;
    this.nowMicros = nowMicros;
    this.figures = new CoverageFigures(nowMicros.getAsLong(), book.calendar());
  }

  /** The last that were made, however old. */
  CoverageFigures latest() {
    return figures;
  }

  /** Those of now, or nearly. */
  CoverageFigures current() {
    refresh();
    return figures;
  }

  void refresh() {
    if (!isFresh(figures)) {
      renew();
    }
  }

  private synchronized void renew() {
    if (!isFresh(figures)) {
      long began = System.nanoTime();
      figures = book.figures(nowMicros.getAsLong(), sessions);
      long costMicros = (System.nanoTime() - began) / 1_000;
      freshMicros = Math.clamp(costMicros * FRESH_PER_COST, FRESH_MIN_MICROS, FRESH_MAX_MICROS);
    }
  }

  private boolean isFresh(CoverageFigures figures) {
    long age = nowMicros.getAsLong() - figures.atMicros;
    return age >= 0 && age < freshMicros;
  }
}
