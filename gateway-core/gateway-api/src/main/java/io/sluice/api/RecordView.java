package io.sluice.api;

import org.jspecify.annotations.Nullable;

/**
 * A record, read where it lies. The measurements are read by a cursor: {@link #rewind}, then {@link
 * #next} and the accessors that begin with {@code measurement} and end with {@code Value}.
 *
 * <p>Valid only during the call that it was given to: the next record is shown by the same view.
 * Confined to that call's thread. No accessor fails, as long as a value is read as what {@link
 * #valueKind} says. The fields are those of {@link CanonicalRecord}.
 */
public interface RecordView {
  /** Unique, and the same in each delivery: the consumer's de-duplication key. */
  String id();

  Lane lane();

  /** The gateway's own number of the record in its lane. */
  long sequence();

  /** Id of the gateway that took the record. */
  String gateway();

  /** Id of the registered device. */
  String device();

  String sector();

  String site();

  /** Id of the device's profile. */
  String model();

  /** The protocol it came by: {@code mqtt}, {@code coap}, ... */
  String protocol();

  /** Topic or path, and codec: {@code telemetry;json}. */
  String source();

  MessageClass messageClass();

  /** Who gave {@link #timeMicros}. */
  TimeSource timeSource();

  /** Whether it was measured before, and is sent after the fact: it replaces no live value. */
  boolean historical();

  /** Observed time, microseconds since the epoch, UTC. */
  long timeMicros();

  /** When the gateway took it, microseconds since the epoch, UTC. */
  long receivedMicros();

  /**
   * A small number of sector, site, model, gateway and protocol together; -1 where they have none.
   * It means the same as long as the gateway runs, so that what is made of them can be kept by it.
   */
  default int originNumber() {
    return -1;
  }

  /** Classification of an alarm (CAP 1.2); null where there is none. */
  @Nullable Cap cap();

  /** Number of measurements. */
  int count();

  /** Sets the cursor before the first measurement. */
  void rewind();

  /** Moves the cursor to the next measurement; false where there is none. */
  boolean next();

  String measurementName();

  /**
   * A small number of the measurement's name and unit together, below 4,096; -1 where they have
   * none: not every name gets one. It means the same as long as the gateway runs, so that what is
   * made of name and unit can be kept by it.
   */
  default int measurementNumber() {
    return -1;
  }

  /** From the IANA SenML units registry; null where none is known. */
  @Nullable String measurementUnit();

  Quality measurementQuality();

  /** Why the quality is not good; null where it is. */
  @Nullable QualityReason measurementReason();

  /** The measurement's own observed time in microseconds, else the record's. */
  long measurementMicros();

  /** Whether the measurement has an observed time of its own. */
  boolean hasOwnTime();

  ValueKind valueKind();

  /** Of kind {@link ValueKind#LONG}. */
  long longValue();

  /** Of kind {@link ValueKind#DOUBLE}, or {@link ValueKind#LONG} as the nearest double. */
  double doubleValue();

  /** Of kind {@link ValueKind#BOOLEAN}. */
  boolean booleanValue();

  /** Of kind {@link ValueKind#STRING}. */
  String stringValue();

  /** Of kind {@link ValueKind#BYTES}; a copy. */
  byte[] bytesValue();
}
