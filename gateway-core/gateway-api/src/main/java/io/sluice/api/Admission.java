package io.sluice.api;

/** The verdict on a peer's credentials. */
public sealed interface Admission {
  record Admitted(Device device) implements Admission {}

  /**
   * Not let in.
   *
   * @param reason for the metrics
   * @param detail one sentence that may be shown to the peer; names no secret
   */
  record Refused(RejectReason reason, String detail) implements Admission {}

  /** Too many checks are under way; the peer may try again. */
  record Busy(long retryAfterMillis) implements Admission {}
}
