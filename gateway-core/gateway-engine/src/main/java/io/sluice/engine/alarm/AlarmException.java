package io.sluice.engine.alarm;

import io.sluice.api.store.StoreUnavailableException;
import org.jspecify.annotations.Nullable;

/** The alarm book's database failed; the message names the file and the remedy. */
public final class AlarmException extends StoreUnavailableException {
  private static final long serialVersionUID = 1;

  AlarmException(@Nullable String message, Throwable cause) {
    super(String.valueOf(message), cause);
  }
}
