package io.sluice.engine.record;

import io.sluice.api.Lane;
import io.sluice.engine.record.PoisonRecordException.Kind;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads records as they come from a topic, in JSON or in Protobuf: JSON begins with a brace, which
 * no record in Protobuf does. Whatever else comes is a {@link PoisonRecordException}. Reusable, one
 * per thread; what it returns holds until the next call, as long as the bytes are not changed.
 */
public final class RecordDecoder {
  /** What is larger is not looked at. */
  public static final int BYTES_MAX = 8 << 20;

  private static final Lane[] LANES = Lane.values();
  private static final String LANE_LETTERS = lettersOf(LANES);

  private final EncodedRecord view = new EncodedRecord();
  private final ReceivedProtobuf protobuf = new ReceivedProtobuf(view.columns());
  private final ReceivedJson json = new ReceivedJson(view.columns());
  private final TextCache epochs = new TextCache();

  private static String lettersOf(Lane[] lanes) {
    StringBuilder letters = new StringBuilder();
    for (Lane lane : lanes) {
      letters.append((char) EncodedRecord.laneLetter(lane));
    }
    return letters.toString();
  }

  /**
   * The record, its cursor before the first measurement.
   *
   * @param key of the Kafka record: the device's id in UTF-8
   * @throws PoisonRecordException where it is none that can be counted
   */
  public EncodedRecord decode(byte @Nullable [] key, byte @Nullable [] value)
      throws PoisonRecordException {
    if (key == null || key.length == 0) {
      throw new PoisonRecordException(Kind.NO_KEY, "has no key");
    }
    EncodedRecord record = decode(value);
    RecordColumns columns = view.columns();
    int at = columns.textAt[RecordColumns.DEVICE];
    byte[] device = columns.textBytes[RecordColumns.DEVICE];
    int end = at + columns.textLength[RecordColumns.DEVICE];
    if (!Arrays.equals(key, 0, key.length, device, at, end)) {
      throw new PoisonRecordException(Kind.KEY_DIFFERS, "its key is not its device");
    }
    return record;
  }

  /** The same, whatever its key is. */
  public EncodedRecord decode(byte @Nullable [] value) throws PoisonRecordException {
    if (value == null || value.length == 0) {
      throw new PoisonRecordException(Kind.EMPTY, "has no value");
    }
    if (value.length > BYTES_MAX) {
      throw new PoisonRecordException(
          Kind.TOO_LARGE, "has " + value.length + " bytes; at most " + BYTES_MAX + " are read");
    }
    if (value[0] == '{') {
      json.read(value);
      return identified(json.idAt, json.idLength, json.sequence);
    }
    protobuf.read(value);
    return identified(protobuf.idAt, protobuf.idLength, protobuf.sequence);
  }

  /** Takes the id apart: {@code {gateway}-{epoch}-{lane's letter}{sequence}}. */
  private EncodedRecord identified(int idAt, int idLength, long sequence)
      throws PoisonRecordException {
    RecordColumns columns = view.columns();
    byte[] bytes = columns.bytes;
    int gateway = columns.textLength[RecordColumns.GATEWAY];
    int gatewayAt = columns.textAt[RecordColumns.GATEWAY];
    int end = idAt + idLength;
    int epochAt = idAt + gateway + 1;
    int dash = end - 1;
    while (dash >= epochAt && bytes[dash] != '-') {
      dash--;
    }
    boolean isOne =
        gateway > 0
            && columns.textLength[RecordColumns.DEVICE] > 0
            && dash >= epochAt
            && dash + 2 < end
            && bytes[epochAt - 1] == '-'
            && Arrays.equals(bytes, idAt, idAt + gateway, bytes, gatewayAt, gatewayAt + gateway)
            && number(bytes, dash + 2, end) == sequence;
    int lane = isOne ? LANE_LETTERS.indexOf(bytes[dash + 1]) : -1;
    if (lane < 0) {
      throw PoisonRecordException.invalid(
          "its id is not made of its gateway, a start, a lane and seq, or it has no device");
    }
    return view.received(LANES[lane], sequence, epochs.of(bytes, epochAt, dash - epochAt));
  }

  /** A number of digits alone; -1 where it is none. */
  private static long number(byte[] bytes, int from, int to) {
    long number = 0;
    for (int i = from; i < to; i++) {
      int digit = bytes[i] - '0';
      if (digit < 0 || digit > 9 || number > (Long.MAX_VALUE - digit) / 10) {
        return -1;
      }
      number = 10 * number + digit;
    }
    return number;
  }

  static PoisonRecordException future(String version) {
    return new PoisonRecordException(
        Kind.FUTURE_VERSION,
        "is of version "
            + version
            + ", and this build knows 1; upgrade it to the gateways' version");
  }

  static void requireRoom(int measurements) throws PoisonRecordException {
    if (measurements > RecordFormat.MAX_MEASUREMENTS) {
      throw PoisonRecordException.invalid(
          "has more than " + RecordFormat.MAX_MEASUREMENTS + " measurements");
    }
  }

  static void requireFinite(double value) throws PoisonRecordException {
    if (!Double.isFinite(value)) {
      throw PoisonRecordException.invalid("has a value that is not finite");
    }
  }
}
