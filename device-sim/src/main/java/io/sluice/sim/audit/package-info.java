/**
 * What is at the far end, against what a fleet sent. Called after a run has stopped; knows a
 * gateway by its public records and its API alone.
 */
package io.sluice.sim.audit;
