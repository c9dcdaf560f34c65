/** Gateways and modules of plants. */
package io.sluice.sim.vendor.industry;
