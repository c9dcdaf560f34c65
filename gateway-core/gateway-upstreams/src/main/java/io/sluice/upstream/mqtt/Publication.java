package io.sluice.upstream.mqtt;

import io.sluice.upstream.CloudEvents;
import org.jspecify.annotations.Nullable;

/**
 * One record on its way.
 *
 * @param index in its batch
 */
record Publication(
    BatchUnderWay batch, int index, String topic, byte[] payload, @Nullable CloudEvents event) {}
