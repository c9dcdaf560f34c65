package io.sluice.sim.audit.alarm;

/**
 * What a gateway told the simulator's webhook of an alarm.
 *
 * @param arrivedMillis by this machine's clock
 * @param key the header {@code Idempotency-Key}; empty where there was none
 * @param alarm what it says; with id -1 where it says no id
 * @param isTaken whether it was answered as taken; otherwise it was refused on purpose
 */
record WebhookPost(long arrivedMillis, String key, BookedAlarm alarm, boolean isTaken) {}
