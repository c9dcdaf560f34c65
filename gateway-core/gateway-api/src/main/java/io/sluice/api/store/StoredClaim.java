package io.sluice.api.store;

/**
 * A claim: its token registers so many devices of one kind until it expires.
 *
 * @param tokenHash SHA-256 of the token, in hex
 * @param name as operators know it
 * @param profile of the devices
 * @param sector of the devices
 * @param site of the devices
 * @param pattern that their ids must match, with {@code *} and {@code ?}
 * @param usesLeft devices that it still registers
 * @param expiresMillis milliseconds since the epoch
 * @param createdMillis milliseconds since the epoch
 */
public record StoredClaim(
    String tokenHash,
    String name,
    String profile,
    String sector,
    String site,
    String pattern,
    int usesLeft,
    long expiresMillis,
    long createdMillis) {}
