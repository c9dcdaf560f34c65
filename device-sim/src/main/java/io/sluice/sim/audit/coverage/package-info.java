/**
 * Coverage as a gateway reports it, against coverage as the fleet knows it was. Called before,
 * during and after a run.
 */
package io.sluice.sim.audit.coverage;
