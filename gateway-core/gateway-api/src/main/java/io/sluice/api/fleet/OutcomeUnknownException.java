package io.sluice.api.fleet;

import io.sluice.api.store.StoreUnavailableException;

/** The fleet's store went away while it was at something: it was done, or it was not. */
public final class OutcomeUnknownException extends StoreUnavailableException {
  private static final long serialVersionUID = 1;

  public OutcomeUnknownException(String message, Throwable cause) {
    super(message, cause);
  }
}
