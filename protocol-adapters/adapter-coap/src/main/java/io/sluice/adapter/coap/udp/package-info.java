/**
 * The UDP sockets of a listener, one for each local address where that is needed, and what the
 * system says of them. Used by {@code fast} and {@code dtls}; knows no CoAP.
 */
package io.sluice.adapter.coap.udp;
