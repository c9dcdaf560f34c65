package io.sluice.engine.alarm;

/** The alarm book's database failed; the message names the file and the remedy. */
public final class AlarmException extends RuntimeException {
  private static final long serialVersionUID = 1;

  AlarmException(String message, Throwable cause) {
    super(message, cause);
  }
}
