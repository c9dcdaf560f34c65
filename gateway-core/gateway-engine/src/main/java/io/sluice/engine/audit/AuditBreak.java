package io.sluice.engine.audit;

import java.nio.file.Path;

/**
 * The first place where the chain does not hold.
 *
 * @param line from 1
 * @param what one sentence
 */
public record AuditBreak(Path file, int line, Kind kind, String what) {
  /** What was done to the log, as far as it shows. */
  public enum Kind {
    CHANGED,
    MISSING,
    REORDERED,
    TRUNCATED,
    /** Chained with a key that was not given, or without the one that was. */
    KEY
  }

  @Override
  public String toString() {
    return file + ":" + line + ": " + what;
  }
}
