/**
 * Edge nodes of Sparkplug B, written from the Eclipse Sparkplug Specification 3.0.0 and its {@code
 * sparkplug_b.proto}: births with aliases, data, deaths, sequences, and what commands ask for.
 */
package io.sluice.sim.vendor.sparkplug;
