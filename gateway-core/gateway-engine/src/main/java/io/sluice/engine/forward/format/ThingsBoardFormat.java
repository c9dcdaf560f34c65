package io.sluice.engine.forward.format;

import io.sluice.api.ByteSink;
import io.sluice.api.RecordView;
import io.sluice.api.upstream.RecordEncoder;
import io.sluice.engine.record.EncodedRecord;
import io.sluice.engine.record.JsonValues;
import io.sluice.engine.record.MetricTexts;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * {@code [{"ts":ms,"values":{name:value,...}}]}, as ThingsBoard's telemetry topics and Telegraf
 * take it, or {@code {device:[...]}} as its gateway topic does. One element for each run of
 * measurements of the same millisecond; a name that comes twice in one begins the next element, of
 * the same time. Units have no place in it; bytes are base64. One thread's.
 */
final class ThingsBoardFormat implements RecordEncoder {
  private static final byte[] TS = ascii("{\"ts\":");
  private static final byte[] VALUES = ascii(",\"values\":{");

  private final boolean isOfGateway;
  private final RecordAttributes attributes;
  private final MetricTexts<Name> names = new MetricTexts<>(false, (name, unit) -> new Name(name));

  private int elements;
  private int fields;
  private boolean isOpen;
  private long millis;

  /** Counts the elements of all records, so that a name knows which it was written to last. */
  private long element;

  /** A name as the text before a value. */
  private static final class Name {
    final byte[] text;
    long element;

    Name(String name) {
      byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
      ByteSink out = new ByteSink(utf8.length + 4);
      JsonValues.string(utf8, 0, utf8.length, out);
      out.write(':');
      text = out.toByteArray();
    }
  }

  /**
   * @param isOfGateway whether the device is named: one connection for many
   */
  ThingsBoardFormat(boolean isOfGateway, RecordAttributes attributes) {
    this.isOfGateway = isOfGateway;
    this.attributes = attributes;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public void encode(RecordView view, ByteSink out) {
    EncodedRecord record = (EncodedRecord) view;
    names.begin();
    isOpen = false;
    elements = 0;
    if (isOfGateway) {
      out.write('{');
      JsonValues.device(record, out);
      out.write(':');
    }
    out.write('[');
    boolean isEmpty = !measurements(record, out);
    Map<String, String> told = attributes.of(record, isEmpty);
    if (!told.isEmpty()) {
      at(Math.floorDiv(record.timeMicros(), 1_000L), out);
      told.forEach((name, value) -> text(name, value, out));
    }
    if (isOpen) {
      end(out);
    }
    out.write(']');
    if (isOfGateway) {
      out.write('}');
    }
  }

  private boolean measurements(EncodedRecord record, ByteSink out) {
    boolean isAny = false;
    record.rewind();
    while (record.next()) {
      if (attributes.leavesOut(record)) {
        continue;
      }
      isAny = true;
      Name name = names.of(record);
      if (isOpen && name.element == element) {
        end(out);
      }
      at(Math.floorDiv(record.measurementMicros(), 1_000L), out);
      field(name, out);
      JsonValues.value(record, out);
      if (attributes.marks(record)) {
        String quality = RecordAttributes.qualityName(record.measurementName());
        text(quality, RecordAttributes.quality(record), out);
      }
    }
    return isAny;
  }

  /** Goes on with the element where it is of that time. */
  private void at(long time, ByteSink out) {
    if (isOpen && time != millis) {
      end(out);
    }
    if (!isOpen) {
      millis = time;
      begin(out);
    }
  }

  private void begin(ByteSink out) {
    isOpen = true;
    element++;
    fields = 0;
    if (elements++ > 0) {
      out.write(',');
    }
    out.write(TS, 0, TS.length);
    JsonValues.number(millis, out);
    out.write(VALUES, 0, VALUES.length);
  }

  private void end(ByteSink out) {
    isOpen = false;
    out.write('}');
    out.write('}');
  }

  private void field(Name name, ByteSink out) {
    name.element = element;
    if (fields++ > 0) {
      out.write(',');
    }
    out.write(name.text, 0, name.text.length);
  }

  /** Where a measurement has that name already, it is the device's. */
  private void text(String name, String value, ByteSink out) {
    Name known = names.of(name);
    if (known.element != element) {
      field(known, out);
      byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
      JsonValues.string(utf8, 0, utf8.length, out);
    }
  }
}
