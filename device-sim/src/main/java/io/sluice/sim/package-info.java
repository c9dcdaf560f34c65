/**
 * The commands of the device simulator. The gateway's command line takes {@link
 * io.sluice.sim.SimCommand} in; nothing else is called from outside.
 */
package io.sluice.sim;
