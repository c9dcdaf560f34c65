/** A run as a page, as figures over time, and whether the gateway leaks. */
package io.sluice.sim.report;
