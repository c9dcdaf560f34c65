package io.sluice.engine.normalize;

import io.sluice.api.MessageClass;

/**
 * A normalized message.
 *
 * @param messageClass after the profile's class rules
 * @param body the encoded record, without id and sequence, which the spool's position gives
 */
public record Normalized(MessageClass messageClass, byte[] body) {}
