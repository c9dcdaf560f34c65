/** The time that a fleet lives in, and tasks for later in it. */
package io.sluice.sim.time;
