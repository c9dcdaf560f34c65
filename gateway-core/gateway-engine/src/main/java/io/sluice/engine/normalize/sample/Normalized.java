package io.sluice.engine.normalize.sample;

import io.sluice.api.MessageClass;
import org.jspecify.annotations.Nullable;

/**
 * A normalized message.
 *
 * @param messageClass after the profile's class rules
 * @param body the encoded record, without id and sequence, which the spool's position gives
 * @param faults what was wrong with fields that could not be taken as they came; null where all
 *     could
 */
public record Normalized(MessageClass messageClass, byte[] body, @Nullable FieldFaults faults) {}
