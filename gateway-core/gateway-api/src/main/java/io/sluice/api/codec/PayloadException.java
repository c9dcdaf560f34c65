package io.sluice.api.codec;

import io.sluice.api.RejectReason;

/**
 * A payload that cannot be decoded. The message says where (path, byte offset), what is wrong, and
 * the remedy, in 605 characters at the most. Carries no stack trace: it is a verdict on input, made
 * per message.
 */
public final class PayloadException extends Exception {
  private static final long serialVersionUID = 1;
  private static final int MAX_SENTENCE = 600;

  private final RejectReason reason;

  public PayloadException(RejectReason reason, String message) {
    super(bounded(message), null, false, false);
    this.reason = reason;
  }

  /** One with {@link RejectReason#PAYLOAD_INVALID}. */
  public PayloadException(String message) {
    this(RejectReason.PAYLOAD_INVALID, message);
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }

  public RejectReason reason() {
    return reason;
  }

  /**
   * The sentence as it is sent and kept: where it is long, for a name in it is, its beginning,
   * which says where, and its end, which has the remedy.
   */
  public static String bounded(String sentence) {
    int length = sentence.length();
    return length <= MAX_SENTENCE
        ? sentence
        : sentence.substring(0, MAX_SENTENCE / 2)
            + " ... "
            + sentence.substring(length - MAX_SENTENCE / 2);
  }
}
