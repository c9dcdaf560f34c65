package io.sluice.api;

/** Why a value's quality is not good. The JSON name is the constant's own. */
public enum QualityReason {
  RANGE,
  STUCK,
  CLOCK,
  STALE,
  SENSOR,
  CALIB,
  MAINT,
  SUBST,
  MANUAL
}
