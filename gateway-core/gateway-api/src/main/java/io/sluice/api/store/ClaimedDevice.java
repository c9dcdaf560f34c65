package io.sluice.api.store;

/**
 * What a claim gave to a device.
 *
 * @param device its id
 * @param claimHash SHA-256 of the claim's token, in hex
 * @param issuedHash SHA-256 of the token that the device was given, in hex
 * @param claimedMillis milliseconds since the epoch
 */
public record ClaimedDevice(
    String device, String claimHash, String issuedHash, long claimedMillis) {}
