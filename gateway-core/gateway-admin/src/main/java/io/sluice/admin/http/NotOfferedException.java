package io.sluice.admin.http;

/** The program could do what was asked and is not set up for it: answered with 501. */
public final class NotOfferedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /**
   * @param message what is missing; what to do
   */
  public NotOfferedException(String message) {
    super(message);
  }
}
