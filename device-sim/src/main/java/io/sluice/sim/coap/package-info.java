/**
 * A lean CoAP client (RFC 7252, and Block1 of RFC 7959) for very many endpoints on few sockets. It
 * shares nothing with the gateway, and nothing with Californium: each checks the other.
 */
package io.sluice.sim.coap;
