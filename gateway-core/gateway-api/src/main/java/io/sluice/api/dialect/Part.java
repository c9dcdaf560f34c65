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
 * What one message says of one device: made by {@link #of}, and told more by methods that each
 * answer with another part. Immutable; its arrays must not be changed.
 */
public final class Part {
  public static final int NO_PORT = -1;
  public static final long NO_TIME = Long.MIN_VALUE;

  private static final byte[] NOTHING = {};

  /** Puts what a part says into its record. */
  @FunctionalInterface
  public interface Content {
    /**
     * Called once for each time that the message was taken apart, on the thread that did so and
     * before that takes another.
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

  private final ContentType contentType;
  private final byte[] payload;

  // set in a new copy alone, before anybody else has it
  private List<String> devices = List.of();
  private @Nullable MessageClass messageClass;
  private Map<String, Frame> frame = Map.of();
  private byte @Nullable [] bytes;
  private int port = NO_PORT;
  private List<Reading> readings = List.of();
  private long observedMicros = NO_TIME;
  private @Nullable String repeatKey;
  private byte @Nullable [] alone;
  private @Nullable Content content;
  private @Nullable Life life;

  private Part(ContentType contentType, byte[] payload) {
    this.contentType = contentType;
    this.payload = payload;
  }

  private Part(Part other) {
    contentType = other.contentType;
    payload = other.payload;
    devices = other.devices;
    messageClass = other.messageClass;
    frame = other.frame;
    bytes = other.bytes;
    port = other.port;
    readings = other.readings;
    observedMicros = other.observedMicros;
    repeatKey = other.repeatKey;
    alone = other.alone;
    content = other.content;
    life = other.life;
  }

  /** A payload that says by itself what it is. */
  public static Part of(byte[] payload) {
    return of(ContentType.UNSPECIFIED, payload);
  }

  /** A payload of that type. */
  public static Part of(ContentType contentType, byte[] payload) {
    return new Part(contentType, payload);
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
    Part copy = new Part(this);
    copy.content = by;
    return copy;
  }

  /** The same of a device that has come, or gone, by what the message says. */
  public Part telling(Life what) {
    Part copy = new Part(this);
    copy.life = what;
    return copy;
  }

  /** The same, of a device of that name. */
  public Part ofDevice(String name) {
    return ofDevice(List.of(name));
  }

  /** The same, of a device of one of these names. */
  public Part ofDevice(List<String> names) {
    Part copy = new Part(this);
    copy.devices = List.copyOf(names);
    return copy;
  }

  /** The same, of that class. */
  public Part as(MessageClass other) {
    Part copy = new Part(this);
    copy.messageClass = other;
    return copy;
  }

  /** The same, with the device's own bytes. */
  public Part withBytes(byte[] own, int ownPort) {
    Part copy = new Part(this);
    copy.bytes = own;
    copy.port = ownPort;
    return copy;
  }

  /** The same, in a frame of the vendor's. */
  public Part in(Map<String, Frame> of) {
    Part copy = new Part(this);
    copy.frame = Map.copyOf(of);
    return copy;
  }

  /** The same, with these readings behind those that it has. */
  public Part with(List<Reading> more) {
    List<Reading> all = new ArrayList<>(readings);
    all.addAll(more);
    Part copy = new Part(this);
    copy.readings = List.copyOf(all);
    return copy;
  }

  /**
   * The same, measured then.
   *
   * @param micros microseconds since the epoch, or {@link #NO_TIME}
   */
  public Part at(long micros) {
    Part copy = new Part(this);
    copy.observedMicros = micros;
    return copy;
  }

  /** The same, known again by that key. */
  public Part onceBy(@Nullable String key) {
    Part copy = new Part(this);
    copy.repeatKey = key;
    return copy;
  }

  /** The same, with the message as it would be of this device alone. */
  public Part keptAs(byte[] message) {
    Part copy = new Part(this);
    copy.alone = message;
    return copy;
  }

  /** Whether there is nothing in it that a record could hold. */
  public boolean isEmpty() {
    return payload.length == 0 && bytes == null && readings.isEmpty() && content == null;
  }

  /**
   * Names of the device, of which the first that is the session's device or a child of it counts;
   * empty: the device that the topic names, else the session's.
   */
  public List<String> devices() {
    return devices;
  }

  /** Null: that of the rule. */
  public @Nullable MessageClass messageClass() {
    return messageClass;
  }

  /** What the payload is; unspecified: the profile or the first bytes decide. */
  public ContentType contentType() {
    return contentType;
  }

  /** What the profile reads; empty where there is nothing but readings or bytes. */
  public byte[] payload() {
    return payload;
  }

  /** What fields of a JSON payload are, by their paths, where the profile does not say. */
  public Map<String, Frame> frame() {
    return frame;
  }

  /**
   * The device's own bytes, or null. They are read in place of the payload where the profile names
   * a codec or a layout of bytes.
   */
  public byte @Nullable [] bytes() {
    return bytes;
  }

  /** LoRaWAN's FPort of the bytes, 1 to 255, or {@link #NO_PORT}. */
  public int port() {
    return port;
  }

  /** Values beside the payload. */
  public List<Reading> readings() {
    return readings;
  }

  /**
   * When it was measured, microseconds since the epoch, where the payload does not say; {@link
   * #NO_TIME}: nobody says.
   */
  public long observedMicros() {
    return observedMicros;
  }

  /**
   * The same for a message that came again, or null. Of those with one key from one device within
   * ten minutes, the first alone is kept.
   */
  public @Nullable String repeatKey() {
    return repeatKey;
  }

  /**
   * The message as it would be of this device alone, or null: the message. A part that is refused
   * is kept so.
   */
  public byte @Nullable [] alone() {
    return alone;
  }

  /** Puts values straight into the record, in place of a payload; or null. */
  public @Nullable Content content() {
    return content;
  }

  /** That the device has come or gone by what the message says, or null: it says neither. */
  public @Nullable Life life() {
    return life;
  }
}
