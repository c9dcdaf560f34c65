package io.sluice.api.fleet;

import org.jspecify.annotations.Nullable;

/**
 * A gateway as one of the fleet, as it sees itself.
 *
 * @param isIdHeld whether it has its id by a lease that is not over
 * @param heldBy who has the id instead, in words, or null
 * @param clockOffsetMillis its own clock less the database's as measured last, or null
 * @param sessionsTakenOver sessions that were ended here as their device signed in at another
 *     gateway, since the start
 * @param commandsTaken commands that were taken from the fleet, since the start
 * @param commandsUnreported commands of which the fleet has still to hear how far they have come
 */
public record MembershipState(
    boolean isIdHeld,
    @Nullable String heldBy,
    @Nullable Long clockOffsetMillis,
    long sessionsTakenOver,
    long commandsTaken,
    long commandsUnreported) {}
