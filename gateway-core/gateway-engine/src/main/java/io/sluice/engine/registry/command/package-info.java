/**
 * Commands on their way down to devices, from the operator until they have ended. Called by
 * adapters through {@code api.adapter.Commands} and by operators.
 */
package io.sluice.engine.registry.command;
