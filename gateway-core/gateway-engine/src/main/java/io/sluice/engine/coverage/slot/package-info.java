/**
 * Slots, and the sums over them: what one device should have reported in a time, and what of it
 * arrived. Knows neither spool nor disk; called by {@code engine.coverage} alone, under its lock.
 */
@org.jspecify.annotations.NullMarked
package io.sluice.engine.coverage.slot;
