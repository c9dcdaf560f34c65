/**
 * What a simulated device has to say at any time, and how it writes it: pure functions of seed and
 * time.
 */
package io.sluice.sim.device;
