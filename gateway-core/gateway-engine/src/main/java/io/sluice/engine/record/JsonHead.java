package io.sluice.engine.record;

import io.sluice.api.ByteSink;
import io.sluice.api.Lane;
import io.sluice.spool.Term;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The text of canonical JSON that all records of one device, class and topic have in common: what
 * stands around their measurements, but for times and sequence. Used again for another device. Not
 * thread-safe.
 */
final class JsonHead {
  private static final long TIME_PART = 100_000_000L;

  /** The place of the text of the measurement that came first, or negative. */
  int firstPart = -1;

  /** Device, sector, site, model, gateway, protocol and source, one behind the other. */
  private byte[] key = {};

  private final int[] keyEnds = new int[RecordFormat.STRING_COUNT];

  // Where the strings are those of a term, that is enough to know them by.
  private @Nullable Term origin;
  private @Nullable Term source;

  private int flags;
  private Lane lane = Lane.TELEMETRY;
  private String epoch = "";

  /** The pieces one behind the other, and seven bytes at least that may be copied with them. */
  private byte[] text = {};

  private int idEnd;
  private int identityEnd;
  private int sourceEnd;
  private int listEnd;
  private int textEnd;

  /** The first digits of a time, which seldom change. */
  private long timeBegin = -1;

  private long timeDigits;

  /** Whether it is the text of such records. */
  @SuppressWarnings("ReferenceEquality") // the very term; another one is looked into
  boolean is(RecordColumns columns, Lane lane, String epoch) {
    return flags == columns.flags
        && this.lane == lane
        && isSame(columns, RecordColumns.DEVICE)
        && ((origin != null && origin == columns.origin) || isSameOrigin(columns))
        && ((source != null && source == columns.source) || isSame(columns, RecordColumns.SOURCE))
        && this.epoch.equals(epoch);
  }

  private boolean isSameOrigin(RecordColumns columns) {
    for (int which = RecordColumns.SECTOR; which <= RecordColumns.PROTOCOL; which++) {
      if (!isSame(columns, which)) {
        return false;
      }
    }
    return true;
  }

  private boolean isSame(RecordColumns columns, int which) {
    int at = columns.textAt[which];
    return Arrays.equals(
        key,
        begin(which),
        keyEnds[which],
        columns.textBytes[which],
        at,
        at + columns.textLength[which]);
  }

  private int begin(int which) {
    return which == 0 ? 0 : keyEnds[which - 1];
  }

  /**
   * Becomes the text of such records.
   *
   * @param scratch is written over
   */
  void set(RecordColumns columns, Lane lane, String epoch, ByteSink scratch) {
    this.flags = columns.flags;
    this.lane = lane;
    this.epoch = epoch;
    this.origin = columns.origin;
    this.source = columns.source;
    scratch.clear();
    for (int which = 0; which < keyEnds.length; which++) {
      scratch.write(columns.textBytes[which], columns.textAt[which], columns.textLength[which]);
      keyEnds[which] = scratch.length();
    }
    if (key.length < scratch.length()) {
      key = new byte[scratch.length()];
    }
    System.arraycopy(scratch.bytes(), 0, key, 0, scratch.length());
    scratch.clear();
    write(scratch);
    textEnd = scratch.length();
    int padded = textEnd + Long.BYTES;
    if (text.length < padded) {
      text = new byte[padded];
    }
    System.arraycopy(scratch.bytes(), 0, text, 0, textEnd);
  }

  private void write(ByteSink out) {
    put(RecordJson.ID, out);
    putString(RecordColumns.GATEWAY, out);
    out.write('-');
    for (int i = 0; i < epoch.length(); i++) {
      out.write(epoch.charAt(i));
    }
    out.write('-');
    out.write(EncodedRecord.laneLetter(lane));
    idEnd = out.length();
    put(RecordJson.GATEWAY, out);
    putString(RecordColumns.GATEWAY, out);
    put(RecordJson.DEVICE, out);
    putString(RecordColumns.DEVICE, out);
    put(RecordJson.SECTOR, out);
    putString(RecordColumns.SECTOR, out);
    put(RecordJson.SITE, out);
    putString(RecordColumns.SITE, out);
    put(RecordJson.MODEL, out);
    putString(RecordColumns.MODEL, out);
    put(RecordJson.CLASSES[flags & 3], out);
    identityEnd = out.length();
    put(RecordJson.TIME_SOURCES[flags >> 2 & 3], out);
    put(RecordJson.RECEIVED, out);
    sourceEnd = out.length();
    boolean isHistorical = (flags & RecordFormat.HISTORICAL_BIT) != 0;
    put(isHistorical ? RecordJson.HISTORICAL : RecordJson.LIVE, out);
    listEnd = out.length();
    put(RecordJson.PROTOCOL, out);
    putString(RecordColumns.PROTOCOL, out);
    put(RecordJson.SOURCE, out);
    putString(RecordColumns.SOURCE, out);
    out.write('"');
    out.write('}');
  }

  private static void put(byte[] piece, ByteSink out) {
    out.write(piece, 0, piece.length);
  }

  private void putString(int which, ByteSink out) {
    int begin = begin(which);
    int length = keyEnds[which] - begin;
    out.ensure(JsonText.MAX_EXPANSION * length + Long.BYTES);
    out.length(JsonText.escaped(key, begin, length, out.bytes(), out.length()));
  }

  /** Bytes of all pieces together. */
  int textBytes() {
    return textEnd;
  }

  /** Writes what stands before the measurements; returns the place behind it. */
  int open(long timeMicros, long receivedMicros, long sequence, byte[] to, int start) {
    int at = JsonText.copy(text, 0, idEnd, to, start);
    int digits = at;
    at = JsonText.number(sequence, to, at);
    int count = at - digits;
    at = JsonText.copy(text, idEnd, identityEnd, to, at);
    at = time(timeMicros, to, at);
    at = JsonText.copy(text, identityEnd, sourceEnd, to, at);
    at = time(receivedMicros, to, at);
    at = JsonText.raw(RecordJson.SEQUENCE, to, at);
    System.arraycopy(to, digits, to, at, count);
    return JsonText.copy(text, sourceEnd, listEnd, to, at + count);
  }

  /** Times of this century have sixteen digits, of which the first eight stay for 100 s. */
  private int time(long micros, byte[] to, int at) {
    long begin = micros / TIME_PART;
    if (begin < TIME_PART / 10 || begin >= TIME_PART) {
      return JsonText.number(micros, to, at);
    }
    if (begin != timeBegin) {
      timeBegin = begin;
      timeDigits = JsonText.eightDigits((int) begin);
    }
    return JsonText.sixteen(timeDigits, (int) (micros - begin * TIME_PART), to, at);
  }

  /** Writes what stands behind the measurements; returns the place behind it. */
  int close(byte[] to, int at) {
    return JsonText.copy(text, listEnd, textEnd, to, at);
  }
}
