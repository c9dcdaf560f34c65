/**
 * How vendors' devices speak over MQTT: topics, payloads, sign-in and replies, written from the
 * vendors' own pages. Nothing here is read from, or shared with, a gateway's description of them.
 */
package io.sluice.sim.vendor;
