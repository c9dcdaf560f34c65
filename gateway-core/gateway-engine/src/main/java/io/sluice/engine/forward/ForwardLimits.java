package io.sluice.engine.forward;

/**
 * The bounds of a Forwarder.
 *
 * @param windowBatches most batches of events and telemetry under way at once; alarms have as many
 *     places of their own, so that none waits for a slow telemetry batch
 * @param batchBytes most bytes of encoded records in a batch (one record may be larger)
 * @param lingerMillis least time between two telemetry batches where the first was not full: so
 *     that a trickle does not become a disk sync a record. Alarms and events that come meanwhile go
 *     at once
 * @param stallMillis time without any confirmation after which a connection counts as stalled
 * @param backlogMillis age of the oldest record from which, on connecting, what is queued is made
 *     backlog; a shorter interruption keeps the order of the records
 * @param backoffMinMillis bound of the first back-off
 * @param backoffMaxMillis bound of every back-off
 * @param drainMillis how long {@link Forwarder#close} waits for what is under way
 */
public record ForwardLimits(
    int windowBatches,
    int batchBytes,
    long lingerMillis,
    long stallMillis,
    long backlogMillis,
    long backoffMinMillis,
    long backoffMaxMillis,
    long drainMillis) {
  public static final ForwardLimits DEFAULTS =
      new ForwardLimits(4, 1 << 20, 20, 30_000, 2_000, 200, 30_000, 5_000);

  public ForwardLimits {
    if (windowBatches < 1 || batchBytes < 1 || backoffMinMillis < 1) {
      throw new IllegalArgumentException("window, batch and back-off must be at least 1");
    }
  }
}
