/**
 * The CoAP listener: Californium and Scandium, with a path of its own for plain uplinks. It knows
 * {@code gateway-api} alone; the process finds it by its factory.
 */
package io.sluice.adapter.coap;
