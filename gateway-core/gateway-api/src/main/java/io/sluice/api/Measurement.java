package io.sluice.api;

import org.jspecify.annotations.Nullable;

/**
 * One measured value of a record.
 *
 * @param name metric name
 * @param value {@link Long}, {@link Double}, {@link Boolean}, {@link String} or {@code byte[]}
 * @param unit from the IANA SenML units registry, or null
 * @param quality how far it can be trusted
 * @param reason why the quality is not good, or null
 * @param timeMicros own observed time in microseconds since the epoch, or null where it is the
 *     record's
 */
public record Measurement(
    String name,
    Object value,
    @Nullable String unit,
    Quality quality,
    @Nullable QualityReason reason,
    @Nullable Long timeMicros) {}
