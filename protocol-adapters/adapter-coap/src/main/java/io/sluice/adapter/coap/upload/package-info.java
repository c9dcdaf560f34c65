/**
 * Bodies that devices send in blocks (RFC 7959 section 2.5), put together within bounds. A layer of
 * Californium's stack, made by {@code server}.
 */
package io.sluice.adapter.coap.upload;
