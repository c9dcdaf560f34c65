package io.sluice.engine.forward.format;

import io.sluice.api.ByteSink;
import io.sluice.api.RecordView;
import io.sluice.api.upstream.RecordEncoder;
import io.sluice.engine.record.EncodedRecord;
import io.sluice.engine.record.JsonValues;
import io.sluice.engine.record.MetricTexts;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A SenML pack in JSON for each record (RFC 8428, section 5): as {@link SenmlCborFormat}. Name and
 * unit of a metric are made once. One thread's.
 */
final class SenmlJsonFormat implements RecordEncoder {
  private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();
  private static final byte[] BASE_NAME = ascii("\"bn\":");
  private static final byte[] BASE_TIME = ascii(",\"bt\":");
  private static final byte[] VALUE = ascii("\"v\":");
  private static final byte[] STRING = ascii("\"vs\":");
  private static final byte[] BOOLEAN = ascii("\"vb\":");
  private static final byte[] DATA = ascii("\"vd\":\"");
  private static final byte[] TIME = ascii(",\"t\":");

  private final RecordAttributes attributes;
  private final MetricTexts<Entry> entries = new MetricTexts<>(true, Entry::new);

  /** What stands before the value of a metric, and before its quality. */
  private static final class Entry {
    final byte[] text;
    final byte[] quality;

    Entry(String name, @Nullable String unit) {
      String legal = SenmlNames.name(name);
      text = head(legal, unit);
      quality = head(RecordAttributes.qualityName(legal), null);
    }
  }

  SenmlJsonFormat(RecordAttributes attributes) {
    this.attributes = attributes;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] head(String name, @Nullable String unit) {
    ByteSink out = new ByteSink(64);
    put(ascii("\"n\":"), out);
    string(name, out);
    out.write(',');
    if (unit != null) {
      put(ascii("\"u\":"), out);
      string(unit, out);
      out.write(',');
    }
    return out.toByteArray();
  }

  private static void put(byte[] piece, ByteSink out) {
    out.write(piece, 0, piece.length);
  }

  private static void string(String text, ByteSink out) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    JsonValues.string(utf8, 0, utf8.length, out);
  }

  @Override
  public void encode(RecordView view, ByteSink out) {
    EncodedRecord record = (EncodedRecord) view;
    entries.begin();
    out.write('[');
    boolean isFirst = true;
    record.rewind();
    while (record.next()) {
      if (!attributes.leavesOut(record)) {
        begin(record, isFirst, out);
        measurement(record, out);
        isFirst = false;
      }
    }
    for (Map.Entry<String, String> told : attributes.of(record, isFirst).entrySet()) {
      begin(record, isFirst, out);
      put(head(told.getKey(), null), out);
      put(STRING, out);
      string(told.getValue(), out);
      out.write('}');
      isFirst = false;
    }
    out.write(']');
  }

  /** The first entry of a pack has the base. */
  private static void begin(EncodedRecord record, boolean isFirst, ByteSink out) {
    if (!isFirst) {
      out.write(',');
      out.write('{');
      return;
    }
    out.write('{');
    put(BASE_NAME, out);
    out.write('"');
    int from = out.length();
    record.writeDevice(out);
    if (SenmlNames.isBase(out.bytes(), from, out.length())) {
      out.write('/');
    } else {
      out.length(from);
      put(ascii(SenmlNames.base(record.device())), out);
    }
    out.write('"');
    put(BASE_TIME, out);
    JsonValues.seconds(record.timeMicros(), out);
    out.write(',');
  }

  private void measurement(EncodedRecord record, ByteSink out) {
    Entry entry = entries.of(record);
    put(entry.text, out);
    switch (record.valueKind()) {
      case LONG, DOUBLE -> {
        put(VALUE, out);
        JsonValues.value(record, out);
      }
      case BOOLEAN -> {
        put(BOOLEAN, out);
        JsonValues.value(record, out);
      }
      case STRING -> {
        put(STRING, out);
        JsonValues.value(record, out);
      }
      case BYTES -> {
        put(DATA, out);
        put(BASE64URL.encode(record.bytesValue()), out);
        out.write('"');
      }
    }
    end(record, out);
    if (attributes.marks(record)) {
      begin(record, false, out);
      put(entry.quality, out);
      put(STRING, out);
      string(RecordAttributes.quality(record), out);
      end(record, out);
    }
  }

  /** Its own time, and the end of the entry. */
  private static void end(EncodedRecord record, ByteSink out) {
    if (record.hasOwnTime() && record.measurementMicros() != record.timeMicros()) {
      put(TIME, out);
      JsonValues.seconds(record.measurementMicros() - record.timeMicros(), out);
    }
    out.write('}');
  }
}
