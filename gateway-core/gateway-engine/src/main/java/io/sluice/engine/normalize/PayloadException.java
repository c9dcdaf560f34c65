package io.sluice.engine.normalize;

import io.sluice.api.RejectReason;

/**
 * A payload that cannot be decoded. The message says where (JSON path, byte offset), what is wrong,
 * and the remedy, in 605 characters at the most. Carries no stack trace: it is a verdict on input,
 * made per message.
 */
public final class PayloadException extends Exception {
  private static final long serialVersionUID = 1;

  private final RejectReason reason;

  public PayloadException(RejectReason reason, String message) {
    super(Faults.bounded(message), null, false, false);
    this.reason = reason;
  }

  public PayloadException(String message) {
    this(RejectReason.PAYLOAD_INVALID, message);
  }

  public RejectReason reason() {
    return reason;
  }
}
