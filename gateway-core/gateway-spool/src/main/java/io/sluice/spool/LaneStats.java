package io.sluice.spool;

import io.sluice.api.Lane;

/**
 * How full a lane of the spool is.
 *
 * @param records held
 * @param bytes of them
 * @param oldestSeconds age of the oldest record that some upstream still lacks; 0 where none
 * @param owedBytes of the records from that one on
 * @param atBound whether it is full: it refuses, or gives up what some upstream lacks
 */
public record LaneStats(
    Lane lane,
    long records,
    long bytes,
    long capacityBytes,
    double oldestSeconds,
    long owedBytes,
    boolean atBound) {}
