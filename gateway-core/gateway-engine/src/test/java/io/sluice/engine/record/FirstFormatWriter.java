package io.sluice.engine.record;

import io.sluice.api.ByteSink;
import io.sluice.api.CanonicalRecord;
import io.sluice.api.Cap;
import io.sluice.api.Measurement;
import io.sluice.api.MessageClass;
import io.sluice.api.Quality;
import io.sluice.api.QualityReason;
import io.sluice.api.TimeSource;
import io.sluice.engine.record.RecordFormat.Kind;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes records of format version 1 as Sluice wrote them until it named by number: what data
 * directories of that time hold. Kept to prove that they are read as they were.
 */
@SuppressWarnings("EnumOrdinal") // ordinals are the format: see RecordFormat
final class FirstFormatWriter {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private static final int TIME = 2;
  private static final int RECEIVED = 10;
  private static final int STRINGS = 18;
  private static final int UNIT_BIT = 1 << 4;
  private static final int OWN_TIME_BIT = 1 << 5;
  private static final int MAX_STRING_BYTES = 0xFFFF;

  private final ByteSink sink = new ByteSink(1024);
  private int countAt;
  private int count;
  private int kindAt;

  /** A whole record. */
  static byte[] write(CanonicalRecord record, boolean isRuled) {
    FirstFormatWriter writer = new FirstFormatWriter();
    writer
        .begin(
            record.messageClass(),
            record.timeMicros(),
            record.timeSource(),
            record.receivedMicros(),
            record.historical())
        .identity(
            record.device(),
            record.sector(),
            record.site(),
            record.model(),
            record.gateway(),
            record.protocol(),
            record.source());
    if (isRuled) {
      writer.ruled();
    }
    for (Measurement m : record.measurements()) {
      Long time = m.timeMicros();
      writer.measurement(
          m.name(), m.unit(), m.quality(), m.reason(), time == null ? RecordFormat.NO_TIME : time);
      switch (m.value()) {
        case Long l -> writer.value(l.longValue());
        case Double d -> writer.value(d.doubleValue());
        case Boolean b -> writer.value(b.booleanValue());
        case byte[] b -> writer.value(b);
        default -> writer.value((String) m.value());
      }
    }
    @Nullable Cap cap = record.cap();
    return (cap == null ? writer : writer.cap(cap)).finish();
  }

  FirstFormatWriter begin(
      MessageClass messageClass,
      long timeMicros,
      TimeSource timeSource,
      long receivedMicros,
      boolean historical) {
    sink.clear();
    sink.ensure(STRINGS);
    byte[] bytes = sink.bytes();
    bytes[0] = RecordFormat.VERSION_FIRST;
    bytes[RecordFormat.FLAGS] =
        (byte)
            (messageClass.ordinal()
                | timeSource.ordinal() << 2
                | (historical ? RecordFormat.HISTORICAL_BIT : 0));
    LONG.set(bytes, TIME, timeMicros);
    LONG.set(bytes, RECEIVED, receivedMicros);
    sink.length(STRINGS);
    count = 0;
    return this;
  }

  FirstFormatWriter identity(
      String device,
      String sector,
      String site,
      String model,
      String gateway,
      String protocol,
      String source) {
    string(device);
    string(sector);
    string(site);
    string(model);
    string(gateway);
    string(protocol);
    string(source);
    countAt = sink.length();
    sink.ensure(2);
    sink.length(countAt + 2);
    return this;
  }

  /**
   * Begins a measurement; one {@code value} call must follow.
   *
   * @param name in UTF-8
   * @param unit in UTF-8, or null
   * @param timeMicros own time, or {@link RecordFormat#NO_TIME}
   */
  FirstFormatWriter measurement(
      byte[] name,
      byte @Nullable [] unit,
      Quality quality,
      @Nullable QualityReason reason,
      long timeMicros) {
    if (count == RecordFormat.MAX_MEASUREMENTS) {
      throw new IllegalArgumentException("more than " + count + " measurements in one record");
    }
    count++;
    kindAt = sink.length();
    boolean ownTime = timeMicros != RecordFormat.NO_TIME;
    sink.write((unit == null ? 0 : UNIT_BIT) | (ownTime ? OWN_TIME_BIT : 0));
    sink.write(quality.ordinal() | (reason == null ? 0 : reason.ordinal() + 1) << 2);
    string(name);
    if (unit != null) {
      string(unit);
    }
    if (ownTime) {
      putLong(timeMicros);
    }
    return this;
  }

