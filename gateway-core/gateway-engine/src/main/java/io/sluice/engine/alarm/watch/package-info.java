/**
 * What the gateway itself raises alarms for: devices that are silent, destinations that take
 * nothing, sites whose coverage is low, a spool that fills. Run by the wiring on the alarm thread.
 */
package io.sluice.engine.alarm.watch;
