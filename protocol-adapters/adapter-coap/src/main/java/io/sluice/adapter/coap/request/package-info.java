/**
 * A request from its arrival to its answer: who sent it, whether there is room for it, its receipt.
 * Shared by the fast path, the Californium path, commands and uploads; knows {@code message} and
 * {@code settings}.
 */
package io.sluice.adapter.coap.request;
