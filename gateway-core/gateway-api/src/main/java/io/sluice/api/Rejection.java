package io.sluice.api;

/**
 * What an adapter found wrong with a message whose sender it knows.
 *
 * @param detail what is wrong and what to do: it reaches the sender and the dead-letter store
 */
public record Rejection(RejectReason reason, String detail) {}
