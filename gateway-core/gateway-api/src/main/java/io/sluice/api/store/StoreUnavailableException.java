package io.sluice.api.store;

/**
 * A database of the gateway cannot be read or written now. What was asked for was not done. The
 * message names the file, the cause and the remedy, in a sentence for operators. The same request
 * succeeds later, once the cause is gone.
 */
public class StoreUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public StoreUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }

  public StoreUnavailableException(String message) {
    super(message);
  }
}
