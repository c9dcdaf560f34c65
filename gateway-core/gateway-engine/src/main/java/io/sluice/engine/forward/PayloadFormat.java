package io.sluice.engine.forward;

import io.sluice.api.ByteSink;
import io.sluice.engine.record.RecordView;

/** Writes a record in one of the formats offered upstream, without a line end. */
@FunctionalInterface
interface PayloadFormat {
  /** Appends the record; may move its cursor. */
  void write(RecordView record, ByteSink out);
}
