package io.sluice.engine.normalize.sample;

/**
 * What was wrong with fields of a message that was taken all the same.
 *
 * @param detail one sentence for the sender: the first field, where it stands, what is wrong, the
 *     remedy, and how many more there are
 * @param type fields that were no value of their metric's type, or could not be kept
 * @param sensor fields that said that nothing was measured
 * @param range fields beyond what a value can hold
 */
public record FieldFaults(String detail, int type, int sensor, int range) {}
