/**
 * What operators see and change: devices, commands, alarms, coverage, dead letters, the flow of
 * records. The engine implements it; the admin API, metrics and the terminal call it.
 */
package io.sluice.api.operator;
