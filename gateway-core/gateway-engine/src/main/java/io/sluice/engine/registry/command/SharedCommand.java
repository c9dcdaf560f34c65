package io.sluice.engine.registry.command;

import io.sluice.api.DeviceId;
import io.sluice.api.operator.CommandService.State;
import org.jspecify.annotations.Nullable;

/**
 * How far a command of the fleet has come at this gateway. Immutable.
 *
 * @param sentMicros by the gateway's clock, or null
 * @param acknowledgedMicros when the device answered, or null
 * @param isOver whether nothing is waited for any more
 */
public record SharedCommand(
    String id,
    DeviceId device,
    State state,
    @Nullable Long sentMicros,
    @Nullable Long acknowledgedMicros,
    @Nullable Integer reasonCode,
    boolean isOver) {}
