package io.sluice.engine.record;

import io.sluice.api.MessageClass;
import io.sluice.api.Quality;
import io.sluice.api.QualityReason;
import io.sluice.api.TimeSource;

/**
 * What all encoded records have in common, and the bytes of version 1, which is read for ever and
 * written no more: those of version 2 stand in {@link CompactFormat}. Integers are big-endian;
 * {@code str} is a u16 length and that many bytes of UTF-8.
 *
 * <pre>
 *   0  u8   format version: 1
 *   1  u8   bits 0-1 class · 2-3 time source · 4 historical · 5 cap follows the measurements
 *           · 6 an alarm by a rule of the profile, not by its topic
 *   2  i64  observed time, microseconds since the epoch
 *  10  i64  received time, microseconds since the epoch
 *  18  str  device · str sector · str site · str model · str gateway · str protocol · str source
 *      u16  number of measurements, each:
 *           u8   bits 0-3 kind of value · 4 a unit is there · 5 an own time is there
 *           u8   bits 0-1 quality · 2-7 reason: 0 none, else its ordinal + 1
 *           str  name
 *           str  unit                 where bit 4 says so
 *           i64  time, microseconds   where bit 5 says so
 *           value by kind: 0 i64 · 1 f64, finite · 2 false · 3 true (no bytes)
 *                          4 u32 length and UTF-8 · 5 u32 length and bytes
 *      str  severity · str urgency · str certainty · str status   where bit 5 of the flags says so
 * </pre>
 *
 * <p>The record ends there: bytes that follow are a fault. Id, sequence and lane are not in it; the
 * place in the spool gives them. Enumerations are stored by ordinal: their order never changes. A
 * later version keeps reading this one.
 */
public final class RecordFormat {
  static final int VERSION_FIRST = 1;

  /** Bound of the measurements in one record. */
  public static final int MAX_MEASUREMENTS = 4096;

  /** Says that a measurement has no time of its own. */
  public static final long NO_TIME = Long.MIN_VALUE;

  /** The protocol of records that the gateway itself made: no device can send one. */
  public static final String GATEWAY_PROTOCOL = "gateway";

  /** What a measurement's value is. */
  public enum Kind {
    LONG,
    DOUBLE,
    FALSE,
    TRUE,
    STRING,
    BYTES
  }

  static final int FLAGS = 1;
  static final int STRING_COUNT = 7;
  static final int CAP_STRINGS = 4;
  static final int CLASS_BITS = 3;
  static final int HISTORICAL_BIT = 1 << 4;
  static final int CAP_BIT = 1 << 5;
  static final int RULED_BIT = 1 << 6;

  static final Kind[] KINDS = Kind.values();
  static final MessageClass[] CLASSES = MessageClass.values();
  static final TimeSource[] TIME_SOURCES = TimeSource.values();
  static final Quality[] QUALITIES = Quality.values();
  static final QualityReason[] REASONS = QualityReason.values();

  private RecordFormat() {}

  /** The flags of a record, of whatever version. */
  static int flags(byte[] bytes, int offset) throws CorruptRecordException {
    int flags = bytes[offset + FLAGS];
    if ((flags >> 2 & 3) >= TIME_SOURCES.length || flags >>> 7 != 0) {
      throw corrupt(FLAGS, "unknown flags " + flags);
    }
    return flags;
  }

  /** Whether a byte tells a quality and a reason. */
  static boolean isJudgement(int judged) {
    return (judged & 3) < QUALITIES.length && judged >> 2 <= REASONS.length;
  }

  static CorruptRecordException corrupt(int at, String what) {
    return new CorruptRecordException("record byte " + at + ": " + what);
  }
}
