package io.sluice.api.store;

/**
 * A change does not fit what is stored: another writer was first, or two devices would share a
 * credential. Nothing of it is kept. It fits again once the registry has followed the other's
 * change.
 */
public final class StoreConflictException extends StoreUnavailableException {
  private static final long serialVersionUID = 1;

  public StoreConflictException(String message) {
    super(message);
  }

  public StoreConflictException(String message, Throwable cause) {
    super(message, cause);
  }
}
