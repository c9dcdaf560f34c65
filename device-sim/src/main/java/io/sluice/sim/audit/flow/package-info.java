/**
 * Backlog, ledger and hours left as a gateway reports them, against what the fleet sent and what
 * the far end has. Called before, during and after a run.
 */
package io.sluice.sim.audit.flow;
