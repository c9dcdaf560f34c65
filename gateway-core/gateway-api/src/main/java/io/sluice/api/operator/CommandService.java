package io.sluice.api.operator;

import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Commands, as operators use them. Thread-safe; may block on the database. */
public interface CommandService {
  /** Queues a command and sends it if the device can take it. */
  Submission submit(
      DeviceId device, String name, ContentType contentType, byte[] payload, Duration expiry);

  @Nullable CommandView get(DeviceId device, String commandId);

  /** The device's commands, newest first. */
  List<CommandView> list(DeviceId device, int limit);

  /**
   * Ends a command that waits or was sent and not answered: it is not sent any more. One that ended
   * before stays as it is.
   *
   * @return the command as it is then, null where there is none
   */
  @Nullable CommandView cancel(DeviceId device, String commandId);

  enum State {
    QUEUED,
    /** Given to the device; for good where nothing is answered to it (MQTT QoS 0). */
    SENT,
    ACKNOWLEDGED,
    /** The device has answered that it does not do it. */
    REFUSED,
    CANCELLED,
    EXPIRED
  }

  /**
   * A command and how far it has come.
   *
   * @param acknowledgedMicros when the device answered; where that is after the expiry or after it
   *     was cancelled, the device has it all the same
   * @param reasonCode of the device's refusal, by its protocol; else null
   */
  record CommandView(
      String id,
      DeviceId device,
      String name,
      State state,
      long createdMicros,
      long expiresMicros,
      @Nullable Long sentMicros,
      @Nullable Long acknowledgedMicros,
      @Nullable Integer reasonCode) {}

  /** The verdict on a submitted command. */
  sealed interface Submission {
    record Taken(CommandView command) implements Submission {}

    record UnknownDevice() implements Submission {}

    /** Name, payload size or expiry are out of bounds. */
    record Invalid(String detail) implements Submission {}

    /** The device's queue is full. */
    record QueueFull(int limit) implements Submission {}
  }
}
