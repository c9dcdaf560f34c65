package io.sluice.sim.vendor;

/**
 * How a device says that it is there: its birth is published when it has connected, its death is
 * its will.
 *
 * @param birth with its flag RETAIN; the will has the same topic and flag
 * @param death payload of the will
 * @param metric name of the value in a record
 * @param isHere that value after a birth
 */
public record Presence(Publication birth, String death, String metric, Object isHere) {}
