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
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
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
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final byte[] LANE_LETTERS = {'a', 'e', 't'};
  private static final byte[] OWN_PROTOCOL =
      RecordFormat.GATEWAY_PROTOCOL.getBytes(StandardCharsets.UTF_8);

  static final int DEVICE = 0;
  static final int SECTOR = 1;
  static final int SITE = 2;
  static final int MODEL = 3;
  static final int GATEWAY = 4;
  static final int PROTOCOL = 5;
  static final int SOURCE = 6;

  private byte[] bytes = new byte[0];
  private int start;
  private Lane lane = Lane.TELEMETRY;
  private long sequence;
  private String epoch = "";
  private final RecordCheck check = new RecordCheck();
  private final int[] strings = new int[RecordFormat.STRING_COUNT];
  private int count;
  private int first;
  private int capAt;

  private int read;
  private int following;
  private int head;
  private int quality;
  private int nameAt;
  private int unitAt;
  private int timeAt;
  private int valueAt;

  /**
   * Takes the bytes of one record, without copying them.
   *
   * @param epoch the random part of its id, see {@code Spool.epoch(Lane, long)}
   * @throws CorruptRecordException where they are not exactly one record of a known version
   */
  public EncodedRecord wrap(
      byte[] bytes, int offset, int length, Lane lane, long sequence, String epoch)
      throws CorruptRecordException {
    this.bytes = bytes;
    this.start = offset;
    this.lane = lane;
    this.sequence = sequence;
    this.epoch = epoch;
    check.run(bytes, offset, length, strings);
    count = check.count;
    first = check.first;
    capAt = check.capAt;
    rewind();
    return this;
  }

  /** {@code {gateway}-{epoch}-{lane's letter}{sequence}}: the consumer's de-duplication key. */
  @Override
  public String id() {
    return gateway() + '-' + epoch + '-' + (char) laneLetter() + sequence;
  }

  byte laneLetter() {
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
    return string(strings[GATEWAY]);
  }

  @Override
  public String device() {
    return string(strings[DEVICE]);
  }

  /** Appends the device's id, in UTF-8. */
  public void writeDevice(ByteSink out) {
    out.write(bytes, strings[DEVICE] + 2, u16(strings[DEVICE]));
  }

  @Override
  public String sector() {
    return string(strings[SECTOR]);
  }

  @Override
  public String site() {
    return string(strings[SITE]);
  }

  @Override
  public String model() {
    return string(strings[MODEL]);
  }

  @Override
  public String protocol() {
    return string(strings[PROTOCOL]);
  }

  @Override
  public String source() {
    return string(strings[SOURCE]);
  }

  /**
   * Whether the gateway itself made the record: what it says of a device is no message of it. Not
   * told by the time source, which is the gateway also where a message has relative times.
   */
  public boolean isOfGateway() {
    return stringIs(strings[PROTOCOL], OWN_PROTOCOL);
  }

  @Override
  public MessageClass messageClass() {
    return RecordFormat.CLASSES[bytes[start + RecordFormat.FLAGS] & 3];
  }

  @Override
  public TimeSource timeSource() {
    return RecordFormat.TIME_SOURCES[bytes[start + RecordFormat.FLAGS] >> 2 & 3];
  }

  @Override
  public boolean historical() {
    return (bytes[start + RecordFormat.FLAGS] & RecordFormat.HISTORICAL_BIT) != 0;
  }

  /** Whether a rule of the profile made an alarm of it, and not its topic. */
  public boolean isRuled() {
    return (bytes[start + RecordFormat.FLAGS] & RecordFormat.RULED_BIT) != 0;
  }

  /** Observed time, microseconds since the epoch. */
  @Override
  public long timeMicros() {
    return i64(start + RecordFormat.TIME);
  }

  /** Received time, microseconds since the epoch. */
  @Override
  public long receivedMicros() {
    return i64(start + RecordFormat.RECEIVED);
  }

  @Override
  public @Nullable Cap cap() {
    if ((bytes[start + RecordFormat.FLAGS] & RecordFormat.CAP_BIT) == 0) {
      return null;
    }
    int urgency = after(capAt);
    int certainty = after(urgency);
    return new Cap(string(capAt), string(urgency), string(certainty), string(after(certainty)));
  }

  /** Number of measurements. */
  @Override
  public int count() {
    return count;
  }

  /** Sets the cursor before the first measurement. */
  @Override
  public void rewind() {
    read = 0;
    following = first;
  }

  /** Moves the cursor to the next measurement; false where there is none. */
  @Override
  public boolean next() {
    if (read == count) {
      return false;
    }
    read++;
    head = bytes[following];
    quality = bytes[following + 1] & 0xFF;
    nameAt = following + 2;
    int at = after(nameAt);
    unitAt = at;
    if ((head & RecordFormat.UNIT_BIT) != 0) {
      at = after(at);
    }
    timeAt = at;
    if ((head & RecordFormat.OWN_TIME_BIT) != 0) {
      at += 8;
    }
    valueAt = at;
    following = at + valueBytes(at);
    return true;
  }

  private int valueBytes(int at) {
    return switch (kind()) {
      case LONG, DOUBLE -> 8;
      case FALSE, TRUE -> 0;
      case STRING, BYTES -> 4 + i32(at);
    };
  }

  public Kind kind() {
    return RecordFormat.KINDS[head & 15];
  }

  @Override
  public String measurementName() {
    return string(nameAt);
  }

  /** Whether the measurement's name has these bytes, in UTF-8. */
  public boolean measurementNameIs(byte[] utf8) {
    return stringIs(nameAt, utf8);
  }

  /** A hash of the measurement's name, the same for the same name. */
  public int measurementNameHash() {
    int hash = 1;
    for (int i = nameAt + 2, end = after(nameAt); i < end; i++) {
      hash = 31 * hash + bytes[i];
    }
    return hash;
  }

  /** Whether the measurement's unit has these bytes, in UTF-8; no bytes mean none. */
  public boolean measurementUnitIs(byte[] utf8) {
    return hasUnit() ? stringIs(unitAt, utf8) : utf8.length == 0;
  }

  private boolean stringIs(int at, byte[] utf8) {
    return u16(at) == utf8.length
        && Arrays.equals(bytes, at + 2, at + 2 + utf8.length, utf8, 0, utf8.length);
  }

  @Override
  public @Nullable String measurementUnit() {
    return hasUnit() ? string(unitAt) : null;
  }

  @Override
  public Quality measurementQuality() {
    return RecordFormat.QUALITIES[quality & 3];
  }

  @Override
  public @Nullable QualityReason measurementReason() {
    return quality >> 2 == 0 ? null : RecordFormat.REASONS[(quality >> 2) - 1];
  }

  /** The measurement's own observed time in microseconds, else the record's. */
  @Override
  public long measurementMicros() {
    return hasOwnTime() ? i64(timeAt) : timeMicros();
  }

  @Override
  public boolean hasOwnTime() {
    return (head & RecordFormat.OWN_TIME_BIT) != 0;
  }

  boolean hasUnit() {
    return (head & RecordFormat.UNIT_BIT) != 0;
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
    return i64(valueAt);
  }

  /** Of kind DOUBLE, or LONG as the nearest double. */
  @Override
  public double doubleValue() {
    return kind() == Kind.LONG ? i64(valueAt) : Double.longBitsToDouble(i64(valueAt));
  }

  /** Of kind STRING. */
  @Override
  public String stringValue() {
    return new String(bytes, valueAt + 4, i32(valueAt), StandardCharsets.UTF_8);
  }

  /** Of kind BYTES; a copy. */
  @Override
  public byte[] bytesValue() {
    return Arrays.copyOfRange(bytes, valueAt + 4, valueAt + 4 + i32(valueAt));
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
        hasOwnTime() ? (Long) i64(timeAt) : null);
  }

  /** The record as an object. Moves the cursor to the end. */
  public CanonicalRecord toRecord() {
    List<Measurement> measurements = new ArrayList<>(count);
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

  byte[] bytes() {
    return bytes;
  }

  /** Where the string begins (its length): one of the constants above. */
  int stringAt(int which) {
    return strings[which];
  }

  int nameAt() {
    return nameAt;
  }

  int unitAt() {
    return unitAt;
  }

  int valueAt() {
    return valueAt;
  }

  int qualityByte() {
    return quality;
  }

  int u16(int at) {
    return (bytes[at] & 0xFF) << 8 | (bytes[at + 1] & 0xFF);
  }

  int i32(int at) {
    return u16(at) << 16 | u16(at + 2);
  }

  private long i64(int at) {
    return (long) LONG.get(bytes, at);
  }

  private int after(int at) {
    return at + 2 + u16(at);
  }

  private String string(int at) {
    return new String(bytes, at + 2, u16(at), StandardCharsets.UTF_8);
  }
}
