package io.sluice.spool.segment;

import java.io.IOException;

/** The log is at its bound: a state of operation, not a fault of the disk. */
final class LogFullException extends IOException {
  private static final long serialVersionUID = 1;

  LogFullException(String message) {
    super(message);
  }
}
