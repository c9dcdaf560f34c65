/**
 * CoAP over UDP and over DTLS: the factories of the two listeners, which the process finds by
 * {@code ServiceLoader}. The packages below know {@code gateway-api} and {@code adapter-netty}
 * alone; {@code server} puts them together, and nobody outside this module calls them.
 */
package io.sluice.adapter.coap;
