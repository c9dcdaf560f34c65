/**
 * The ways of simulated devices to a server: MQTT and CoAP, by clients of our own, Paho and
 * Californium. The fleet alone calls it.
 */
package io.sluice.sim.link;
