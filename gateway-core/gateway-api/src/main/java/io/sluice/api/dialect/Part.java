package io.sluice.api.dialect;

import io.sluice.api.ContentType;
import io.sluice.api.MessageClass;
import io.sluice.api.codec.MeasurementSink;
import io.sluice.api.codec.PayloadException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one message says of one device. Immutable; its arrays must not be changed.
 *
 * @param devices names of the device, of which the first that is the session's device or a child of
 *     it counts; empty: the device that the topic names, else the session's
 * @param messageClass null: that of the rule
 * @param contentType what the payload is; unspecified: the profile or the first bytes decide
 * @param payload what the profile reads; empty where there is nothing but readings or bytes
 * @param frame what fields of a JSON payload are, by their paths, where the profile does not say
 * @param bytes the device's own bytes, or null. They are read in place of the payload where the
 *     profile names a codec or a layout of bytes
 * @param port LoRaWAN's FPort of the bytes, 1 to 255, or {@link #NO_PORT}
 * @param readings values beside the payload
 * @param observedMicros when it was measured, microseconds since the epoch, where the payload does
 *     not say; {@link #NO_TIME}: nobody says
 * @param repeatKey the same for a message that came again, or null. Of those with one key from one
 *     device within ten minutes, the first alone is kept
 * @param alone the message as it would be of this device alone, or null: the message. A part that
 *     is refused is kept so
 * @param content puts values straight into the record, in place of a payload; or null
 * @param life that the device has come or gone by what the message says, or null: it says neither
 */
public record Part(
    List<String> devices,
    @Nullable MessageClass messageClass,
    ContentType contentType,
    byte[] payload,
    Map<String, Frame> frame,
    byte @Nullable [] bytes,
    int port,
    List<Reading> readings,
    long observedMicros,
    @Nullable String repeatKey,
    byte @Nullable [] alone,
    @Nullable Content content,
    @Nullable Life life) {
  public static final int NO_PORT = -1;
  public static final long NO_TIME = Long.MIN_VALUE;

  private static final byte[] NOTHING = {};

  /** Puts what a part says into its record. */
  @FunctionalInterface
  public interface Content {
    /**
     * Called once, on the thread that took the message apart and before that takes another.
     *
     * @throws PayloadException where the part is refused as a whole
     */
    void read(MeasurementSink out) throws PayloadException;
  }

  /** What a message says of a device that has no link of its own. */
  public enum Life {
    /** It is there from now on. */
    BIRTH,
    /** It is gone. */
    DEATH
  }

  public Part {
    devices = List.copyOf(devices);
    readings = List.copyOf(readings);
    frame = Map.copyOf(frame);
  }

  /** A payload that says by itself what it is. */
  public static Part of(byte[] payload) {
    return of(ContentType.UNSPECIFIED, payload);
  }

  /** A payload of that type. */
  public static Part of(ContentType contentType, byte[] payload) {
    return new Part(
        List.of(),
        null,
        contentType,
        payload,
        Map.of(),
        null,
        NO_PORT,
        List.of(),
        NO_TIME,
        null,
        null,
        null,
        null);
  }

  /** Nothing but readings. */
  public static Part of(List<Reading> readings) {
    return of(NOTHING).with(readings);
  }

  /** Nothing but what the content puts. */
  public static Part of(Content content) {
    return of(NOTHING).filledBy(content);
  }

  /** The same, with values that the content puts. */
  public Part filledBy(Content by) {
    return new Part(
        devices,
        messageClass,
        contentType,
        payload,
        frame,
        bytes,
        port,
        readings,
        observedMicros,
        repeatKey,
        alone,
        by,
        life);
  }

  /** The same of a device that has come, or gone, by what the message says. */
  public Part telling(Life what) {
    return new Part(
        devices,
        messageClass,
        contentType,
        payload,
        frame,
        bytes,
        port,
        readings,
        observedMicros,
        repeatKey,
        alone,
        content,
        what);
  }

  /** Whether there is nothing in it that a record could hold. */
  public boolean isEmpty() {
    return payload.length == 0 && bytes == null && readings.isEmpty() && content == null;
  }

  /** The same, of a device of that name. */
  public Part ofDevice(String name) {
    return ofDevice(List.of(name));
  }

  /** The same, of a device of one of these names. */
  public Part ofDevice(List<String> names) {
    return new Part(
        names,
        messageClass,
        contentType,
        payload,
        frame,
        bytes,
        port,
        readings,
        observedMicros,
        repeatKey,
        alone,
        content,
        life);
  }

  /** The same, of that class. */
  public Part as(MessageClass other) {
    return new Part(
        devices,
        other,
        contentType,
        payload,
        frame,
        bytes,
        port,
        readings,
        observedMicros,
        repeatKey,
        alone,
        content,
        life);
  }

  /** The same, with the device's own bytes. */
  public Part withBytes(byte[] own, int ownPort) {
    return new Part(
        devices,
        messageClass,
        contentType,
        payload,
        frame,
        own,
        ownPort,
        readings,
        observedMicros,
        repeatKey,
        alone,
        content,
        life);
  }

  /** The same, in a frame of the vendor's. */
  public Part in(Map<String, Frame> of) {
    return new Part(
        devices,
        messageClass,
        contentType,
        payload,
        of,
        bytes,
        port,
        readings,
        observedMicros,
        repeatKey,
        alone,
        content,
        life);
  }

  /** The same, with these readings behind those that it has. */
  public Part with(List<Reading> more) {
    List<Reading> all = new ArrayList<>(readings);
    all.addAll(more);
    return new Part(
        devices,
        messageClass,
        contentType,
        payload,
        frame,
        bytes,
        port,
        all,
        observedMicros,
        repeatKey,
        alone,
        content,
        life);
  }

  /**
   * The same, measured then.
   *
   * @param micros microseconds since the epoch, or {@link #NO_TIME}
   */
  public Part at(long micros) {
    return new Part(
        devices,
        messageClass,
        contentType,
        payload,
        frame,
        bytes,
        port,
        readings,
        micros,
        repeatKey,
        alone,
        content,
        life);
  }

  /** The same, known again by that key. */
  public Part onceBy(@Nullable String key) {
    return new Part(
        devices,
        messageClass,
        contentType,
        payload,
        frame,
        bytes,
        port,
        readings,
        observedMicros,
        key,
        alone,
        content,
        life);
  }

  /** The same, with the message as it would be of this device alone. */
  public Part keptAs(byte[] message) {
    return new Part(
        devices,
        messageClass,
        contentType,
        payload,
        frame,
        bytes,
        port,
        readings,
        observedMicros,
        repeatKey,
        message,
        content,
        life);
  }
}
