package io.sluice.engine.forward;

import io.sluice.api.ByteSink;
import io.sluice.engine.record.RecordView;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * {@code [{"ts":ms,"values":{name:value,...}}]}, as ThingsBoard's telemetry topics and Telegraf
 * take it. One element for each run of measurements of the same millisecond. Units and qualities
 * have no place in it; bytes are base64.
 */
final class ThingsBoardFormat {
  private static final JsonFactory JSON = new JsonFactory();

  private ThingsBoardFormat() {}

  static PayloadFormat create() {
    return ThingsBoardFormat::write;
  }

  private static void write(RecordView record, ByteSink out) {
    try (JsonGenerator json =
        JSON.createGenerator(ObjectWriteContext.empty(), new SinkStream(out))) {
      json.writeStartArray();
      long millis = Math.floorDiv(record.timeMicros(), 1_000L);
      boolean open = false;
      record.rewind();
      while (record.next()) {
        long own = Math.floorDiv(record.measurementMicros(), 1_000L);
        if (open && own != millis) {
          end(json);
          open = false;
        }
        if (!open) {
          millis = own;
          begin(json, millis);
          open = true;
        }
        json.writeName(record.measurementName());
        value(record, json);
      }
      if (!open) {
        begin(json, millis);
      }
      end(json);
      json.writeEndArray();
    }
  }

  private static void begin(JsonGenerator json, long millis) {
    json.writeStartObject();
    json.writeName("ts");
    json.writeNumber(millis);
    json.writeName("values");
    json.writeStartObject();
  }

  private static void end(JsonGenerator json) {
    json.writeEndObject();
    json.writeEndObject();
  }

  private static void value(RecordView record, JsonGenerator json) {
    switch (record.kind()) {
      case LONG -> json.writeNumber(record.longValue());
      case DOUBLE -> json.writeNumber(record.doubleValue());
      case FALSE -> json.writeBoolean(false);
      case TRUE -> json.writeBoolean(true);
      case STRING -> json.writeString(record.stringValue());
      case BYTES -> json.writeBinary(record.bytesValue());
    }
  }
}
