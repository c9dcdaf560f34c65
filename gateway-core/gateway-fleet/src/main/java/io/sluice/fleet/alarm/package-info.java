/** The alarm book of the fleet: those of all gateways, and one acknowledgement for all. */
@org.jspecify.annotations.NullMarked
package io.sluice.fleet.alarm;
