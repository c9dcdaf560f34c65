package io.sluice.engine.normalize.profile;

/** What values a metric takes. */
public enum MetricType {
  /** A number; an integer stays one as long as the mapping does not make a fraction of it. */
  NUMBER,
  /** A number, rounded to an integer. */
  INTEGER,
  /** {@code true} or {@code false}; 1 and 0 are taken for them. */
  BOOLEAN,
  /** Text; other values become their text. */
  STRING,
  /** Whatever the payload has. */
  ANY
}
