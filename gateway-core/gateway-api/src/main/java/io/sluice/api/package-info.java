/**
 * The words that every part of the gateway shares: devices, classes and lanes of messages, values,
 * clocks. Knows no other package; anybody may use it.
 */
package io.sluice.api;
