package io.sluice.api.admin;

import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Commands, as operators use them. Thread-safe; may block on the database. */
public interface CommandDesk {
  /** Queues a command and sends it if the device can take it. */
  Submission submit(
      DeviceId device, String name, ContentType contentType, byte[] payload, Duration expiry);

  @Nullable CommandView get(DeviceId device, String commandId);

  /** The device's commands, newest first. */
  List<CommandView> list(DeviceId device, int limit);

  enum State {
    QUEUED,
    SENT,
    ACKNOWLEDGED,
    EXPIRED
  }

  record CommandView(
      String id,
      DeviceId device,
      String name,
      State state,
      long createdMicros,
      long expiresMicros,
      @Nullable Long sentMicros,
      @Nullable Long acknowledgedMicros) {}

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
