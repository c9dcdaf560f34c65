/**
 * A whole fleet on one machine, each part a process of its own: database, broker, balancer,
 * gateways and instances of the view. The demo and the trial start it, and break it.
 */
@org.jspecify.annotations.NullMarked
package io.sluice.trial.stage;
