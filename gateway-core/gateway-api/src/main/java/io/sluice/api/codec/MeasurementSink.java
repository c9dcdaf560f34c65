package io.sluice.api.codec;

import io.sluice.api.QualityReason;

/**
 * Takes what a codec finds in one payload. The device's profile leads each path into a metric, with
 * its unit, scale and range; what the profile does not know is kept, dropped or refused, as its
 * {@code unknown} says. Confined to the thread and the call that it was given to.
 *
 * <p>A path has 1 to 256 bytes, and dots where a field lies within another: {@code
 * env.temperature}. A message has at most 4096 values. What is beyond a bound is refused by a
 * {@link PayloadException}, which the codec lets through.
 */
public interface MeasurementSink {
  /**
   * Takes an integer.
   *
   * @throws PayloadException where the message is refused as a whole
   */
  void put(String path, long value) throws PayloadException;

  /** Takes a number. One that is not finite is kept as bad. As {@link #put(String, long)}. */
  void put(String path, double value) throws PayloadException;

  /** Takes true or false. As {@link #put(String, long)}. */
  void put(String path, boolean value) throws PayloadException;

  /** Takes a text. As {@link #put(String, long)}. */
  void put(String path, String value) throws PayloadException;

  /** Takes bytes, which the codec must not change any more. As {@link #put(String, long)}. */
  void put(String path, byte[] value) throws PayloadException;

  /**
   * Says in which unit the next value is, where the profile does not.
   *
   * @param unit of the SenML units registry, or what the device calls it
   */
  default void unit(String unit) {}

  /** Says that the next value is bad: it is kept, and counts as measured badly. */
  default void bad(QualityReason reason) {}

  /**
   * Notes a field that is there and cannot be read. It costs that field alone, or the message where
   * the profile says {@code tolerate: none}.
   *
   * @param what what is wrong, and the remedy: {@code "is no number; send one such as 21.5"}
   */
  void refuse(String path, String what) throws PayloadException;

  /**
   * Notes that something is odd, though every value that was put is good. It is told as a field
   * that cannot be read is, and never costs the message, unless nothing else is in it.
   *
   * @param what one sentence
   */
  default void warn(String what) throws PayloadException {}

  /**
   * Says when the values of this sample were measured, those before the call too.
   *
   * @param micros since the epoch, from 2000 to 2100. A time before 2015 is that of a clock that
   *     was not set.
   */
  void time(long micros) throws PayloadException;

  /**
   * Begins another sample, with a time of its own. Within one sample a path comes once. The first
   * sample needs no call.
   */
  void sample() throws PayloadException;

  /** Says that the message is back-fill: measured a while ago, and sent late. */
  void historical();

  /**
   * Says where in the payload the next values stand. The words of faults name the place.
   *
   * @param byteOffset from 0
   */
  void at(int byteOffset);
}
