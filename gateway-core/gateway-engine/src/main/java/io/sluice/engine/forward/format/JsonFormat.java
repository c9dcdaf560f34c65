package io.sluice.engine.forward.format;

import io.sluice.api.ByteSink;
import io.sluice.api.RecordView;
import io.sluice.api.upstream.RecordEncoder;
import io.sluice.engine.record.EncodedRecord;
import io.sluice.engine.record.TemplatedJson;

/** The canonical JSON, which carries all of a record. One thread's. */
final class JsonFormat implements RecordEncoder {
  private final TemplatedJson templates = new TemplatedJson();

  @Override
  public void encode(RecordView record, ByteSink out) {
    templates.write((EncodedRecord) record, out);
  }
}
