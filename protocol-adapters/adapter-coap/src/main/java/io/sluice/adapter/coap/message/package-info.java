/**
 * What a CoAP message may hold and how a verdict is said in one: options, formats, response codes
 * (RFC 7252 section 5). Knows no listener and no device; every other package may call it.
 */
package io.sluice.adapter.coap.message;
