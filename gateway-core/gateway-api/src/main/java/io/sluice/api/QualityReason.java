package io.sluice.api;

/** Why a value's quality is not good. The JSON name is the constant's own. */
public enum QualityReason {
  /** The value is outside the range that the profile declares. */
  RANGE,
  STUCK,
  CLOCK,
  STALE,
  /** The device says that nothing was measured, {@code nan} for example. */
  SENSOR,
  CALIB,
  MAINT,
  SUBST,
  MANUAL,
  /** What came is no value of the metric's type. */
  TYPE
}
