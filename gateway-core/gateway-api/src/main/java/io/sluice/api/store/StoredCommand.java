package io.sluice.api.store;

import io.sluice.api.Command;
import io.sluice.api.operator.CommandService;
import org.jspecify.annotations.Nullable;

/**
 * A command and how far it has come.
 *
 * @param sequence its number in the order of their making
 * @param command with an empty payload once it is over
 * @param state how far it has come
 * @param sentMicros microseconds since the epoch, or null
 * @param acknowledgedMicros microseconds since the epoch, or null
 * @param reasonCode of the device's refusal, or null
 * @param isOver whether nothing is waited for any more, whatever the state
 */
public record StoredCommand(
    long sequence,
    Command command,
    CommandService.State state,
    @Nullable Long sentMicros,
    @Nullable Long acknowledgedMicros,
    @Nullable Integer reasonCode,
    boolean isOver) {}
