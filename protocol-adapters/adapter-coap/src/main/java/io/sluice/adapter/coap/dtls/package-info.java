/**
 * DTLS 1.2 in front of CoAP (RFC 6347, 7925, 9146): handshakes, keys and certificates, sessions
 * that move, faults that are told to the operator. Made by {@code server}.
 */
package io.sluice.adapter.coap.dtls;
