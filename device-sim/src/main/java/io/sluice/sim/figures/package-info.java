/** What a fleet counts while it plays. Links and devices add, anybody reads. */
package io.sluice.sim.figures;
