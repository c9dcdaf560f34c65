package io.sluice.codec.script;

import io.sluice.api.codec.PayloadException;

/** Carries a verdict on a payload through Rhino. Carries no stack trace. */
final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient PayloadException reason;

  Refusal(PayloadException reason) {
    super(reason.getMessage(), null, false, false);
    this.reason = reason;
  }

  /** One that says that the payload cannot be read. */
  static Refusal of(String message) {
    return new Refusal(new PayloadException(oneLine(message)));
  }

  static String oneLine(String message) {
    return message.replaceAll("\\p{Cntrl}", " ");
  }

  PayloadException reason() {
    return reason;
  }
}
