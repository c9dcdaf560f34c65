/**
 * The connector of plain UDP, and in front of it the path of uplinks that are whole in one
 * datagram: read, answered and remembered on the event loop of their socket. Made by {@code
 * server}.
 */
package io.sluice.adapter.coap.fast;
