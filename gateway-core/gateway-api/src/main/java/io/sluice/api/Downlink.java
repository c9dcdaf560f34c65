package io.sluice.api;

/**
 * One message to a device, in the form of its vendor.
 *
 * @param topic as the device expects it
 * @param payload not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Downlink(String topic, byte[] payload) {}
