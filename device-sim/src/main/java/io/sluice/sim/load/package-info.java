/**
 * Load with latencies that do not flatter: closed and open loop, over MQTT and CoAP. Used by sim
 * load alone.
 */
package io.sluice.sim.load;
