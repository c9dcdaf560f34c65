/** Scenario files: read, checked with every fault in one pass, and their schema. */
package io.sluice.sim.scenario;
