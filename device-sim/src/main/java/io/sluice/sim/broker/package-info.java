/**
 * A broker between the fleet and the gateway: a process of Mosquitto behind a relay, and its
 * faults.
 */
package io.sluice.sim.broker;
