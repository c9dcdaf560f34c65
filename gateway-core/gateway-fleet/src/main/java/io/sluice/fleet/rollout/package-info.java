/** What operators push to the gateways of a fleet: read from files, and checked before it goes. */
@org.jspecify.annotations.NullMarked
package io.sluice.fleet.rollout;
