package com.example.sluice;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.api.ByteSink;
import io.sluice.api.RecordView;
import io.sluice.api.upstream.ForwardSettings.Attributes;
import io.sluice.api.upstream.ForwardSettings.BadValues;
import io.sluice.api.upstream.RecordEncoder;
import io.sluice.api.upstream.RecordEncoderFactory;

/** {@code format: csv}: device, time in microseconds, and name=value for each measurement. */
public final class CsvFormatFactory implements RecordEncoderFactory {
  @Override
  public String format() {
    return "csv";
  }

  @Override
  public String contentType() {
    return "text/csv";
  }

  @Override
  public RecordEncoder create(BadValues badValues, Attributes attributes) {
    return CsvFormatFactory::write;
  }

  private static void write(RecordView record, ByteSink out) {
    text(record.device() + ',' + record.timeMicros(), out);
    record.rewind();
    while (record.next()) {
      text(',' + record.measurementName() + '=' + value(record), out);
    }
  }

  private static String value(RecordView record) {
    return switch (record.valueKind()) {
      case LONG -> Long.toString(record.longValue());
      case DOUBLE -> Double.toString(record.doubleValue());
      case BOOLEAN -> Boolean.toString(record.booleanValue());
      case STRING -> '"' + record.stringValue().replace("\"", "\"\"") + '"';
      case BYTES -> throw new IllegalArgumentException("bytes have no place in csv");
    };
  }

  private static void text(String text, ByteSink out) {
    byte[] bytes = text.getBytes(UTF_8);
    out.write(bytes, 0, bytes.length);
  }
}
