package io.sluice.admin;

/** A request that cannot be taken; the message names the place and the remedy. */
final class BadRequestException extends RuntimeException {
  private static final long serialVersionUID = 1;

  BadRequestException(String message) {
    super(message, null, false, false);
  }
}
