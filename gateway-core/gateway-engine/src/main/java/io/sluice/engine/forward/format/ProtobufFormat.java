package io.sluice.engine.forward.format;

import io.sluice.api.ByteSink;
import io.sluice.api.RecordView;
import io.sluice.api.upstream.RecordEncoder;
import io.sluice.engine.record.EncodedRecord;
import io.sluice.engine.record.RecordProtobuf;

/** The whole record in Protocol Buffers: {@code config/schema/sluice-record.proto}. */
final class ProtobufFormat implements RecordEncoder {
  @Override
  public void encode(RecordView record, ByteSink out) {
    RecordProtobuf.write((EncodedRecord) record, out);
  }
}
