package io.sluice.engine.forward;

import io.sluice.api.upstream.OutboundBatch;
import io.sluice.api.upstream.Upstream;

/**
 * A record of a batch whose checksum held but whose bytes are no record. Thrown out of {@link
 * Upstream#send} by any accessor of {@link OutboundBatch}; the Forwarder then sends what is before
 * it anew and sets it aside.
 */
final class UnreadableRecordException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int index;

  /**
   * @param index in the batch as it was read from the spool
   */
  UnreadableRecordException(int index, String message) {
    super(message, null, false, false);
    this.index = index;
  }

  int index() {
    return index;
  }
}
