package io.sluice.engine.registry;

/** The registry's database failed; the message names the file and the remedy. */
public final class RegistryException extends RuntimeException {
  private static final long serialVersionUID = 1;

  RegistryException(String message, Throwable cause) {
    super(message, cause);
  }

  RegistryException(String message) {
    super(message);
  }
}
