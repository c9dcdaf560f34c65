package io.sluice.engine.record;

import io.sluice.api.ByteSink;
import io.sluice.api.Cap;
import io.sluice.api.MessageClass;
import io.sluice.api.Quality;
import io.sluice.api.QualityReason;
import io.sluice.api.TimeSource;
import io.sluice.engine.record.RecordFormat.Kind;
import io.sluice.spool.Term;
import io.sluice.spool.TermDictionary;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes records one after the other into a buffer that it keeps: {@link #begin}, {@link
 * #identity}, then {@link #measurement} each followed by one {@code value}, {@link #cap} if any,
 * {@link #finish}. Not thread-safe: one per thread.
 *
 * <p>A string over 65,535 bytes, a value that is not finite and more than {@link
 * RecordFormat#MAX_MEASUREMENTS} measurements are faults of the caller: {@link
 * IllegalArgumentException}.
 */
@SuppressWarnings("EnumOrdinal") // ordinals are the format: see RecordFormat
public final class RecordWriter {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  private static final int CAP_BYTES = 64;
  private static final int MAX_STRING_BYTES = 0xFFFF;
  private static final int MAX_VAR_BYTES = 10;

  /** Most that the count of measurements takes. */
  private static final int COUNT_BYTES = 2;

  /** A power of two. */
  private static final int PLACES = 16;

  private static final double DECIMAL_POWER = 1e7;
  private static final double WHOLE_END = 1L << 53;

  private final ByteSink sink;
  private final TermNumbers numbers;
  private long time;
  private int countAt;
  private int count;
  private int headAt;

  /**
   * Decimals that a record's values had last, by their places in it: mostly they have them again.
   */
  private final byte[] lastDecimals = new byte[PLACES];

  /** Writes records that name nothing by number, and so can be read anywhere. */
  public RecordWriter() {
    this(new ByteSink(1024), TermNumbers.NONE);
  }

  /**
   * Writes records that name by number what the dictionary has numbers for.
   *
   * @param dictionary that of the spool into which the records go
   */
  public RecordWriter(TermDictionary dictionary) {
    this(new ByteSink(1024), new TermNumbers(dictionary));
  }

  private RecordWriter(ByteSink sink, TermNumbers numbers) {
    this.sink = sink;
    this.numbers = numbers;
  }

  public RecordWriter begin(
      MessageClass messageClass,
      long timeMicros,
      TimeSource timeSource,
      long receivedMicros,
      boolean historical) {
    sink.clear();
    sink.ensure(CompactFormat.DELTA);
    byte[] bytes = sink.bytes();
    bytes[0] = CompactFormat.VERSION;
    bytes[RecordFormat.FLAGS] =
        (byte)
            (messageClass.ordinal()
                | timeSource.ordinal() << 2
                | (historical ? RecordFormat.HISTORICAL_BIT : 0));
    LONG.set(bytes, CompactFormat.RECEIVED, receivedMicros);
    sink.length(CompactFormat.DELTA);
    signed(timeMicros - receivedMicros);
    time = timeMicros;
    count = 0;
    return this;
  }

  public RecordWriter identity(
      String device,
      String sector,
      String site,
      String model,
      String gateway,
      String protocol,
      String source) {
    string(device);
    Term origin = numbers.origin(sector, site, model, gateway, protocol);
    reference(origin);
    if (origin == null) {
      string(sector);
      string(site);
      string(model);
      string(gateway);
      string(protocol);
    }
    Term from = numbers.source(source);
    reference(from);
    if (from == null) {
      string(source);
    }
    countAt = sink.length();
    sink.ensure(COUNT_BYTES);
    sink.length(countAt + COUNT_BYTES);
    return this;
  }

  /**
   * Begins a measurement of a name that the configuration gives; one {@code value} call must
   * follow.
   *
   * @param name in UTF-8; the same array each time, and not changed
   * @param unit in UTF-8, or null; the same array each time for a name
   * @param timeMicros own time, or {@link RecordFormat#NO_TIME}
   */
  public RecordWriter measurement(
      byte[] name,
      byte @Nullable [] unit,
      Quality quality,
      @Nullable QualityReason reason,
      long timeMicros) {
    head();
    Term term = numbers.metric(name, unit);
    reference(term);
    if (term == null) {
      string(name);
      unit(unit);
    }
    judge(quality, reason, timeMicros);
    return this;
  }

  /** The same, of a name that a device gives. */
  public RecordWriter measurement(
      String name,
      @Nullable String unit,
      Quality quality,
      @Nullable QualityReason reason,
      long timeMicros) {
    head();
    Term term = numbers.name(name, unit);
    reference(term);
    if (term == null) {
      string(name);
      unit(unit == null ? null : unit.getBytes(StandardCharsets.UTF_8));
    }
    judge(quality, reason, timeMicros);
    return this;
  }

  private void head() {
    if (count == RecordFormat.MAX_MEASUREMENTS) {
      throw new IllegalArgumentException("more than " + count + " measurements in one record");
    }
    count++;
    headAt = sink.length();
    sink.write(0);
  }

  private void unit(byte @Nullable [] unit) {
    if (unit == null) {
      unsigned(0);
    } else {
      requireShort(unit.length);
      unsigned(unit.length + 1L);
      sink.write(unit, 0, unit.length);
    }
  }

  private void judge(Quality quality, @Nullable QualityReason reason, long timeMicros) {
    int judgement = quality.ordinal() | (reason == null ? 0 : reason.ordinal() + 1) << 2;
    int head = 0;
    if (judgement != 0) {
      head |= CompactFormat.JUDGED_BIT;
      sink.write(judgement);
    }
    if (timeMicros != RecordFormat.NO_TIME) {
      head |= CompactFormat.OWN_TIME_BIT;
      signed(timeMicros - time);
    }
    sink.bytes()[headAt] = (byte) head;
  }

  public RecordWriter value(long value) {
    kind(Kind.LONG.ordinal());
    signed(value);
    return this;
  }

  public RecordWriter value(double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("a record holds no " + value);
    }
    long bits = Double.doubleToRawLongBits(value);
    double magnitude = Math.abs(value);
    if (magnitude < CompactFormat.DIGITS_END / DECIMAL_POWER) {
      int likely = lastDecimals[count & (PLACES - 1)];
      if (isOfDecimals(value, bits, likely)) {
        return this;
      }
      // The nearest double to a numeral of so few digits gives it back.
      long digits = (long) Math.rint(value * DECIMAL_POWER);
      if (isSame(bits, CompactFormat.decimal(digits, CompactFormat.DECIMALS_MAX))) {
        decimal(digits);
        return this;
      }
    } else if (magnitude < WHOLE_END && isSame(bits, (double) (long) value)) {
      kind(CompactFormat.DECIMAL);
      signed((long) value);
      return this;
    }
    float single = (float) value;
    if (isSame(bits, single)) {
      kind(CompactFormat.FLOAT);
      sink.ensure(Float.BYTES);
      INT.set(sink.bytes(), sink.length(), Float.floatToRawIntBits(single));
      sink.length(sink.length() + Float.BYTES);
    } else {
      kind(CompactFormat.DOUBLE);
      sink.ensure(Double.BYTES);
      LONG.set(sink.bytes(), sink.length(), bits);
      sink.length(sink.length() + Double.BYTES);
    }
    return this;
  }

  /**
   * Writes the value where it has so many decimals, and no fewer: two numerals of so few digits are
   * two doubles, so where the last digit is no zero, fewer decimals are another one.
   */
  private boolean isOfDecimals(double value, long bits, int likely) {
    long digits = (long) Math.rint(CompactFormat.multiplied(value, likely));
    if ((likely > 0 && digits % 10 == 0) || !isSame(bits, CompactFormat.decimal(digits, likely))) {
      return false;
    }
    kind(CompactFormat.DECIMAL | likely << CompactFormat.DECIMALS_SHIFT);
    signed(digits);
    return true;
  }

  /** Also tells 0.0 from -0.0. */
  private static boolean isSame(long bits, double value) {
    return bits == Double.doubleToRawLongBits(value);
  }

  /** Writes digits of {@link CompactFormat#DECIMALS_MAX} decimals without the zeros at the end. */
  private void decimal(long all) {
    long digits = all;
    int decimals = CompactFormat.DECIMALS_MAX;
    if (digits % 10_000 == 0) {
      digits /= 10_000;
      decimals -= 4;
    }
    if (digits % 100 == 0) {
      digits /= 100;
      decimals -= 2;
    }
    if (digits % 10 == 0) {
      digits /= 10;
      decimals--;
    }
    lastDecimals[count & (PLACES - 1)] = (byte) decimals;
    kind(CompactFormat.DECIMAL | decimals << CompactFormat.DECIMALS_SHIFT);
    signed(digits);
  }

  public RecordWriter value(boolean value) {
    kind((value ? Kind.TRUE : Kind.FALSE).ordinal());
    return this;
  }

  public RecordWriter value(String value) {
    return blob(Kind.STRING, value.getBytes(StandardCharsets.UTF_8));
  }

  public RecordWriter value(byte[] value) {
    return blob(Kind.BYTES, value);
  }

  /** Makes the record carry the classification; nothing but {@link #finish} may follow. */
  public RecordWriter cap(Cap cap) {
    sink.bytes()[RecordFormat.FLAGS] |= (byte) RecordFormat.CAP_BIT;
    string(cap.severity());
    string(cap.urgency());
    string(cap.certainty());
    string(cap.status());
    return this;
  }

  /** Makes the record one that a rule of the profile made an alarm of; after {@link #begin}. */
  public RecordWriter ruled() {
    sink.bytes()[RecordFormat.FLAGS] |= (byte) RecordFormat.RULED_BIT;
    return this;
  }

  /**
   * The same record as an alarm by a rule of the profile.
   *
   * @param body a finished record of another class, which has no classification
   */
  public static byte[] asRuledAlarm(byte[] body, Cap cap) {
    ByteSink sink = new ByteSink(body.length + CAP_BYTES);
    sink.write(body, 0, body.length);
    RecordWriter writer = new RecordWriter(sink, TermNumbers.NONE);
    int others = body[RecordFormat.FLAGS] & ~RecordFormat.CLASS_BITS;
    sink.bytes()[RecordFormat.FLAGS] = (byte) (others | MessageClass.ALARM.ordinal());
    return writer.ruled().cap(cap).sink.toByteArray();
  }

  /** The same record, of whatever version, naming nothing by number. Moves the view's cursor. */
  public static byte[] alone(EncodedRecord view) {
    RecordWriter writer = new RecordWriter();
    writer
        .begin(
            view.messageClass(),
            view.timeMicros(),
            view.timeSource(),
            view.receivedMicros(),
            view.historical())
        .identity(
            view.device(),
            view.sector(),
            view.site(),
            view.model(),
            view.gateway(),
            view.protocol(),
            view.source());
    if (view.isRuled()) {
      writer.ruled();
    }
    view.rewind();
    while (view.next()) {
      writer.copyMeasurement(view);
    }
    Cap cap = view.cap();
    return (cap == null ? writer : writer.cap(cap)).finish();
  }

  private void copyMeasurement(EncodedRecord view) {
    measurement(
        view.measurementName(),
        view.measurementUnit(),
        view.measurementQuality(),
        view.measurementReason(),
        view.hasOwnTime() ? view.measurementMicros() : RecordFormat.NO_TIME);
    switch (view.kind()) {
      case LONG -> value(view.longValue());
      case DOUBLE -> value(view.doubleValue());
      case FALSE, TRUE -> value(view.booleanValue());
      case STRING -> value(view.stringValue());
      case BYTES -> value(view.bytesValue());
    }
  }

  /** The record, in an array of exactly its size. */
  public byte[] finish() {
    byte[] bytes = sink.bytes();
    // two bytes, also where one would do: the measurements are there already
    bytes[countAt] = (byte) ((count & 0x7F) | 0x80);
    bytes[countAt + 1] = (byte) (count >>> 7);
    return sink.toByteArray();
  }

  private RecordWriter blob(Kind kind, byte[] value) {
    kind(kind.ordinal());
    unsigned(value.length);
    sink.write(value, 0, value.length);
    return this;
  }

  private void kind(int bits) {
    sink.bytes()[headAt] |= (byte) bits;
  }

  /** A term's number, or that the texts follow. */
  private void reference(@Nullable Term term) {
    unsigned(term == null ? 0 : term.number() + 1L);
  }

  private void signed(long value) {
    unsigned((value << 1) ^ (value >> 63));
  }

  private void unsigned(long value) {
    sink.ensure(MAX_VAR_BYTES);
    byte[] bytes = sink.bytes();
    int at = sink.length();
    if (value >= 0 && value < VarLong.EIGHT_BYTES_END) {
      int length = VarLong.bytes(value);
      VarLong.BYTES.set(bytes, at, VarLong.word(value, length));
      sink.length(at + length);
      return;
    }
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      bytes[at++] = (byte) ((rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    bytes[at++] = (byte) rest;
    sink.length(at);
  }

  private void string(String value) {
    int length = value.length();
    int before = sink.length();
    requireShort(length);
    unsigned(length);
    sink.ensure(length);
    byte[] bytes = sink.bytes();
    int at = sink.length();
    for (int i = 0; i < length; i++) {
      char c = value.charAt(i);
      if (c >= 0x80) {
        sink.length(before);
        string(value.getBytes(StandardCharsets.UTF_8));
        return;
      }
      bytes[at + i] = (byte) c;
    }
    sink.length(at + length);
  }

  private void string(byte[] utf8) {
    requireShort(utf8.length);
    unsigned(utf8.length);
    sink.write(utf8, 0, utf8.length);
  }

  private static void requireShort(int length) {
    if (length > MAX_STRING_BYTES) {
      throw new IllegalArgumentException("a string of " + length + " bytes does not fit a record");
    }
  }
}
