package io.sluice.api.tls;

/** What becomes of clients about whose revocation nothing is known. */
public enum CrlPolicy {
  /** They are refused: their authority's list is missing, has ended, or has not begun. */
  STRICT,
  /** They are let in, and the operator is told. */
  WARN
}
