/**
 * A CoAP listener as a whole: the endpoint put together, its threads, and the router of whole
 * requests. It knows all other packages of the adapter; the factories call it.
 */
package io.sluice.adapter.coap.server;
