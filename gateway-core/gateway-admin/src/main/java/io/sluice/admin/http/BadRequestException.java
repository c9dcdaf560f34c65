package io.sluice.admin.http;

/** A request that cannot be taken; the message names the place and the remedy. */
public final class BadRequestException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public BadRequestException(String message) {
    super(message, null, false, false);
  }
}
