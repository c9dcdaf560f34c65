/**
 * The alarm book of a gateway, and what it tells others of alarms, against the alarms that the
 * fleet raised. Called before and after a run.
 */
package io.sluice.sim.audit.alarm;
