/**
 * What this gateway does as one of a fleet: it holds its id, ends sessions that went on at another
 * gateway, and takes commands for the devices that it has. All of it is left out where no fleet is
 * configured, and nothing of it holds up a device where the fleet's store is away.
 */
@org.jspecify.annotations.NullMarked
package io.sluice.engine.fleet;
