package io.sluice.engine.record;

import io.sluice.api.ByteSink;
import io.sluice.api.CanonicalRecord;
import io.sluice.api.Cap;
import io.sluice.api.Lane;
import io.sluice.api.Measurement;
import io.sluice.api.MessageClass;
import io.sluice.api.Quality;
import io.sluice.api.QualityReason;
import io.sluice.api.RecordView;
import io.sluice.api.TimeSource;
import io.sluice.api.ValueKind;
import io.sluice.engine.record.RecordFormat.Kind;
import io.sluice.spool.Term;
import io.sluice.spool.Terms;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads an encoded record where it lies. {@link #wrap} checks the whole structure once; after that
 * no accessor fails. Measurements are read by a cursor: {@link #rewind}, {@link #next}, then the
 * accessors that begin with {@code measurement} or {@code value}.
 *
 * <p>Reusable, not thread-safe: one per thread. The bytes must not change while it is in use.
 */
@SuppressWarnings("EnumOrdinal") // ordinals are the format: see RecordFormat
public final class EncodedRecord implements RecordView {
  private static final byte[] LANE_LETTERS = {'a', 'e', 't'};
  private static final byte[] OWN_PROTOCOL =
      RecordFormat.GATEWAY_PROTOCOL.getBytes(StandardCharsets.UTF_8);

  private final RecordColumns columns = new RecordColumns();
  private final FirstLayout first = new FirstLayout(columns);
  private final CompactLayout compact = new CompactLayout(columns);
  private Lane lane = Lane.TELEMETRY;
  private long sequence;
  private String epoch = "";

  /** Of the measurement under the cursor; -1 before the first. */
  private int index = -1;

  /**
   * Takes the bytes of one record that names nothing by number.
   *
   * @param epoch the random part of its id, see {@code Spool.epoch(Lane, long)}
   * @throws CorruptRecordException where they are not exactly one record of a known version
   */
  public EncodedRecord wrap(
      byte[] bytes, int offset, int length, Lane lane, long sequence, String epoch)
      throws CorruptRecordException {
    return wrap(bytes, offset, length, lane, sequence, epoch, Terms.NONE);
  }

  /**
   * Takes the bytes of one record, without copying them.
   *
   * @param epoch the random part of its id, see {@code Spool.epoch(Lane, long)}
   * @param terms what it names by number: those of its batch, or of this run where it was made now
   * @throws CorruptRecordException where they are not exactly one record of a known version, or it
   *     names a number that is not defined
   */
  public EncodedRecord wrap(
      byte[] bytes, int offset, int length, Lane lane, long sequence, String epoch, Terms terms)
      throws CorruptRecordException {
    this.lane = lane;
    this.sequence = sequence;
    this.epoch = epoch;
    if (offset < 0 || length < 2 || length > bytes.length - offset) {
      throw new CorruptRecordException("a record of " + length + " bytes is cut short");
    }
    switch (bytes[offset]) {
      case RecordFormat.VERSION_FIRST -> first.read(bytes, offset, length);
      case CompactFormat.VERSION -> compact.read(bytes, offset, length, terms);
      default ->
          throw RecordFormat.corrupt(0, "format version " + bytes[offset] + " is not known here");
    }
    rewind();
    return this;
  }

  /** Takes what the columns were filled with by another layout, which has checked it. */
  EncodedRecord received(Lane lane, long sequence, String epoch) {
    this.lane = lane;
    this.sequence = sequence;
    this.epoch = epoch;
    rewind();
    return this;
  }

  /** {@code {gateway}-{epoch}-{lane's letter}{sequence}}: the consumer's de-duplication key. */
  @Override
  public String id() {
    return gateway() + '-' + epoch + '-' + (char) laneLetter() + sequence;
  }

  byte laneLetter() {
    return laneLetter(lane);
  }

  /** Before the sequence in ids of that lane's records. */
  static byte laneLetter(Lane lane) {
    return LANE_LETTERS[lane.ordinal()];
  }

  String epoch() {
    return epoch;
  }

  @Override
  public Lane lane() {
    return lane;
  }

  @Override
  public long sequence() {
    return sequence;
  }

  @Override
  public String gateway() {
    return originText(RecordColumns.GATEWAY);
  }

  @Override
  public String device() {
    return string(RecordColumns.DEVICE);
  }

  /** The device's id, the same object each time where it is in the cache. */
  public String device(TextCache cache) {
    int which = RecordColumns.DEVICE;
    return cache.of(columns.textBytes[which], columns.textAt[which], columns.textLength[which]);
  }

  /** Appends the device's id, in UTF-8. */
  public void writeDevice(ByteSink out) {
    int which = RecordColumns.DEVICE;
    out.write(columns.textBytes[which], columns.textAt[which], columns.textLength[which]);
  }

  @Override
  public String sector() {
    return originText(RecordColumns.SECTOR);
  }

  @Override
  public String site() {
    return originText(RecordColumns.SITE);
  }

  @Override
  public String model() {
    return originText(RecordColumns.MODEL);
  }

  @Override
  public String protocol() {
    return originText(RecordColumns.PROTOCOL);
  }

  @Override
  public String source() {
    Term source = columns.source;
    return source == null ? string(RecordColumns.SOURCE) : source.required(0);
  }

  /**
   * Whether the gateway itself made the record: what it says of a device is no message of it. Not
   * told by the time source, which is the gateway also where a message has relative times.
   */
  public boolean isOfGateway() {
    int which = RecordColumns.PROTOCOL;
    return isSame(
        columns.textBytes[which], columns.textAt[which], columns.textLength[which], OWN_PROTOCOL);
  }

  @Override
  public MessageClass messageClass() {
    return RecordFormat.CLASSES[columns.flags & 3];
  }

  @Override
  public TimeSource timeSource() {
    return RecordFormat.TIME_SOURCES[columns.flags >> 2 & 3];
  }

  @Override
  public boolean historical() {
    return (columns.flags & RecordFormat.HISTORICAL_BIT) != 0;
  }

  /** Whether a rule of the profile made an alarm of it, and not its topic. */
  public boolean isRuled() {
    return (columns.flags & RecordFormat.RULED_BIT) != 0;
  }

  /** Observed time, microseconds since the epoch. */
  @Override
  public long timeMicros() {
    return columns.time;
  }

  /** Received time, microseconds since the epoch. */
  @Override
  public long receivedMicros() {
    return columns.received;
  }

  @Override
  public @Nullable Cap cap() {
    if ((columns.flags & RecordFormat.CAP_BIT) == 0) {
      return null;
    }
    return new Cap(capText(0), capText(1), capText(2), capText(3));
  }

  private String capText(int which) {
    return new String(
        columns.bytes, columns.capAt[which], columns.capLength[which], StandardCharsets.UTF_8);
  }

  /**
   * The number of sector, site, model, gateway and protocol together, or {@link Term#UNNUMBERED}.
   */
  @Override
  public int originNumber() {
    Term origin = columns.origin;
    return origin == null ? Term.UNNUMBERED : origin.number();
  }

  /** Number of measurements. */
  @Override
  public int count() {
    return columns.count;
  }

  /** Sets the cursor before the first measurement. */
  @Override
  public void rewind() {
    index = -1;
  }

  /** Moves the cursor to the next measurement; false where there is none. */
  @Override
  public boolean next() {
    if (index + 1 >= columns.count) {
      return false;
    }
    index++;
    return true;
  }

  public Kind kind() {
    return RecordFormat.KINDS[columns.kinds[index]];
  }

  @Override
  public int measurementNumber() {
    Term term = columns.terms[index];
    return term == null ? Term.UNNUMBERED : term.number();
  }

  /**
   * What tells name and unit of the measurement together, the same object each time they are the
   * same; null where they stand in the record itself.
   */
  public @Nullable Term measurementTerm() {
    return columns.terms[index];
  }

  @Override
  public String measurementName() {
    Term term = columns.terms[index];
    return term == null ? text(columns.nameAt[index], columns.nameLength[index]) : term.required(0);
  }

  /** Whether the measurement's name has these bytes, in UTF-8. */
  public boolean measurementNameIs(byte[] utf8) {
    Term term = columns.terms[index];
    return term == null
        ? isSame(columns.bytes, columns.nameAt[index], columns.nameLength[index], utf8)
        : Arrays.equals(term.requiredUtf8(0), utf8);
  }

  /** A hash of the measurement's name, the same for the same name. */
  public int measurementNameHash() {
    Term term = columns.terms[index];
    return term == null
        ? nameHash(columns.bytes, columns.nameAt[index], columns.nameLength[index])
        : term.firstHash();
  }

  /** The same of a name that is not in a record: as {@link Arrays#hashCode(byte[])}. */
  public static int nameHash(byte[] utf8, int at, int length) {
    int hash = 1;
    for (int i = at, end = at + length; i < end; i++) {
      hash = 31 * hash + utf8[i];
    }
    return hash;
  }

  /** Whether the measurement's unit has these bytes, in UTF-8; no bytes mean none. */
  public boolean measurementUnitIs(byte[] utf8) {
    if (!hasUnit()) {
      return utf8.length == 0;
    }
    Term term = columns.terms[index];
    return term == null
        ? isSame(columns.bytes, columns.unitAt[index], columns.unitLength[index], utf8)
        : Arrays.equals(term.requiredUtf8(1), utf8);
  }

  private static boolean isSame(byte[] bytes, int at, int length, byte[] utf8) {
    return length == utf8.length && Arrays.equals(bytes, at, at + length, utf8, 0, length);
  }

  @Override
  public @Nullable String measurementUnit() {
    Term term = columns.terms[index];
    if (term != null) {
      return term.text(1);
    }
    return hasUnit() ? text(columns.unitAt[index], columns.unitLength[index]) : null;
  }

  @Override
  public Quality measurementQuality() {
    return RecordFormat.QUALITIES[qualityByte() & 3];
  }

  @Override
  public @Nullable QualityReason measurementReason() {
    int reason = qualityByte() >> 2;
    return reason == 0 ? null : RecordFormat.REASONS[reason - 1];
  }

  /** The measurement's own observed time in microseconds, else the record's. */
  @Override
  public long measurementMicros() {
    return hasOwnTime() ? columns.times[index] : columns.time;
  }

  @Override
  public boolean hasOwnTime() {
    return columns.times[index] != RecordFormat.NO_TIME;
  }

  boolean hasUnit() {
    Term term = columns.terms[index];
    return term == null ? columns.unitLength[index] != RecordColumns.NO_UNIT : term.utf8(1) != null;
  }

  @Override
  public ValueKind valueKind() {
    return switch (kind()) {
      case LONG -> ValueKind.LONG;
      case DOUBLE -> ValueKind.DOUBLE;
      case FALSE, TRUE -> ValueKind.BOOLEAN;
      case STRING -> ValueKind.STRING;
      case BYTES -> ValueKind.BYTES;
    };
  }

  @Override
  public boolean booleanValue() {
    return kind() == Kind.TRUE;
  }

  /** Of kind LONG. */
  @Override
  public long longValue() {
    return columns.bits[index];
  }

  /** Of kind DOUBLE, or LONG as the nearest double. */
  @Override
  public double doubleValue() {
    long bits = columns.bits[index];
    int decimals = columns.decimals[index];
    if (decimals >= 0) {
      return CompactFormat.decimal(bits, decimals);
    }
    return kind() == Kind.LONG ? bits : Double.longBitsToDouble(bits);
  }

  /** Of kind STRING. */
  @Override
  public String stringValue() {
    return text((int) columns.bits[index], columns.blobLengths[index]);
  }

  /** Whether the value, of kind STRING, is that text; a text beyond ASCII may be called another. */
  public boolean stringValueIs(String text) {
    int from = (int) columns.bits[index];
    return columns.blobLengths[index] == text.length()
        && TextCache.isSame(text, columns.bytes, from);
  }

  /** Of kind BYTES; a copy. */
  @Override
  public byte[] bytesValue() {
    int from = (int) columns.bits[index];
    return Arrays.copyOfRange(columns.bytes, from, from + columns.blobLengths[index]);
  }

  /** The measurement under the cursor as an object. */
  public Measurement toMeasurement() {
    Object value =
        switch (kind()) {
          case LONG -> longValue();
          case DOUBLE -> doubleValue();
          case FALSE -> false;
          case TRUE -> true;
          case STRING -> stringValue();
          case BYTES -> bytesValue();
        };
    return new Measurement(
        measurementName(),
        value,
        measurementUnit(),
        measurementQuality(),
        measurementReason(),
        hasOwnTime() ? (Long) columns.times[index] : null);
  }

  /** The record as an object. Moves the cursor to the end. */
  public CanonicalRecord toRecord() {
    List<Measurement> measurements = new ArrayList<>(columns.count);
    rewind();
    while (next()) {
      measurements.add(toMeasurement());
    }
    return new CanonicalRecord(
        id(),
        gateway(),
        device(),
        sector(),
        site(),
        model(),
        messageClass(),
        timeMicros(),
        timeSource(),
        receivedMicros(),
        sequence,
        historical(),
        List.copyOf(measurements),
        protocol(),
        source(),
        cap());
  }

  /** What the layout found. */
  RecordColumns columns() {
    return columns;
  }

  /** The place of the measurement under the cursor in them. */
  int index() {
    return index;
  }

  int qualityByte() {
    return columns.judgements[index] & 0xFF;
  }

  private String originText(int which) {
    Term origin = columns.origin;
    return origin == null ? string(which) : origin.required(which - RecordColumns.SECTOR);
  }

  private String string(int which) {
    return new String(
        columns.textBytes[which],
        columns.textAt[which],
        columns.textLength[which],
        StandardCharsets.UTF_8);
  }

  private String text(int at, int length) {
    return new String(columns.bytes, at, length, StandardCharsets.UTF_8);
  }
}
