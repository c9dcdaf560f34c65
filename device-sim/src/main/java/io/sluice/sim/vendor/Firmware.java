package io.sluice.sim.vendor;

import io.sluice.sim.device.Kind;
import io.sluice.sim.device.Sample;
import io.sluice.sim.device.Sample.Field;
import io.sluice.sim.scenario.DeviceSpec;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The MQTT side of one vendor's devices. A session is a device's own, or its concentrator's. Pure
 * functions: the audit asks again what a message had to say. Safe for use by any thread.
 */
public interface Firmware {
  /** What the session's CONNECT has, with right secrets. */
  default SignIn signIn(DeviceSpec session, Instant now) {
    return new SignIn(session.id(), session.id(), session.password());
  }

  /** What it subscribes to after CONNACK. */
  List<String> filters(DeviceSpec session);

  /**
   * What it publishes after CONNACK of which nothing is to be kept.
   *
   * @param children devices behind the session, itself not among them
   */
  default List<Publication> greetings(DeviceSpec session, List<DeviceSpec> children) {
    return List.of();
  }

  /** How a device, a child or a concentrator says that it is there; null where it does not. */
  default @Nullable Presence presence(DeviceSpec spec) {
    return null;
  }

  /** What a record says of a device that has come, or has gone. */
  default List<Field> life(DeviceSpec spec, boolean isThere) {
    Presence presence = presence(spec);
    return presence == null
        ? List.of()
        : List.of(
            new Field(presence.metric(), null, isThere ? presence.isHere() : presence.death()));
  }

  /**
   * Whether a session makes its messages as they go out, because each depends on those before it.
   * Its devices store what they measure while it is away.
   */
  default boolean isOfSession() {
    return false;
  }

  /** Whether a measurement has its own time. */
  boolean carriesTime();

  /** Whether a message of that kind has its own time. */
  default boolean carriesTime(Kind kind) {
    return carriesTime() && kind == Kind.TELEMETRY;
  }

  /** Whether a device waits for more than PUBACK. */
  default boolean awaitsReplies() {
    return false;
  }

  /**
   * What of a sample one message says, by the names and units of records: with its time as the
   * message has it, and with what the vendor's devices say besides.
   *
   * @param index place of the message in the run, from 0
   */
  Sample said(DeviceSpec spec, Sample sample, long index);

  /**
   * The message.
   *
   * @param said what {@link #said} made
   */
  Publication publication(DeviceSpec spec, Sample said, long index);

  /**
   * Names that a record may have besides those of {@link #said} and those in the payload: a decoder
   * gives them.
   */
  default List<String> besides() {
    return List.of();
  }

  /** What a message to the device says of one of its own; null where it is not about any. */
  default @Nullable Reply reply(DeviceSpec session, String topic, byte[] payload) {
    return null;
  }
}
