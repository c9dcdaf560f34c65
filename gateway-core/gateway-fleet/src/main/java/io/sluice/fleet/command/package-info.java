/** Commands for devices, given at the fleet. */
@org.jspecify.annotations.NullMarked
package io.sluice.fleet.command;
