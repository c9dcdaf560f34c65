package io.sluice.engine.forward.format;

import io.sluice.api.ByteSink;
import io.sluice.api.RecordView;
import io.sluice.api.upstream.RecordEncoder;
import io.sluice.engine.record.EncodedRecord;
import io.sluice.engine.record.MetricTexts;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A SenML pack in CBOR for each record (RFC 8428, section 6, with its integer labels): base name
 * {@code device/}, base time the record's observed time; for names see {@link SenmlNames}. A record
 * without measurements becomes one entry {@code class} with the message class as its string, for a
 * pack must hold a value. Name and unit of a metric are made once. One thread's.
 */
final class SenmlCborFormat implements RecordEncoder {
  // Labels of RFC 8428, table 4, each as one byte of CBOR (RFC 8949 section 3.1): -1 - n as 0x20 +
  // n.
  private static final int BASE_NAME = 0x21;
  private static final int BASE_TIME = 0x22;
  private static final int NAME = 0;
  private static final int UNIT = 1;
  private static final int VALUE = 2;
  private static final int STRING = 3;
  private static final int BOOLEAN = 4;
  private static final int TIME = 6;
  private static final int DATA = 8;

  // Major types of RFC 8949 section 3.1, and simple values and doubles of section 3.3.
  private static final int UNSIGNED = 0x00;
  private static final int NEGATIVE = 0x20;
  private static final int BYTES = 0x40;
  private static final int TEXT = 0x60;
  private static final int ARRAY = 0x80;
  private static final int MAP = 0xA0;
  private static final int FALSE = 0xF4;
  private static final int TRUE = 0xF5;
  private static final int DOUBLE = 0xFB;

  private final RecordAttributes attributes;
  private final MetricTexts<Entry> entries = new MetricTexts<>(true, Entry::new);
  private final ByteSink text = new ByteSink(64);

  /** What stands before the value of a metric, and before its quality. */
  private static final class Entry {
    final byte[] text;
    final byte[] quality;
    final int fields;

    Entry(String name, @Nullable String unit) {
      String legal = SenmlNames.name(name);
      text = head(legal, unit);
      quality = head(RecordAttributes.qualityName(legal), null);
      fields = unit == null ? 2 : 3;
    }
  }

  SenmlCborFormat(RecordAttributes attributes) {
    this.attributes = attributes;
  }

  private static byte[] head(String name, @Nullable String unit) {
    ByteSink out = new ByteSink(64);
    out.write(NAME);
    string(name, out);
    if (unit != null) {
      out.write(UNIT);
      string(unit, out);
    }
    return out.toByteArray();
  }

  private static void string(String text, ByteSink out) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    begin(TEXT, utf8.length, out);
    out.write(utf8, 0, utf8.length);
  }

  /** A major type with its argument in as few bytes as it takes. */
  private static void begin(int major, long argument, ByteSink out) {
    if (argument >= 0 && argument < 24) {
      out.write(major | (int) argument);
      return;
    }
    int size = argument >>> 8 == 0 ? 0 : argument >>> 16 == 0 ? 1 : argument >>> 32 == 0 ? 2 : 3;
    out.write(major | 24 + size);
    bytes(argument, 1 << size, out);
  }

  private static void bytes(long value, int count, ByteSink out) {
    for (int shift = 8 * (count - 1); shift >= 0; shift -= 8) {
      out.write((int) (value >>> shift));
    }
  }

  private static void integer(long value, ByteSink out) {
    if (value < 0) {
      begin(NEGATIVE, ~value, out);
    } else {
      begin(UNSIGNED, value, out);
    }
  }

  private static void number(double value, ByteSink out) {
    out.write(DOUBLE);
    bytes(Double.doubleToRawLongBits(value), Double.BYTES, out);
  }

  private static void seconds(long micros, ByteSink out) {
    if (micros % 1_000_000 == 0) {
      integer(micros / 1_000_000, out);
    } else {
      number(micros / 1e6, out);
    }
  }

  @Override
  public void encode(RecordView view, ByteSink out) {
    EncodedRecord record = (EncodedRecord) view;
    entries.begin();
    int count = 0;
    record.rewind();
    while (record.next()) {
      count += attributes.leavesOut(record) ? 0 : attributes.marks(record) ? 2 : 1;
    }
    Map<String, String> told = attributes.of(record, count == 0);
    begin(ARRAY, count + told.size(), out);
    boolean isFirst = true;
    record.rewind();
    while (record.next()) {
      if (!attributes.leavesOut(record)) {
        measurement(record, isFirst, out);
        isFirst = false;
      }
    }
    for (Map.Entry<String, String> each : told.entrySet()) {
      entry(record, isFirst, 2, out);
      out.write(NAME);
      string(each.getKey(), out);
      out.write(STRING);
      string(each.getValue(), out);
      isFirst = false;
    }
  }

  /** The first entry of a pack has the base. */
  private void entry(EncodedRecord record, boolean isFirst, int fields, ByteSink out) {
    begin(MAP, isFirst ? fields + 2 : fields, out);
    if (isFirst) {
      out.write(BASE_NAME);
      text.clear();
      record.writeDevice(text);
      if (SenmlNames.isBase(text.bytes(), 0, text.length())) {
        begin(TEXT, text.length() + 1, out);
        out.write(text.bytes(), 0, text.length());
        out.write('/');
      } else {
        string(SenmlNames.base(record.device()), out);
      }
      out.write(BASE_TIME);
      seconds(record.timeMicros(), out);
    }
  }

  private void measurement(EncodedRecord record, boolean isFirst, ByteSink out) {
    Entry entry = entries.of(record);
    boolean ownTime = record.hasOwnTime() && record.measurementMicros() != record.timeMicros();
    entry(record, isFirst, ownTime ? entry.fields + 1 : entry.fields, out);
    out.write(entry.text, 0, entry.text.length);
    value(record, out);
    ownTime(record, ownTime, out);
    if (attributes.marks(record)) {
      entry(record, false, ownTime ? 3 : 2, out);
      out.write(entry.quality, 0, entry.quality.length);
      out.write(STRING);
      string(RecordAttributes.quality(record), out);
      ownTime(record, ownTime, out);
    }
  }

  private static void ownTime(EncodedRecord record, boolean ownTime, ByteSink out) {
    if (ownTime) {
      out.write(TIME);
      seconds(record.measurementMicros() - record.timeMicros(), out);
    }
  }

  private static void value(EncodedRecord record, ByteSink out) {
    switch (record.valueKind()) {
      case LONG -> {
        out.write(VALUE);
        integer(record.longValue(), out);
      }
      case DOUBLE -> {
        out.write(VALUE);
        number(record.doubleValue(), out);
      }
      case BOOLEAN -> {
        out.write(BOOLEAN);
        out.write(record.booleanValue() ? TRUE : FALSE);
      }
      case STRING -> {
        out.write(STRING);
        string(record.stringValue(), out);
      }
      case BYTES -> {
        byte[] data = record.bytesValue();
        out.write(DATA);
        begin(BYTES, data.length, out);
        out.write(data, 0, data.length);
      }
    }
  }
}
