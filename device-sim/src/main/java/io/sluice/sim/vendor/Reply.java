package io.sluice.sim.vendor;

/**
 * What a server said of a message that it took or refused.
 *
 * @param to what {@link Publication#awaits} of that message is
 * @param isTaken whether its code says so
 * @param text for people
 */
public record Reply(String to, boolean isTaken, String text) {}
