/**
 * The way from a payload to an encoded record: which codec reads it, and with what it works. Called
 * by ingest and by commands that decode offline; what lives below knows nothing of this package,
 * and each package there only those behind it: codec, sample, profile, yaml, unit.
 */
@org.jspecify.annotations.NullMarked
package io.sluice.engine.normalize;
