package io.sluice.engine.record;

import java.io.IOException;

/** Bytes that are no record of a known format version. The message names the byte offset. */
public final class CorruptRecordException extends IOException {
  private static final long serialVersionUID = 1;

  public CorruptRecordException(String message) {
    super(message);
  }
}
