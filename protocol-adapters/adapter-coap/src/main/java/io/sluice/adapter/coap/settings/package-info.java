/**
 * The options of the CoAP listeners, as the configuration names them. Every other package of the
 * adapter may know them; they know none.
 */
package io.sluice.adapter.coap.settings;
