package io.sluice.api;

/** What a measured value is. */
public enum ValueKind {
  /** A whole number of 64 bits with sign. */
  LONG,
  /** A number of IEEE 754 double precision; never NaN or infinite. */
  DOUBLE,
  BOOLEAN,
  STRING,
  BYTES
}
