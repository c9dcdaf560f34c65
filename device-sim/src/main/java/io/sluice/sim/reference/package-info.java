/** Servers that only acknowledge, to compare with. Used by sim reference and sim load --against. */
package io.sluice.sim.reference;
