/** What the gateways of the fleet say of themselves: their status, and when they were away. */
@org.jspecify.annotations.NullMarked
package io.sluice.fleet.gateway;
