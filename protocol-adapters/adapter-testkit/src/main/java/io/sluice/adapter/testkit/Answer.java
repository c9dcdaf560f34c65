package io.sluice.adapter.testkit;

/**
 * What a sender saw of the protocol's acknowledgement.
 *
 * @param positive whether the protocol said that the message is kept
 * @param detail the reason as it reached the sender, empty where none did
 */
public record Answer(boolean positive, String detail) {}
