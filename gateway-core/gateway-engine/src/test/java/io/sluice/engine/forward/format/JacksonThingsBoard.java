package io.sluice.engine.forward.format;

import io.sluice.api.ByteSink;
import io.sluice.api.RecordView;
import io.sluice.api.upstream.RecordEncoder;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * As {@link ThingsBoardFormat}, each record from the beginning by Jackson. {@code
 * [{"ts":ms,"values":{name:value,...}}]}, as ThingsBoard's telemetry topics and Telegraf take it,
 * or {@code {device:[...]}} as its gateway topic does. One element for each run of measurements of
 * the same millisecond; a name that comes twice in one begins the next element, of the same time.
 * Units have no place in it; bytes are base64. One thread's.
 */
final class JacksonThingsBoard implements RecordEncoder {
  private static final JsonFactory JSON = new JsonFactory();

  private final boolean isOfGateway;
  private final RecordAttributes attributes;

  /** Of the element being written. */
  private final Set<String> names = new HashSet<>();

  private boolean isOpen;
  private long millis;

  /**
   * @param isOfGateway whether the device is named: one connection for many
   */
  JacksonThingsBoard(boolean isOfGateway, RecordAttributes attributes) {
    this.isOfGateway = isOfGateway;
    this.attributes = attributes;
  }

  @Override
  public void encode(RecordView record, ByteSink out) {
    isOpen = false;
    try (JsonGenerator json =
        JSON.createGenerator(ObjectWriteContext.empty(), new JacksonSink(out))) {
      if (isOfGateway) {
        json.writeStartObject();
        json.writeName(record.device());
      }
      json.writeStartArray();
      boolean isEmpty = !measurements(record, json);
      Map<String, String> told = attributes.of(record, isEmpty);
      if (!told.isEmpty()) {
        at(Math.floorDiv(record.timeMicros(), 1_000L), json);
        told.forEach((name, value) -> text(name, value, json));
      }
      if (isOpen) {
        end(json);
      }
      json.writeEndArray();
      if (isOfGateway) {
        json.writeEndObject();
      }
    }
  }

  private boolean measurements(RecordView record, JsonGenerator json) {
    boolean isAny = false;
    record.rewind();
    while (record.next()) {
      if (attributes.leavesOut(record)) {
        continue;
      }
      isAny = true;
      String name = record.measurementName();
      if (isOpen && names.contains(name)) {
        end(json);
      }
      at(Math.floorDiv(record.measurementMicros(), 1_000L), json);
      names.add(name);
      json.writeName(name);
      value(record, json);
      if (attributes.marks(record)) {
        text(RecordAttributes.qualityName(name), RecordAttributes.quality(record), json);
      }
    }
    return isAny;
  }

  /** Goes on with the element where it is of that time. */
  private void at(long time, JsonGenerator json) {
    if (isOpen && time != millis) {
      end(json);
    }
    if (!isOpen) {
      millis = time;
      begin(json);
    }
  }

  private void begin(JsonGenerator json) {
    names.clear();
    isOpen = true;
    json.writeStartObject();
    json.writeName("ts");
    json.writeNumber(millis);
    json.writeName("values");
    json.writeStartObject();
  }

  private void end(JsonGenerator json) {
    isOpen = false;
    json.writeEndObject();
    json.writeEndObject();
  }

  /** Where a measurement has that name already, it is the device's. */
  private void text(String name, String value, JsonGenerator json) {
    if (names.add(name)) {
      json.writeName(name);
      json.writeString(value);
    }
  }

  private static void value(RecordView record, JsonGenerator json) {
    switch (record.valueKind()) {
      case LONG -> json.writeNumber(record.longValue());
      case DOUBLE -> json.writeNumber(record.doubleValue());
      case BOOLEAN -> json.writeBoolean(record.booleanValue());
      case STRING -> json.writeString(record.stringValue());
      case BYTES -> json.writeBinary(record.bytesValue());
    }
  }
}
