package io.sluice.engine.registry;

import io.sluice.api.admin.StoreUnavailableException;
import org.jspecify.annotations.Nullable;

/** The registry's database failed; the message names the file and the remedy. */
public final class RegistryException extends StoreUnavailableException {
  private static final long serialVersionUID = 1;

  RegistryException(@Nullable String message, Throwable cause) {
    super(String.valueOf(message), cause);
  }

  RegistryException(String message) {
    super(message);
  }
}
