package io.sluice.fleet.view;

import io.sluice.fleet.command.FleetCommandService;
import io.sluice.fleet.device.DeviceWriter;
import java.util.function.Supplier;

/**
 * What an instance does with the fleet's store.
 *
 * @param devices how the registry is written to the bus; any thread may ask
 */
public record StoreSide(FleetCommandService commands, Supplier<DeviceWriter.Standing> devices) {}