  FirstFormatWriter measurement(
      String name,
      @Nullable String unit,
      Quality quality,
      @Nullable QualityReason reason,
      long timeMicros) {
    return measurement(
        name.getBytes(StandardCharsets.UTF_8),
        unit == null ? null : unit.getBytes(StandardCharsets.UTF_8),
        quality,
        reason,
        timeMicros);
  }

  FirstFormatWriter value(long value) {
    kind(Kind.LONG);
    putLong(value);
    return this;
  }

  FirstFormatWriter value(double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("a record holds no " + value);
    }
    kind(Kind.DOUBLE);
    putLong(Double.doubleToRawLongBits(value));
    return this;
  }

  FirstFormatWriter value(boolean value) {
    kind(value ? Kind.TRUE : Kind.FALSE);
    return this;
  }

  FirstFormatWriter value(String value) {
    return blob(Kind.STRING, value.getBytes(StandardCharsets.UTF_8));
  }

  FirstFormatWriter value(byte[] value) {
    return blob(Kind.BYTES, value);
  }

  /** Makes the record carry the classification; nothing but {@link #finish} may follow. */
  FirstFormatWriter cap(Cap cap) {
    sink.bytes()[RecordFormat.FLAGS] |= (byte) RecordFormat.CAP_BIT;
    string(cap.severity());
    string(cap.urgency());
    string(cap.certainty());
    string(cap.status());
    return this;
  }

  /** Makes the record one that a rule of the profile made an alarm of; after {@link #begin}. */
  FirstFormatWriter ruled() {
    sink.bytes()[RecordFormat.FLAGS] |= (byte) RecordFormat.RULED_BIT;
    return this;
  }

  /** The record, in an array of exactly its size. */
  byte[] finish() {
    byte[] bytes = sink.bytes();
    bytes[countAt] = (byte) (count >>> 8);
    bytes[countAt + 1] = (byte) count;
    return sink.toByteArray();
  }

  private FirstFormatWriter blob(Kind kind, byte[] value) {
    kind(kind);
    int length = value.length;
    sink.write(length >>> 24);
    sink.write(length >>> 16);
    sink.write(length >>> 8);
    sink.write(length);
    sink.write(value, 0, length);
    return this;
  }

  private void kind(Kind kind) {
    sink.bytes()[kindAt] |= (byte) kind.ordinal();
  }

  private void putLong(long value) {
    sink.ensure(8);
    int at = sink.length();
    LONG.set(sink.bytes(), at, value);
    sink.length(at + 8);
  }

  private void string(String value) {
    int length = value.length();
    sink.ensure(length + 2);
    byte[] bytes = sink.bytes();
    int at = sink.length() + 2;
    for (int i = 0; i < length; i++) {
      char c = value.charAt(i);
      if (c >= 0x80) {
        string(value.getBytes(StandardCharsets.UTF_8));
        return;
      }
      bytes[at + i] = (byte) c;
    }
    lengthPrefix(length);
    sink.length(at + length);
  }

  private void string(byte[] utf8) {
    lengthPrefix(utf8.length);
    sink.length(sink.length() + 2);
    sink.write(utf8, 0, utf8.length);
  }

  private void lengthPrefix(int length) {
    if (length > MAX_STRING_BYTES) {
      throw new IllegalArgumentException("a string of " + length + " bytes does not fit a record");
    }
    sink.ensure(2);
    byte[] bytes = sink.bytes();
    int at = sink.length();
    bytes[at] = (byte) (length >>> 8);
    bytes[at + 1] = (byte) length;
  }
}
