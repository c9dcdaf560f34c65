/**
 * What a gateway that is one of a fleet shares with the others, as the engine, the stores and the
 * fleet's own process see it.
 */
@org.jspecify.annotations.NullMarked
package io.sluice.api.fleet;
