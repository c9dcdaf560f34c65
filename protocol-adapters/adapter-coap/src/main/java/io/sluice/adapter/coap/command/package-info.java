/**
 * Commands to devices at {@code /command}: polled, observed (RFC 7641), in blocks (RFC 7959 section
 * 2.4), acknowledged. {@code server} calls it for each request to that path.
 */
package io.sluice.adapter.coap.command;
