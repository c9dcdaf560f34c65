package io.sluice.api.upstream;

import io.sluice.api.ByteSink;
import io.sluice.api.RecordView;

/** Writes records in one payload format. Confined to its upstream's thread. */
@FunctionalInterface
public interface RecordEncoder {
  /**
   * Appends one record, without a line end. May move the view's cursor. What it throws costs that
   * record: it is set aside as a dead letter, and the others go on.
   */
  void encode(RecordView record, ByteSink out);
}
