/**
 * A fleet at play: when each device samples, what goes wrong with it, and what it sent. Commands
 * start it; audits read its ledger after it has stopped.
 */
package io.sluice.sim.fleet;
